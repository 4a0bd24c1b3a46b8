"""The ledger of gaps, and the immutable reports."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import select as select_columns
from sqlalchemy import text
from sqlmodel import Session, col, delete, func, select, update

from pipelines.domain.gaps import GapStatus
from pipelines.ports import Vectors
from service.store.ids import gap_name
from service.store.tables import GapPinRow, GapReportRow, GapRow, TicketRow
from service.store.tables.columns import table_of

_AT_ONCE = 500
_REPORTING = 4_021_977_202
"""The PostgreSQL advisory lock of keeping a report; any number that nothing else in the database uses."""


class GapRecord(NamedTuple):
    id: int
    title: str
    type: str
    status: str
    owner: str | None
    note: str | None
    centroid: Vectors | None
    model_id: str | None
    merged_into: int | None
    created_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    named_by: str | None
    named_size: int | None
    last_report_id: int | None


class ReportRecord(NamedTuple):
    id: int
    built_at: datetime
    window_start: datetime | None
    window_end: datetime
    inputs_sha256: str
    report: Mapping[str, Any]


def known(session: Session, model_id: str) -> list[GapRecord]:
    """Every gap with a centroid of this model, oldest first; dismissed ones too, so that they stay dismissed."""
    return [record for record in ledger(session) if record.model_id == model_id]


def ledger(session: Session) -> list[GapRecord]:
    """Every gap there ever was, oldest first."""
    return [_record(row) for row in session.exec(select(GapRow).order_by(col(GapRow.id)))]


class LedgerState(NamedTuple):
    """Names a state of the ledger, of what managers arranged in it, and of the reports."""

    gaps: tuple[tuple[Any, ...], ...]
    pins: tuple[tuple[Any, ...], ...]
    report: int | None


def ledger_state(session: Session) -> LedgerState:
    gap, pinned = table_of(GapRow), table_of(GapPinRow)
    known = select_columns(gap.c.id, gap.c.merged_into, gap.c.updated_at).order_by(gap.c.id)
    put = select_columns(pinned.c.ticket_id, pinned.c.gap_id).order_by(pinned.c.ticket_id)
    run = session.connection().execute
    return LedgerState(
        tuple(tuple(row) for row in run(known)),
        tuple(tuple(row) for row in run(put)),
        session.exec(select(func.max(GapReportRow.id))).one(),
    )


@contextmanager
def held(session: Session) -> Iterator[None]:
    """Within it the rows of all gaps are read once, and not for each gap anew."""
    rows = session.exec(select(GapRow)).all()
    yield
    del rows


def pins(session: Session) -> dict[str, int]:
    """Tickets that managers put into a gap: SOURCE/ID -> the gap's number."""
    rows = session.exec(
        select(TicketRow.source, TicketRow.external_id, GapPinRow.gap_id).where(GapPinRow.ticket_id == TicketRow.id)
    )
    return {f"{source}/{external}": gap for source, external, gap in rows}


def pin(session: Session, ticket_ids: Sequence[int], gap: int, actor: str, now: datetime) -> None:
    """Put tickets into a gap, out of any other that they were put into."""
    session.exec(delete(GapPinRow).where(col(GapPinRow.ticket_id).in_(ticket_ids)))
    for number in sorted(set(ticket_ids)):
        session.add(GapPinRow(ticket_id=number, gap_id=gap, actor_name=actor, at=now))


def merged(session: Session) -> dict[int, int]:
    """The gaps that are part of another, and of which."""
    rows = session.exec(select(GapRow.id, GapRow.merged_into).where(col(GapRow.merged_into).is_not(None)))
    return {number or 0: into or 0 for number, into in rows}


def merge(session: Session, number: int, into: int, now: datetime) -> None:
    """A gap is part of another from now on."""
    row = session.get_one(GapRow, number)
    row.merged_into, row.updated_at = into, now
    session.add(row)


