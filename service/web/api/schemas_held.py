"""Bodies of how a resolution held and of what its versions changed."""

from datetime import datetime

from pydantic import Field

from service.usecases.views_resolutions import TrackRecordView, VersionChanges
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_resolutions import TrackRecordAnswer


class MergeBody(RequestBody):
    """Which resolution stays."""

    into: str
    why: str = Field("", max_length=1000)


class ShareAnswer(AnswerBody):
    """The posterior share of reuses that hold, with its 95 % interval. Few reuses give a wide one."""

    mean: float
    low: float
    high: float


class SurvivalAnswer(AnswerBody):
    """Kaplan-Meier after `day` days; the interval is null where nothing has come back, or everything has.

    With nothing `at_risk` none was watched for so long, and a share above 0 is only the last one that was known.
    """

    day: float
    share: float
    low: float | None
    high: float | None
    at_risk: int


class ReviewAnswer(AnswerBody):
    reason: str
    ticket: str | None
    version: str | None
    raised_by: str
    at: datetime
    settled_by: str | None
    settled_at: datetime | None


class HeldAnswer(AnswerBody):
    counts: TrackRecordAnswer
    share: ShareAnswer
    survival: tuple[SurvivalAnswer, ...]
    watched: int
    returns: int
    reviews: tuple[ReviewAnswer, ...]

    @classmethod
    def of(cls, view: TrackRecordView) -> "HeldAnswer":
        return cls.model_validate(view.model_dump())


class ChangeAnswer(AnswerBody):
    """A run of words. kind: same, went or came."""

    kind: str
    text: str


class ChangedFieldAnswer(AnswerBody):
    name: str
    changes: tuple[ChangeAnswer, ...]


class VersionChangesAnswer(AnswerBody):
    version: int
    actor: str
    at: datetime
    why: str
    fields: tuple[ChangedFieldAnswer, ...]

    @classmethod
    def of(cls, one: VersionChanges) -> "VersionChangesAnswer":
        return cls.model_validate(one.model_dump())
