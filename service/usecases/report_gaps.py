"""Builds and reads gap reports: what customers keep asking that no confirmed resolution answers."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import GapStatus
from pipelines.domain.storable import require_storable
from pipelines.domain.tickets import Message, Role, Ticket, TicketKey
from pipelines.domain.value import Value
from pipelines.gaps.cluster import cluster
from pipelines.gaps.identity import ByHand, Known, Settled, settle
from pipelines.gaps.report import SMALLEST_GAP, Gap, Report, build
from service.store import jobs
from service.store.engine import Database
from service.store.ids import gap_name, gap_number
from service.store.queries import gaps, tickets
from service.store.queries.gaps import GapRecord, ReportRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.gap_demand import Demand, Progress, unanswered_demand
from service.usecases.kept_neighbours import NeighbourFile
from service.usecases.services import Services
from service.usecases.suggest import opening
from service.usecases.tickets import line
from service.usecases.views import EvidenceQuote, GapLine, GapReportView, GapView

GAPS_JOB = "gaps"
SHOWN_QUOTES = 6
LONGEST_QUOTE = 400

log = structlog.get_logger(__name__)


class GapChange(Value):
    """What to change of a gap; what is None stays."""

    title: str | None = None
    owner: str | None = None
    status: GapStatus | None = None
    note: str | None = None


def build_report(
    services: Services, claimed: jobs.Claimed | None = None, progress: Progress | None = None
) -> GapReportView:
    """Build a report on the demand there is now and keep it. A gap that was known before keeps its id and its owner."""
    now = clock.now()
    found = unanswered_demand(services, progress)
    groups = [group for group in _grouped(services, found, progress) if len(group) >= SMALLEST_GAP]
    model = services.embedder.model_id
    with services.db.write() as session:
        if claimed is not None:
            jobs.complete(session, claimed)
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
        numbers = _numbered(session, report, _number_of_signal(found, settled), model)
        first = min((signal.at for signal in found.signals), default=None)
        kept = _kept(report, numbers) | {"answered_since": found.answered_since}
        gaps.add_report(session, now, (first, now), report.inputs_sha256, kept)
        latest = gaps.latest_report(session)
        assert latest is not None  # noqa: S101 - added just now
        view = _view(session, latest)
    log.info("gaps.built", gaps=len(view.gaps), signals=view.signals)
    return view


def _grouped(services: Services, found: Demand, progress: Progress | None) -> list[list[int]]:
    return cluster(
        found.vectors,
        found.marks,
        kept=NeighbourFile(services.settings.data_dir),
        progress=partial(progress, "comparing questions") if progress else None,
    )


def latest_report(db: Database) -> GapReportView | None:
    """The newest report, with each gap's title, owner and status as they are now; None before the first."""
    with db.read() as session:
        latest = gaps.latest_report(session)
        return _view(session, latest) if latest else None


def read_gap(db: Database, gap_id: str) -> GapView:
    """A gap with its tickets and what customers said. Raises NotFound, also for one not in the newest report."""
    with db.read() as session:
        return _gap_view(session, gap_id)


def change_gap(db: Database, gap_id: str, change: GapChange, actor: Actor) -> GapView:
    """Rename, assign, dismiss or reopen a gap. Raises NotFound, and InvalidInput for a dismissal without a reason."""
    with db.write() as session:
        record = _load(session, gap_id)
        for name in ("title", "owner", "note"):
            require_storable(getattr(change, name) or "", name)
        values: dict[str, Any] = {}
        if change.title is not None:
            if not change.title.strip():
                raise InvalidInput("A gap needs a title.")
            values["title"] = Redactor().redact_text(change.title.strip())
        if change.owner is not None:
            values["owner"] = change.owner.strip() or None
        if change.note is not None:
            values["note"] = Redactor().redact_text(change.note.strip()) or None
        if change.status is not None:
            if change.status is GapStatus.DISMISSED and not (values.get("note") or record.note):
                raise InvalidInput("Say in `note` why the gap is dismissed.")
            values["status"] = change.status.value
        elif "owner" in values and record.status in (GapStatus.OPEN, GapStatus.ASSIGNED):
            values["status"] = (GapStatus.ASSIGNED if values["owner"] else GapStatus.OPEN).value
        gaps.change(session, record.id, values, clock.now())
        log.info("gap.changed", gap=gap_id, by=actor.id, what=sorted(values))
        session.flush()
        return _gap_view(session, gap_id)


def _known(session: Session, model_id: str) -> list[Known]:
    """Every gap as identity needs it: the tickets of the newest report that has it, and its middle."""
    latest = gaps.latest_report(session)
    members = {gap["id"]: frozenset(gap["tickets"]) for gap in latest.report["gaps"]} if latest else {}
    return [
        Known(
            number=record.id,
            tickets=members.get(gap_name(record.id), frozenset()),
            centroid=tuple(record.centroid.tolist())
            if record.centroid is not None and record.model_id == model_id
            else (),
        )
        for record in gaps.ledger(session)
    ]


