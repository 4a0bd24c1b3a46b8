"""Reads gap reports, and single gaps with the tickets behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import NotFound
from pipelines.domain.gaps import ANSWERED, UNSOLVED, GapStatus
from pipelines.domain.tickets import Message, Role, Ticket, TicketKey
from pipelines.gaps.report import Gap, Unseen
from pipelines.gaps.verify import Watch
from service.store.engine import Database
from service.store.ids import gap_name, gap_number
from service.store.queries import gap_events, gaps, tickets
from service.store.queries.gaps import GapRecord, ReportRecord
from service.store.session import Session
from service.usecases.suggest import opening
from service.usecases.tickets import line
from service.usecases.views import EvidenceQuote
from service.usecases.views_gaps import AnsweredGap, GapEvent, GapLine, GapReportView, GapView, WatchedGap

SHOWN_QUOTES = 6
LONGEST_QUOTE = 400


def latest_report(db: Database) -> GapReportView | None:
    """The newest report, with each gap's title, owner and status as they are now; None before the first."""
    with db.read() as session:
        latest = gaps.latest_report(session)
        return report_view(session, latest) if latest else None


def read_gap(db: Database, gap_id: str) -> GapView:
    """A gap with its tickets, what customers said, and its history, as the last report had it. Raises NotFound."""
    with db.read() as session:
        return gap_view(session, gap_id)


def report_view(session: Session, record: ReportRecord) -> GapReportView:
    """A snapshot, with what the ledger says of its gaps now."""
    kept = record.report
    ledger = {gap_name(gap.id): gap for gap in gaps.ledger(session)}
    answered = {
        name: found
        for name, found in kept.get("answered", {}).items()
        if name in ledger and GapStatus(ledger[name].status) in UNSOLVED and ledger[name].merged_into is None
    }
    return GapReportView(
        id=str(record.id),
        built_at=record.built_at,
        window={
            "from": record.window_start.isoformat() if record.window_start else None,
            "to": record.window_end.isoformat(),
        },
        inputs_sha256=record.inputs_sha256,
        gaps=tuple(_line(gap, ledger.get(gap["id"]), answered.get(gap["id"])) for gap in kept["gaps"]),
        unseen=Unseen.model_validate(kept["unseen"]),
        signals=kept["signals"],
        single=kept["single"],
        answered_since=kept.get("answered_since", 0),
        answered=tuple(
            AnsweredGap(id=name, title=ledger[name].title, **found) for name, found in sorted(answered.items())
        ),
        watched=tuple(
            _watched(gap, record)
            for gap in ledger.values()
            if GapStatus(gap.status) in ANSWERED and gap.merged_into is None
        ),
    )


def _watched(gap: GapRecord, record: ReportRecord | None) -> WatchedGap:
    found = record.report.get("watched", {}).get(gap_name(gap.id)) if record else None
    if record is None or gap.closed_at is None or gap.closed_at > record.built_at:
        found = None  # it was closed anew since, and what was seen was about the closing before
    return WatchedGap(
        id=gap_name(gap.id),
        title=gap.title,
        status=gap.status,
        owner=gap.owner,
        closed_by=gap.closed_by,
        closed_at=gap.closed_at,
        watch=Watch.model_validate({name: value for name, value in found.items() if name != "deflected"})
        if found
        else None,
        deflected=found["deflected"] if found else 0,
    )


def _line(kept: Mapping[str, Any], ledger: GapRecord | None, answered: Mapping[str, Any] | None = None) -> GapLine:
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
        closed_by=ledger.closed_by if ledger else None,
        closed_at=ledger.closed_at if ledger else None,
        answered_by=answered,
    )


def load_gap(session: Session, gap_id: str) -> GapRecord:
    record = gaps.load(session, gap_number(gap_id))
    if record is None:
        raise NotFound(f"There is no gap {gap_id}.")
    return record


def gap_view(session: Session, gap_id: str) -> GapView:
    """See `read_gap`."""
    record = load_gap(session, gap_id)
    latest = gaps.latest_report(session)
    listed, built_at = _as_last_seen(session, record, latest)
    keys = [TicketKey.parse(key) for key in listed.ticket_ids]
    said, tried = _quotes(session, keys[:SHOWN_QUOTES])
    return GapView(
        gap=listed,
        tickets=tuple(line(found) for found in tickets.lines(session, keys)),
        quotes=tuple(said),
        tried=tuple(tried),
        note=record.note,
        history=tuple(
            GapEvent(kind=event.kind, by=event.by, at=event.at, what=event.what, why=event.why)
            for event in gap_events.of_gap(session, record.id)
        ),
        watched=_watched(record, latest) if GapStatus(record.status) in ANSWERED else None,
        asked_until=built_at if latest is None or built_at != latest.built_at else None,
        merged_into=gap_name(record.merged_into) if record.merged_into is not None else None,
    )


def _as_last_seen(session: Session, record: GapRecord, latest: ReportRecord | None) -> tuple[GapLine, datetime | None]:
    """The gap as the newest report that has it says, and when that was built; without figures where none has it."""
    name = gap_name(record.id)
    last = gaps.report(session, record.last_report_id) if record.last_report_id is not None else None
    for snapshot in (latest, last):
        kept = next((gap for gap in snapshot.report["gaps"] if gap["id"] == name), None) if snapshot else None
        if snapshot is not None and kept is not None:
            return _line(kept, record, _answered(latest, record)), snapshot.built_at
    return GapLine(
        id=name,
        title=record.title,
        type=record.type,
        demand={"tickets": 0, "accounts": 0, "searches": 0},
        escalations=0,
        hours=None,
        growth=None,
        enough_to_write="no",
        owner=record.owner,
        status=record.status,
        ticket_ids=(),
        closed_by=record.closed_by,
        closed_at=record.closed_at,
        answered_by=_answered(latest, record),
    ), None


def _answered(latest: ReportRecord | None, record: GapRecord) -> Mapping[str, Any] | None:
    """The record that the newest report found to answer an open gap."""
    if latest is None or GapStatus(record.status) not in UNSOLVED or record.merged_into is not None:
        return None
    found: Mapping[str, Any] | None = latest.report.get("answered", {}).get(gap_name(record.id))
    return found


def _quotes(session: Session, keys: Sequence[TicketKey]) -> tuple[list[EvidenceQuote], list[EvidenceQuote]]:
    """What customers said, the beginning of each ticket's question, and the last that was tried on each; redacted."""
    said, tried = [], []
    for key in keys:
        record = tickets.find(session, key)
        if record is None:
            continue
        first = opening(record.ticket)
        if first is not None:
            said.append(quote("symptom", record.ticket, first))
        answers = [m for m in record.ticket.messages if m.role in (Role.AGENT, Role.ENGINEER) and m is not first]
        if answers:
            tried.append(quote("fix", record.ticket, max(answers, key=lambda m: m.at)))
    return said, tried


def quote(field: str, ticket: Ticket, message: Message) -> EvidenceQuote:
    """The beginning of a message, redacted."""
    return EvidenceQuote(
        field=field,
        ticket=str(ticket.key),
        message=message.id,
        role=message.role.value,
        visibility=message.visibility.value,
        at=message.at,
        text=Redactor.for_ticket(ticket).redact_part(message.body, 0, min(len(message.body), LONGEST_QUOTE)),
    )
