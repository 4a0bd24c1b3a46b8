"""Builds gap reports: what customers keep asking that no confirmed resolution answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import structlog

from pipelines.domain.gaps import GapEventKind
from pipelines.gaps.cluster import cluster
from pipelines.gaps.identity import ByHand, Known, Settled, settle
from pipelines.gaps.name import Named
from pipelines.gaps.report import SMALLEST_GAP, Gap, Report, build
from service.store import jobs
from service.store.ids import gap_name
from service.store.queries import gap_events, gaps
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import SYSTEM
from service.usecases.answered_gaps import Current, proposals
from service.usecases.gap_coverage import kept_questions
from service.usecases.gap_demand import Demand, unanswered_demand
from service.usecases.gap_questions import Progress
from service.usecases.kept_neighbours import NeighbourFile
from service.usecases.name_gaps import (
    LLM,
    MOST_AT_ONCE,
    OFFLINE,
    WHILE_WAITING,
    Rows,
    name_gaps,
    named_values,
    to_name,
)
from service.usecases.nightly import queue_successor
from service.usecases.read_gaps import report_view
from service.usecases.services import Services
from service.usecases.views_gaps import GapReportView
from service.usecases.watch_gaps import apply_verdicts, kept_watches, reopen_unserved, watch_gaps

log = structlog.get_logger(__name__)


class _Drawn(NamedTuple):
    """A report made outside any transaction, and the ledger as it stood for it."""

    ledger: gaps.LedgerState
    settled: Sequence[Settled]
    report: Report
    answered: Mapping[str, Mapping[str, Any]]


def build_report(
    services: Services, claimed: jobs.Claimed | None = None, progress: Progress | None = None
) -> GapReportView:
    """Build a report on the demand there is now and keep it. A gap that was known before keeps its id and its owner."""
    now = clock.now()
    model = services.embedder.model_id
    with kept_questions(services) as kept:
        found = unanswered_demand(services, kept, progress)
        looked = watch_gaps(services, kept, now, progress)
    groups = [group for group in _grouped(services, found, progress) if len(group) >= SMALLEST_GAP]
    with services.db.read() as session:
        drawn = _drawn(session, found, groups, model, now)
        wanted = to_name(session, drawn.settled, MOST_AT_ONCE if claimed is not None else WHILE_WAITING)
    titles = name_gaps(services, found, wanted, progress)
    # Whoever writes holds up all others who do: what takes long is done before.
    with services.db.write() as session:
        _begin(session, services, claimed)
        if gaps.ledger_state(session) != drawn.ledger:  # managers merged or split meanwhile, or another report was kept
            drawn = _drawn(session, found, groups, model, now)
        numbers = _numbered(session, drawn, found, titles, model, now)
        reopen_unserved(session, now)
        apply_verdicts(session, looked, now)
        beside = {
            "answered_since": sum(one.since for one in found.covered),
            "answered": drawn.answered,
            "watched": kept_watches(session, looked),
        }
        first = min((signal.at for signal in found.signals), default=None)
        report = _kept(drawn.report, numbers) | beside
        made = gaps.add_report(session, now, (first, now), drawn.report.inputs_sha256, report)
        gaps.listed_in(session, numbers, made)
    with services.db.read() as session:
        view = report_view(session, _just_kept(session, made))
    log.info("gaps.built", gaps=len(view.gaps), signals=view.signals)
    return view


def _drawn(session: Session, found: Demand, groups: Sequence[Sequence[int]], model: str, now: datetime) -> _Drawn:
    """The report as the ledger stands: which gap each group continues, and the figures of all."""
    ledger = gaps.ledger_state(session)
    names = [signal.ticket or signal.id for signal in found.signals]
    settled = settle(groups, names, found.vectors, _known(session, model), _by_hand(session))
    report = build(
        found.signals,
        found.subjects,
        found.vectors,
        now,
        marks=found.marks,
        groups=[rows for _, rows in settled],
        verdicts=found.verdicts,
    )
    known = _numbers_of(found, settled)
    current = [
        Current(known[gap.signals[0]], np.array(gap.centroid, dtype=np.float32), len(gap.signals))
        for gap in report.gaps
    ]
    return _Drawn(ledger, settled, report, proposals(session, found.covered, current, model))


def _just_kept(session: Session, number: int) -> gaps.ReportRecord:
    record = gaps.report(session, number)
    assert record is not None  # noqa: S101 - just added, and reports stay
    return record


def _begin(session: Session, services: Services, claimed: jobs.Claimed | None) -> None:
    gaps.take_turns(session)  # two reports at once would each make a new gap of the same demand
    if claimed is not None:
        jobs.complete(session, claimed)
        queue_successor(session, claimed, services.settings.gaps_at)


def _grouped(services: Services, found: Demand, progress: Progress | None) -> list[list[int]]:
    return cluster(
        found.vectors,
        found.marks,
        kept=NeighbourFile(services.settings.data_dir),
        progress=partial(progress, "comparing questions") if progress else None,
    )


def _known(session: Session, model_id: str) -> list[Known]:
    """Every gap as identity needs it: the tickets of the newest report that has it, and its middle."""
    latest = gaps.latest_report(session)
    members = {gap["id"]: frozenset(gap["tickets"]) for gap in latest.report["gaps"]} if latest else {}
    return [
        Known(
            number=record.id,
            tickets=members.get(gap_name(record.id), frozenset()),
            centroid=record.centroid if record.centroid is not None and record.model_id == model_id else (),
        )
        for record in gaps.ledger(session)
    ]


def _by_hand(session: Session) -> ByHand:
    return ByHand(pins=gaps.pins(session), merged=gaps.merged(session))


def _name(session: Session, number: int, gap: Gap, named: Named | None, now: datetime) -> None:
    """Give a gap the title that was found for it, unless a person named it meanwhile."""
    record = gaps.load(session, number)
    values = named_values(named, gap.title, len(gap.signals))
    if record is None or not values or record.named_by not in (OFFLINE, LLM):
        return
    gaps.change(session, number, values, now)
    if values["title"] != record.title and record.created_at < now:
        gap_events.add(session, number, GapEventKind.RENAMED, SYSTEM.name, now, what=str(values["title"]))


def _numbers_of(found: Demand, settled: Sequence[Settled]) -> dict[str, int | None]:
    return {found.signals[row].id: number for number, rows in settled for row in rows}


def _numbered(
    session: Session,
    drawn: _Drawn,
    found: Demand,
    titles: Mapping[Rows, Named],
    model_id: str,
    now: datetime,
) -> list[int]:
    """The ledger's number of each gap of the report, in its order; a gap not known before gets a new one."""
    known = _numbers_of(found, drawn.settled)
    by_first = {
        min(found.signals[row].id for row in rows): titles.get(tuple(sorted(rows))) for _, rows in drawn.settled
    }
    numbers: list[int] = []
    with gaps.held(session):
        for gap in drawn.report.gaps:
            number = known[gap.signals[0]]
            middle = np.array(gap.centroid, dtype=np.float32)
            if number is None:
                number = gaps.add(session, gap.title, gap.type.value, middle, model_id, now, named_by=OFFLINE)
                gap_events.add(session, number, GapEventKind.CREATED, SYSTEM.name, now)
            else:
                gaps.seen_again(session, number, gap.type.value, middle, model_id, now)
            numbers.append(number)
            _name(session, number, gap, by_first[min(gap.signals)], now)
        session.flush()
    return numbers


def _kept(report: Report, numbers: Sequence[int]) -> dict[str, Any]:
    return {
        "gaps": [
            {"id": gap_name(number), **gap.model_dump(mode="json", exclude={"centroid", "signals"})}
            for gap, number in zip(report.gaps, numbers, strict=True)
        ],
        "unseen": report.unseen.model_dump(),
        "signals": report.signals,
        "single": report.single,
        "singles": list(report.singles),
    }