def _by_hand(session: Session) -> ByHand:
    merged = {record.id: record.merged_into for record in gaps.ledger(session) if record.merged_into is not None}
    return ByHand(pins=gaps.pins(session), merged=merged)


def _number_of_signal(found: Demand, settled: Sequence[Settled]) -> dict[str, int | None]:
    return {found.signals[row].id: number for number, rows in settled for row in rows}


def _numbered(session: Session, report: Report, known: Mapping[str, int | None], model_id: str) -> list[int]:
    """The ledger's number of each gap of the report, in its order; a gap not known before gets a new one."""
    now = clock.now()
    numbers: list[int] = []
    for gap in report.gaps:
        number = known[gap.signals[0]]
        middle = np.array(gap.centroid, dtype=np.float32)
        if number is None:
            number = gaps.add(session, gap.title, gap.type.value, middle, model_id, now)
        else:
            gaps.seen_again(session, number, gap.type.value, middle, model_id, now)
        numbers.append(number)
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
    }


def _view(session: Session, record: ReportRecord) -> GapReportView:
    kept = record.report
    ledger = {gap["id"]: gaps.load(session, gap_number(gap["id"])) for gap in kept["gaps"]}
    return GapReportView(
        id=str(record.id),
        built_at=record.built_at,
        window={
            "from": record.window_start.isoformat() if record.window_start else None,
            "to": record.window_end.isoformat(),
        },
        inputs_sha256=record.inputs_sha256,
        gaps=tuple(_line(gap, ledger[gap["id"]]) for gap in kept["gaps"]),
        unseen=kept["unseen"],
        signals=kept["signals"],
        single=kept["single"],
    )


def _line(kept: Mapping[str, Any], ledger: GapRecord | None) -> GapLine:
    gap = Gap.model_validate({**{k: v for k, v in kept.items() if k != "id"}, "signals": (), "centroid": ()})
    return GapLine(
        id=kept["id"],
        title=ledger.title if ledger else gap.title,
        type=gap.type.value,
        demand={"tickets": len(gap.tickets), "accounts": gap.accounts, "searches": gap.searches},
        escalations=gap.escalations,
        hours=gap.hours,
        growth=gap.growth,
        enough_to_write=gap.enough_to_write,
        owner=ledger.owner if ledger else None,
        status=ledger.status if ledger else GapStatus.OPEN.value,
        ticket_ids=gap.tickets,
        keywords=gap.keywords,
        nearest_resolution=gap.proof.resolution if gap.proof else None,
        falls_short=gap.proof.why if gap.proof else None,
        senior_hours=gap.senior_hours,
        proof=gap.proof.model_dump() if gap.proof else None,
        facts=gap.facts,
    )


def _load(session: Session, gap_id: str) -> GapRecord:
    record = gaps.load(session, gap_number(gap_id))
    if record is None:
        raise NotFound(f"There is no gap {gap_id}.")
    return record


def _gap_view(session: Session, gap_id: str) -> GapView:
    record = _load(session, gap_id)
    latest = gaps.latest_report(session)
    listed = next((gap for gap in _view(session, latest).gaps if gap.id == gap_id), None) if latest else None
    if listed is None:
        raise NotFound(f"Gap {gap_id} is not in the newest report: nothing shows demand for it any more.")
    keys = [TicketKey.parse(key) for key in listed.ticket_ids]
    said, tried = _quotes(session, keys[:SHOWN_QUOTES])
    return GapView(
        gap=listed,
        tickets=tuple(line(found) for found in tickets.lines(session, keys)),
        quotes=tuple(said),
        tried=tuple(tried),
        note=record.note,
    )


def _quotes(session: Session, keys: Sequence[TicketKey]) -> tuple[list[EvidenceQuote], list[EvidenceQuote]]:
    """What customers said, the beginning of each ticket's question, and the last that was tried on each; redacted."""
    said, tried = [], []
    for key in keys:
        record = tickets.find(session, key)
        if record is None:
            continue
        first = opening(record.ticket)
        if first is not None:
            said.append(_quote("symptom", record.ticket, first))
        answers = [m for m in record.ticket.messages if m.role in (Role.AGENT, Role.ENGINEER) and m is not first]
        if answers:
            tried.append(_quote("fix", record.ticket, max(answers, key=lambda m: m.at)))
    return said, tried


def _quote(field: str, ticket: Ticket, message: Message) -> EvidenceQuote:
    return EvidenceQuote(
        field=field,
        ticket=str(ticket.key),
        message=message.id,
        role=message.role.value,
        visibility=message.visibility.value,
        at=message.at,
        text=Redactor.for_ticket(ticket).redact_part(message.body, 0, min(len(message.body), LONGEST_QUOTE)),
    )
