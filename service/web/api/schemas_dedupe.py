"""Bodies of what the program says of a draft by itself: whether it is new, and what the content standard says."""

from pipelines.domain.checklist import ChecklistItem, ItemState
from pipelines.domain.confirmations import LinkAddition
from service.usecases.views import Recurrence
from service.web.api.schemas import AnswerBody


class AddedAnswer(AnswerBody):
    """What a ticket adds to a record: part is symptom, environment or versions."""

    part: LinkAddition
    text: str


class ReasonAnswer(AnswerBody):
    """What was compared (problem, cause, fix, fix_kind, code, area, adds), and what came of it in words."""

    kind: str
    text: str


class RecurrenceAnswer(AnswerBody):
    """A known resolution with its cause and fix as they are now. verdict: same_as, update_of or contradicts."""

    resolution_id: str
    title: str
    verdict: str
    similarity: float
    why: str
    reasons: tuple[ReasonAnswer, ...]
    adds: tuple[AddedAnswer, ...]
    root_cause: str | None
    fix: str | None
    fix_kind: str | None

    @classmethod
    def of(cls, found: Recurrence) -> "RecurrenceAnswer":
        return cls(**found.model_dump(include=set(cls.model_fields)))


class DedupeAnswer(AnswerBody):
    """Whether the problem is known already: new, or same_as, update_of or contradicts the first of the candidates.

    `compared` is false where no comparison could be made, so that `new` says nothing.
    """

    verdict: str
    compared: bool
    candidates: tuple[RecurrenceAnswer, ...]


class ChecklistItemAnswer(AnswerBody):
    """One item of the KCS content standard: unique, complete, customers_words, title, nothing_personal or links."""

    key: str
    state: ItemState
    why: str


class ChecklistAnswer(AnswerBody):
    items: tuple[ChecklistItemAnswer, ...]

    @classmethod
    def of(cls, items: tuple[ChecklistItem, ...]) -> "ChecklistAnswer":
        return cls(items=tuple(ChecklistItemAnswer(**item.model_dump()) for item in items))