def add(
    session: Session,
    title: str,
    kind: str,
    centroid: Vectors | None,
    model_id: str | None,
    now: datetime,
    *,
    named_by: str,
) -> int:
    """A new gap; without a centroid where a manager split it off and no report has seen it yet."""
    row = GapRow(
        title=title,
        type=kind,
        status=GapStatus.OPEN.value,
        centroid=None if centroid is None else np.asarray(centroid, dtype="<f4").tobytes(),
        model_id=model_id,
        named_by=named_by,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def seen_again(session: Session, number: int, kind: str, centroid: Vectors, model_id: str, now: datetime) -> None:
    """A new report has the gap: where its middle is now, by which model, and what type it is of."""
    row = session.get_one(GapRow, number)
    row.centroid, row.model_id, row.type = np.asarray(centroid, dtype="<f4").tobytes(), model_id, kind
    row.updated_at = now
    session.add(row)


def load(session: Session, number: int, *, lock: bool = False) -> GapRecord | None:
    """A gap; with `lock` nobody else changes it until the unit of work ends."""
    if lock:
        session.exec(select(GapRow.id).where(GapRow.id == number).with_for_update()).one_or_none()
    row = session.get(GapRow, number)
    return _record(row) if row else None


def closed_by(session: Session, name: str) -> list[int]:
    """The gaps that name this record as their answer, by number."""
    rows = session.exec(select(GapRow.id).where(GapRow.closed_by == name).order_by(col(GapRow.id)))
    return [number for number in rows if number is not None]


def listed_in(session: Session, numbers: Sequence[int], report_id: int) -> None:
    """These gaps are in a report, the newest."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = col(GapRow.id).in_(list(numbers[start : start + _AT_ONCE]))
        session.exec(update(GapRow).where(some).values(last_report_id=report_id))


def change(session: Session, number: int, values: Mapping[str, Any], now: datetime) -> None:
    """Set any of title, named_by, named_size, status, owner, note, closed_by and closed_at."""
    row = session.get_one(GapRow, number)
    columns = {"note": "dismissed_reason"}
    for key, value in values.items():
        setattr(row, columns.get(key, key), value)
    row.updated_at = now
    session.add(row)


def take_turns(session: Session) -> None:
    """Wait until no other unit that called this is under way. On SQLite units that write take turns anyway."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _REPORTING})


def add_report(
    session: Session,
    built_at: datetime,
    window: tuple[datetime | None, datetime],
    inputs_sha256: str,
    report: Mapping[str, Any],
) -> int:
    row = GapReportRow(
        built_at=built_at,
        window_start=window[0],
        window_end=window[1],
        inputs_sha256=inputs_sha256,
        report=dict(report),
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def latest_report(session: Session) -> ReportRecord | None:
    row = session.exec(select(GapReportRow).order_by(col(GapReportRow.id).desc()).limit(1)).one_or_none()
    return _report(row) if row else None


def report(session: Session, number: int) -> ReportRecord | None:
    row = session.get(GapReportRow, number)
    return _report(row) if row else None


def _report(row: GapReportRow) -> ReportRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    return ReportRecord(row.id, row.built_at, row.window_start, row.window_end, row.inputs_sha256, row.report)


def last_listed(session: Session, records: Sequence[GapRecord]) -> dict[int, Sequence[str]]:
    """The tickets of each gap by the last report that had it, by the gap's number; each report is read once."""
    wanted: dict[int, dict[str, int]] = {}
    for record in records:
        if record.last_report_id is not None:
            wanted.setdefault(record.last_report_id, {})[gap_name(record.id)] = record.id
    found: dict[int, Sequence[str]] = {}
    for number in sorted(wanted):
        snapshot = report(session, number)
        for listed in snapshot.report["gaps"] if snapshot else ():
            if listed["id"] in wanted[number]:
                found[wanted[number][listed["id"]]] = listed["tickets"]
    return found


def reports(session: Session, *, before: int | None, limit: int) -> list[tuple[int, datetime, str]]:
    """Number, time and hash of the kept reports, newest first, from below the number `before`."""
    statement = select(GapReportRow.id, GapReportRow.built_at, GapReportRow.inputs_sha256)
    if before is not None:
        statement = statement.where(col(GapReportRow.id) < before)
    rows = session.exec(statement.order_by(col(GapReportRow.id).desc()).limit(limit))
    return [(number or 0, at, sha) for number, at, sha in rows]


def report_before(session: Session, number: int, built_at: datetime) -> int | None:
    """The last report below a number that was built by then; the oldest below it where all are newer."""
    earlier = select(GapReportRow.id).where(col(GapReportRow.id) < number)
    by_then = earlier.where(GapReportRow.built_at <= built_at).order_by(col(GapReportRow.id).desc()).limit(1)
    return (
        session.exec(by_then).one_or_none()
        or session.exec(earlier.order_by(col(GapReportRow.id)).limit(1)).one_or_none()
    )


def _record(row: GapRow) -> GapRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    centroid = np.frombuffer(row.centroid, dtype="<f4") if row.centroid else None
    return GapRecord(
        row.id,
        row.title,
        row.type,
        row.status,
        row.owner,
        row.dismissed_reason,
        centroid,
        row.model_id,
        row.merged_into,
        row.created_at,
        row.closed_by,
        row.closed_at,
        row.named_by,
        row.named_size,
        row.last_report_id,
    )
