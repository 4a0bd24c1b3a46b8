"""Bodies of gap reports and of the gap ledger."""

from datetime import datetime

from pydantic import Field

from pipelines.domain.gaps import GapStatus
from service.usecases.report_gaps import GapChange
from service.usecases.views import GapLine, GapReportView, GapView, TicketLine
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_resolutions import QuoteAnswer


class GapChangeBody(RequestBody):
    """What to change; what is left out stays. An empty owner means nobody."""

    owner: str | None = Field(None, max_length=200)
    status: GapStatus | None = None
    note: str | None = Field(None, max_length=4000)
    title: str | None = Field(None, max_length=300)

    def change(self) -> GapChange:
        return GapChange(**self.model_dump())


class GapMergeBody(RequestBody):
    into: str = Field(max_length=40)


class GapSplitBody(RequestBody):
    """The tickets (SOURCE/ID) that get a gap of their own, and its title."""

    tickets: tuple[str, ...] = Field(min_length=1, max_length=1000)
    title: str = Field(min_length=1, max_length=300)


class DemandAnswer(AnswerBody):
    tickets: int
    accounts: int
    searches: int


class GapAnswer(AnswerBody):
    """A gap as the report has it. `growth`: tickets a week, last four weeks against the four before."""

    id: str
    title: str
    type: str
    demand: DemandAnswer
    escalations: int
    hours: float | None
    senior_hours: float | None
    growth: float | None
    nearest_resolution: str | None
    falls_short: str | None
    enough_to_write: str
    owner: str | None
    status: str
    ticket_ids: tuple[str, ...]

    @classmethod
    def of(cls, line: GapLine) -> "GapAnswer":
        return cls(**line.model_dump(include=set(cls.model_fields)))


class UnseenAnswer(AnswerBody):
    """An estimate of the gaps that no demand has shown yet, with its interval."""

    estimate: float
    low: float
    high: float


class GapReportAnswer(AnswerBody):
    """One immutable report. `window` has the keys `from` and `to`."""

    id: str
    built_at: datetime
    window: dict[str, str | None]
    inputs_sha256: str
    gaps: tuple[GapAnswer, ...]
    unseen: UnseenAnswer

    @classmethod
    def of(cls, report: GapReportView) -> "GapReportAnswer":
        return cls(
            id=report.id,
            built_at=report.built_at,
            window=dict(report.window),
            inputs_sha256=report.inputs_sha256,
            gaps=tuple(GapAnswer.of(gap) for gap in report.gaps),
            unseen=UnseenAnswer(**report.unseen),
        )


class TicketLineAnswer(AnswerBody):
    key: str
    subject: str
    status: str
    created_at: datetime
    assignee: str | None
    account_name: str | None
    account_tier: str | None
    product_area: str | None
    priority: str | None
    escalated: bool

    @classmethod
    def of(cls, line: TicketLine) -> "TicketLineAnswer":
        return cls(**line.model_dump(include=set(cls.model_fields)))


class GapDetailAnswer(GapAnswer):
    """A gap with the tickets behind it and what their customers said."""

    keywords: tuple[str, ...]
    note: str | None
    tickets: tuple[TicketLineAnswer, ...]
    quotes: tuple[QuoteAnswer, ...]

    @classmethod
    def of_view(cls, view: GapView) -> "GapDetailAnswer":
        return cls(
            **view.gap.model_dump(include={*GapAnswer.model_fields, "keywords"}),
            note=view.note,
            tickets=tuple(TicketLineAnswer.of(line) for line in view.tickets),
            quotes=tuple(QuoteAnswer.of(quote) for quote in view.quotes),
        )
