"""Watches closed gaps: whether their demand falls against that of gaps that stay open.

Demand here is every ticket and search that shows missing knowledge, whatever became of it since: open, escalated,
reopened, without a useful suggestion. A ticket that a record covers, or whose answer was written down, was asked all
the same. What an agent solved by the record without any of these is no demand; it is counted beside it, as `deflected`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import structlog

from pipelines.domain.gaps import ANSWERED, DemandSignal, GapEventKind, GapStatus
from pipelines.gaps.membership import falls_into
from pipelines.gaps.verify import BEFORE, LOOKS, Other, Verdict, Watch, watch
from pipelines.ports import Vectors
from service.store.ids import article_number, gap_name, is_article, resolution_number
from service.store.queries import article_use, demand, gap_events, gaps, uses
from service.store.queries.gaps import GapRecord
from service.store.session import Session
from service.usecases.actors import SYSTEM
from service.usecases.close_gaps import why_not_served
from service.usecases.gap_demand import asked_since
from service.usecases.gap_questions import Progress
from service.usecases.kept_questions import KeptQuestions
from service.usecases.services import Services

GRACE = timedelta(weeks=8)

log = structlog.get_logger(__name__)


class Watched(NamedTuple):
    """A closed gap as it was when it was looked at, and what was seen. `deflected`: solved by its record since."""

    gap: GapRecord
    watch: Watch
    deflected: int


def watch_gaps(
    services: Services, kept: KeptQuestions, now: datetime, progress: Progress | None = None
) -> list[Watched]:
    """Look at every closed gap. Without a middle of this model a gap cannot be told from others, and waits."""
    with services.db.read() as session:
        known = [
            gap
            for gap in gaps.known(session, services.embedder.model_id)
            if gap.merged_into is None and gap.centroid is not None
        ]
        closed = [gap for gap in known if GapStatus(gap.status) in ANSWERED and _watched_still(gap, now)]
        if not closed:
            return []
        members = _members(session, known)
        solved = {gap.id: _solved(session, gap) for gap in closed}
        first = demand.first_asked(session) or now
    earliest = min(gap.closed_at for gap in closed if gap.closed_at is not None) - timedelta(weeks=BEFORE)
    signals, vectors = asked_since(services, kept, earliest, progress)
    own = [members.get(signal.ticket or "") for signal in signals]
    found = falls_into(vectors, _middles(known), own)
    by_gap: dict[int, list[DemandSignal]] = {}
    for signal, place in zip(signals, found, strict=True):
        by_gap.setdefault(known[place].id if place is not None else 0, []).append(signal)
    beside = _beside(known, by_gap)
    return [_watched(gap, by_gap.get(gap.id, []), beside, solved[gap.id], first, now) for gap in closed]


class _Beside(NamedTuple):
    """What closed gaps are compared with: gaps that were never answered, with when they were known, and all the rest.

    Made once: there may be tens of thousands.
    """

    others: list[tuple[datetime, Other]]
    rest: list[datetime]


def _beside(known: Sequence[GapRecord], by_gap: Mapping[int, Sequence[DemandSignal]]) -> _Beside:
    answered = {each.id for each in known if GapStatus(each.status) in ANSWERED}
    others = [
        (each.created_at, Other(area=_area(own), times=tuple(s.at for s in own)))
        for each in known
        if each.id not in answered
        for own in (by_gap.get(each.id, ()),)
    ]
    return _Beside(others, [s.at for number, own in by_gap.items() if number not in answered for s in own])


def _watched(
    gap: GapRecord,
    asked: Sequence[DemandSignal],
    beside: _Beside,
    solved: frozenset[str],
    first: datetime,
    now: datetime,
) -> Watched:
    """One gap beside those that were known when it was closed and were never answered."""
    assert gap.closed_at is not None  # noqa: S101 - only gaps with one are watched
    others = [other for created_at, other in beside.others if created_at <= gap.closed_at]
    seen = watch([s.at for s in asked], _area(asked), gap.closed_at, others, beside.rest, first, now)
    return Watched(gap, seen, len(solved - {s.ticket for s in asked}))


def _watched_still(gap: GapRecord, now: datetime) -> bool:
    """Until the last look, and a while longer where no report was built just then."""
    return gap.closed_at is not None and now - gap.closed_at < timedelta(weeks=LOOKS[-1]) + GRACE


def _solved(session: Session, gap: GapRecord) -> frozenset[str]:
    """Tickets that the closing record answered since. Readers of an article leave none, agents who used it do."""
    if gap.closed_by is None or gap.closed_at is None:
        return frozenset()
    if is_article(gap.closed_by):
        return article_use.solved_by(session, article_number(gap.closed_by), gap.closed_at)
    return uses.solved_by(session, resolution_number(gap.closed_by), gap.closed_at)


def apply_verdicts(session: Session, looked: Sequence[Watched], now: datetime) -> None:
    """Verify or reopen what was looked at, unless somebody moved it meanwhile."""
    for gap, seen, _ in looked:
        record = gaps.load(session, gap.id, lock=True)
        if record is None or (record.status, record.closed_at) != (gap.status, gap.closed_at):
            continue
        if seen.verdict is Verdict.FELL and record.status == GapStatus.CLOSED:
            values: dict[str, Any] = {"status": GapStatus.VERIFIED.value}
            kind = GapEventKind.VERIFIED
        elif seen.verdict is Verdict.STAYED:
            status = GapStatus.ASSIGNED if record.owner else GapStatus.OPEN
            values = {"status": status.value, "closed_by": None, "closed_at": None}
            kind = GapEventKind.REOPENED
        else:
            continue
        gaps.change(session, gap.id, values, now)
        gap_events.add(session, gap.id, kind, SYSTEM.name, now, what=gap.closed_by, why=in_words(seen))
        log.info("gap.watched", gap=gap_name(gap.id), verdict=seen.verdict.value, weeks=seen.weeks)


def reopen_unserved(session: Session, now: datetime) -> None:
    """Open the gaps again whose record nobody is served any more: what it answered is asked anew."""
    for gap in gaps.ledger(session):
        if GapStatus(gap.status) not in ANSWERED or gap.merged_into is not None or gap.closed_by is None:
            continue
        if why := why_not_served(session, gap.closed_by):
            status = GapStatus.ASSIGNED if gap.owner else GapStatus.OPEN
            gaps.change(session, gap.id, {"status": status.value, "closed_by": None, "closed_at": None}, now)
            gap_events.add(session, gap.id, GapEventKind.REOPENED, SYSTEM.name, now, why=why)
            log.info("gap.reopened", gap=gap_name(gap.id), by=gap.closed_by)


def in_words(seen: Watch) -> str:
    """The figures behind a verdict in a sentence."""
    if seen.change is None:
        return f"{seen.seen} came in {seen.weeks} weeks, and there is nothing to compare with."
    found = seen.change
    return (
        f"In {seen.weeks} weeks {found.seen} came and {found.expected:.1f} were expected, by {seen.basis.value}: "
        f"{found.ratio:.2f} times as many ({found.low:.2f} to {found.high:.2f})."
    )


def kept_watches(session: Session, looked: Sequence[Watched]) -> Mapping[str, Any]:
    """The watches as a snapshot keeps them, numbers alone; what is not watched any more stays as it was last seen."""
    latest = gaps.latest_report(session)
    before = latest.report.get("watched", {}) if latest else {}
    seen = {gap_name(gap.id): {**one.model_dump(mode="json"), "deflected": solved} for gap, one, solved in looked}
    return {**before, **seen}


def _members(session: Session, known: Sequence[GapRecord]) -> dict[str, int]:
    """The row in `known` of the gap that a ticket was listed in last."""
    listed = gaps.last_listed(session, known)
    return {key: place for place, gap in enumerate(known) for key in listed.get(gap.id, ())}


def _middles(known: Sequence[GapRecord]) -> Vectors:
    return np.array([gap.centroid for gap in known], dtype=np.float32)


def _area(signals: Sequence[DemandSignal]) -> str | None:
    """The product area that most of the demand is in; the first by name of equals."""
    named = [s.product_area for s in signals if s.product_area]
    return min(set(named), key=lambda area: (-named.count(area), area)) if named else None
