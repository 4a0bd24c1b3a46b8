"""What use cases return of gaps and gap reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipelines.domain.gaps import GapEventKind
from pipelines.gaps.report import Fact, Unseen
from pipelines.gaps.verify import Watch
from service.usecases.views import EvidenceQuote, TicketLine, View


class GapLine(View):
    """A gap as the report has it. See DESIGN section 4 for the meaning of each number."""

    id: str
    title: str
    type: str
    demand: Mapping[str, int]  # tickets, accounts, searches
    escalations: int
    hours: float | None
    growth: float | None  # tickets a week, last four weeks against the four before
    enough_to_write: str  # yes | partly | no
    owner: str | None
    status: str
    ticket_ids: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    nearest_resolution: str | None = None
    falls_short: str | None = None  # why the nearest record is no answer
    senior_hours: float | None = None  # of the hours, those from the first escalation on
    proof: Mapping[str, Any] | None = None  # resolution, near, signals, probability, why
    facts: tuple[Fact, ...] = ()  # one a ticket or search: what figures for a part of them are made of
    closed_by: str | None = None
    closed_at: datetime | None = None
    answered_by: Mapping[str, Any] | None = None  # by, covered, asked: a record made since that answers most of it


class WatchedGap(View):
    """A closed or verified gap and what became of its demand; `watch` is None before the first report since."""

    id: str
    title: str
    status: str
    owner: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    watch: Watch | None = None
    deflected: int = 0  # tickets that the record solved since, which showed no demand


class AnsweredGap(View):
    """An open gap that a record made since mostly answers: `covered` of `asked` questions."""

    id: str
    title: str
    by: str
    covered: int
    asked: int


class GapReportView(View):
    id: str
    built_at: datetime
    window: Mapping[str, str | None]  # from, to
    inputs_sha256: str
    gaps: tuple[GapLine, ...]
    unseen: Unseen
    signals: int  # demand signals looked at
    single: int  # of these, left alone: no group
    answered_since: int = 0  # asked when nothing answered it, and covered by now
    answered: tuple[AnsweredGap, ...] = ()
    watched: tuple[WatchedGap, ...] = ()


class GapEvent(View):
    """A move of a gap. `what`: the owner, title, gap or record that it is about, or how many tickets were added."""

    kind: GapEventKind
    by: str
    at: datetime
    what: str | None = None
    why: str | None = None


class GapView(View):
    """`asked_until`: when the last report was built that has the gap, where the newest one has it no more."""

    gap: GapLine
    tickets: tuple[TicketLine, ...]
    quotes: tuple[EvidenceQuote, ...]
    tried: tuple[EvidenceQuote, ...] = ()  # the last that agents and engineers wrote on each
    note: str | None = None
    history: tuple[GapEvent, ...] = ()
    watched: WatchedGap | None = None
    asked_until: datetime | None = None
    merged_into: str | None = None  # the gap that it is part of now
