"""Bodies of the list of gap reports, and of what changed between two."""

from datetime import datetime

from service.usecases.compare_gaps import ChangedGap, GapChanges, ReportLine
from service.web.api.schemas import AnswerBody


class ReportLineAnswer(AnswerBody):
    id: str
    built_at: datetime
    inputs_sha256: str

    @classmethod
    def of(cls, line: ReportLine) -> "ReportLineAnswer":
        return cls(**line.model_dump())


class ChangedGapAnswer(AnswerBody):
    """`kinds`: new, growing, shrinking or gone, and closed, verified or reopened; or merged alone, into `merged_into`.

    `before` and `after`: demand.
    """

    id: str
    title: str
    status: str
    kinds: tuple[str, ...]
    before: int | None
    after: int | None
    merged_into: str | None

    @classmethod
    def of(cls, gap: ChangedGap) -> "ChangedGapAnswer":
        return cls(**gap.model_dump())


class GapChangesAnswer(AnswerBody):
    """`since` is null, and nothing changed, where there is no earlier report."""

    report: ReportLineAnswer
    since: ReportLineAnswer | None
    changes: tuple[ChangedGapAnswer, ...]

    @classmethod
    def of(cls, found: GapChanges) -> "GapChangesAnswer":
        return cls(
            report=ReportLineAnswer.of(found.report),
            since=ReportLineAnswer.of(found.since) if found.since else None,
            changes=tuple(ChangedGapAnswer.of(gap) for gap in found.changes),
        )
