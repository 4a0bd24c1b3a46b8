"""Bodies of contradictions: two resolutions with different fixes for the same condition, and how that is settled."""

from datetime import datetime

from pydantic import Field

from pipelines.domain.contradictions import Settlement
from pipelines.domain.drafts import FixKind
from service.usecases.views import ContradictionView
from service.web.api.schemas import AnswerBody, RequestBody


class SideAnswer(AnswerBody):
    """One of the two as it stands now."""

    resolution_id: str
    title: str
    root_cause: str | None
    fix: str | None
    fix_kind: FixKind | None
    archived: bool


class ContradictionAnswer(AnswerBody):
    """`how` is null while nobody has settled it; `second` is null where a draft was linked to the first instead."""

    id: str
    first: SideAnswer
    second: SideAnswer | None
    draft_id: str | None
    how: Settlement | None
    conditions: str | None
    settled_by: str | None
    opened_at: datetime
    settled_at: datetime | None

    @classmethod
    def of(cls, view: ContradictionView) -> "ContradictionAnswer":
        return cls(**view.model_dump(include=set(cls.model_fields)))


class SettleBody(RequestBody):
    """both_hold needs `conditions`; replaced needs `holds`, the resolution that stays: the other is archived."""

    how: Settlement
    conditions: str = Field("", max_length=4000)
    holds: str | None = None
