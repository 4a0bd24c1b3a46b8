"""Bodies of gap reports and of the gap ledger."""

from datetime import datetime

from pydantic import Field

from pipelines.domain.gaps import GapStatus
from service.usecases.change_gaps import GapChange
from service.usecases.views import TicketLine
from service.usecases.views_gaps import GapLine, GapReportView, GapView, WatchedGap
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_resolutions import QuoteAnswer


class GapChangeBody(RequestBody):
    """What to change; what is left out stays. An empty owner means nobody.

    `closed_by`: the resolution (R-12) or article (A-3) that answers the gap; it must be served. `status` verified
    cannot be set.
    """

    owner: str | None = Field(None, max_length=200)
    status: GapStatus | None = None
    note: str | None = Field(None, max_length=4000)
    title: str | None = Field(None, max_length=300)
    closed_by: str | None = Field(None, max_length=40)

    def change(self) -> GapChange:
        return GapChange(**self.model_dump())


class GapMergeBody(RequestBody):
    into: str = Field(max_length=40)


class GapSplitBody(RequestBody):
    """The tickets (SOURCE/ID) that get a gap of their own, and its title."""

    tickets: tuple[str, ...] = Field(min_length=1, max_length=1000)
    title: str = Field(min_length=1, max_length=300)


class GapStartBody(GapSplitBody):
    """The tickets (SOURCE/ID), each of which stands alone, that become a gap, and its title."""


class GapTicketsBody(RequestBody):
    """The tickets (SOURCE/ID), each of which stands alone, that belong to the gap."""

    tickets: tuple[str, ...] = Field(min_length=1, max_length=1000)


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
    closed_by: str | None
    closed_at: datetime | None

    @classmethod
    def of(cls, line: GapLine) -> "GapAnswer":
        return cls(**line.model_dump(include=set(cls.model_fields)))


class AnsweredAnswer(AnswerBody):
    """An open gap that a record made since mostly answers: `covered` of `asked` questions. It waits to be closed."""

    id: str
    title: str
    by: str
    covered: int
    asked: int


class ChangeAnswer(AnswerBody):
    """Demand of a closed gap against that of comparable gaps: 1 for as much, with the interval at 98.4 %."""

    seen: int
    expected: float
    ratio: float
    low: float
    high: float


class WatchAnswer(AnswerBody):
    """`verdict`: watching, fell or stayed, as of the look after `look` weeks. `weekly`: the `before_weeks` before the
    closing, then those since.
    """

    verdict: str
    look: int | None
    next_look: int | None
    weeks: int
    before_weeks: int
    before: int
    seen: int
    change: ChangeAnswer | None
    basis: str
    compared: int
    weekly: tuple[int, ...]


class ClosedGapAnswer(AnswerBody):
    """A closed or verified gap. `deflected`: tickets that the record solved since, which showed no demand."""

    id: str
    title: str
    status: str
    closed_by: str | None
    closed_at: datetime | None
    watch: WatchAnswer | None
    deflected: int

    @classmethod
    def of(cls, gap: WatchedGap) -> "ClosedGapAnswer":
        return cls(
            **gap.model_dump(include=set(cls.model_fields) - {"watch"}),
            watch=WatchAnswer(**gap.watch.model_dump(include=set(WatchAnswer.model_fields))) if gap.watch else None,
        )


class UnseenAnswer(AnswerBody):
    """An estimate of the problems that no demand has shown yet, with its interval.

    It goes by how many were asked about `once` and `twice`. `tells`: the interval is narrow enough to say a number.
    """

    estimate: float
    low: float
    high: float
    once: int
    twice: int
    tells: bool


class GapReportAnswer(AnswerBody):
    """One immutable report. `window` has the keys `from` and `to`. `signals`: tickets and searches without an answer,
    `single` of which form no group.

    `answered_since`: questions that had no answer when they were asked and have one by now; `answered`: the gaps that
    are mostly made of these; `closed`: what became of the demand of closed gaps.
    """

    id: str
    built_at: datetime
    window: dict[str, str | None]
    inputs_sha256: str
    gaps: tuple[GapAnswer, ...]
    unseen: UnseenAnswer
    signals: int
    single: int
    answered_since: int
    answered: tuple[AnsweredAnswer, ...]
    closed: tuple[ClosedGapAnswer, ...]

    @classmethod
    def of(cls, report: GapReportView) -> "GapReportAnswer":
        return cls(
            id=report.id,
            built_at=report.built_at,
            window=dict(report.window),
            inputs_sha256=report.inputs_sha256,
            gaps=tuple(GapAnswer.of(gap) for gap in report.gaps),
            unseen=UnseenAnswer(**report.unseen.model_dump(), tells=report.unseen.tells),
            signals=report.signals,
            single=report.single,
            answered_since=report.answered_since,
            answered=tuple(AnsweredAnswer(**each.model_dump()) for each in report.answered),
            closed=tuple(ClosedGapAnswer.of(gap) for gap in report.watched),
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


class GapEventAnswer(AnswerBody):
    """A move of a gap: created, assigned, renamed, merged, split, added (tickets by hand, `what` says how many),
    dismissed, closed, verified or reopened.
    """

    kind: str
    by: str
    at: datetime
    what: str | None
    why: str | None


class GapDetailAnswer(GapAnswer):
    """A gap with the tickets behind it, what their customers said, and its history, oldest first.

    `asked_until`: the time of the last report that has the gap, where the newest one has it no more.
    """

    keywords: tuple[str, ...]
    note: str | None
    tickets: tuple[TicketLineAnswer, ...]
    quotes: tuple[QuoteAnswer, ...]
    history: tuple[GapEventAnswer, ...]
    asked_until: datetime | None
    merged_into: str | None
    watched: ClosedGapAnswer | None

    @classmethod
    def of_view(cls, view: GapView) -> "GapDetailAnswer":
        return cls(
            **view.gap.model_dump(include={*GapAnswer.model_fields, "keywords"}),
            note=view.note,
            tickets=tuple(TicketLineAnswer.of(line) for line in view.tickets),
            quotes=tuple(QuoteAnswer.of(quote) for quote in view.quotes),
            history=tuple(GapEventAnswer(**event.model_dump()) for event in view.history),
            asked_until=view.asked_until,
            merged_into=view.merged_into,
            watched=ClosedGapAnswer.of(view.watched) if view.watched else None,
        )


class GapArrangedAnswer(GapDetailAnswer):
    """The gap that a merge or a split led to. `report_follows`: both hold already, the newest report is from before."""

    report_follows: bool

    @classmethod
    def of_arranged(cls, view: GapView, *, report_follows: bool) -> "GapArrangedAnswer":
        return cls(**GapDetailAnswer.of_view(view).model_dump(), report_follows=report_follows)
