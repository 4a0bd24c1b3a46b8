"""Takes tickets in, many at a time: new ones, changed ones, and the many that did not change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Dialect, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from pipelines.domain.tickets import Ticket, TicketKey, TicketStatus
from service.store.message_revisions import StoredBody, revise
from service.store.tables import CaptureState, MessageRow, TicketRow
from service.store.tables.columns import table_of
from service.store.ticket_rows import content_sha256, ticket_to_rows

_TOGETHER = 500
"""Tickets a round. One round is three statements where nothing is new or changed, and five or six at most."""

_MESSAGES = table_of(MessageRow)


class UpsertOutcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one ticket. `closure` counts its closings so far; `closed_now`: this call saw one of them.

    `reopened`: when it had been closed before it turned out to have been opened again.
    """

    ticket_id: int
    key: TicketKey
    outcome: UpsertOutcome
    closed_now: bool
    closure: int
    reopened: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    id: int
    content_sha256: str
    status: str
    closed_at: datetime | None
    closures: int


def upsert_tickets(session: Session, tickets: Sequence[Ticket], now: datetime) -> list[Upserted]:
    """Create or update tickets by source and id; the answer is in the order given.

    A ticket closes when it is first seen closed, when it becomes closed, or when its closing time moved later. Bodies
    that changed or vanished stay as superseded revisions. A ticket given twice is taken twice, the last one stands.
    """
    done: list[Upserted] = []
    for round_ in _rounds(tickets):
        done += _upsert_round(session, round_, now)
    return done


def _rounds(tickets: Sequence[Ticket]) -> Iterator[dict[TicketKey, Ticket]]:
    """Runs of tickets in which none comes twice."""
    round_: dict[TicketKey, Ticket] = {}
    for ticket in tickets:
        if ticket.key in round_ or len(round_) == _TOGETHER:
            yield round_
            round_ = {}
        round_[ticket.key] = ticket
    if round_:
        yield round_


def _upsert_round(session: Session, tickets: Mapping[TicketKey, Ticket], now: datetime) -> list[Upserted]:
    known = _known(session, list(tickets))
    created = _create(session, [t for key, t in tickets.items() if key not in known], now)
    # Absent from both: another process created it between the two statements. It is there for certain by now.
    known |= _known(session, [key for key in tickets if key not in known and key not in created])
    changed = [
        (known[key], ticket)
        for key, ticket in tickets.items()
        if key in known and known[key].content_sha256 != content_sha256(ticket)
    ]
    _update(session, changed, now)
    updated = {ticket.key for _, ticket in changed}
    return [_upserted(ticket, created.get(key), known.get(key), key in updated) for key, ticket in tickets.items()]


def _upserted(ticket: Ticket, created: int | None, known: _Known | None, updated: bool) -> Upserted:
    if known is None:
        assert created is not None  # noqa: S101 - a ticket is known or was just created
        closed = ticket.status is TicketStatus.CLOSED
        return Upserted(created, ticket.key, UpsertOutcome.CREATED, closed, int(closed))
    closed = updated and _closes(known, ticket)
    outcome = UpsertOutcome.UPDATED if updated else UpsertOutcome.UNCHANGED
    was_closed = updated and known.status == TicketStatus.CLOSED.value
    reopened = known.closed_at if was_closed and (closed or ticket.status is not TicketStatus.CLOSED) else None
    return Upserted(known.id, ticket.key, outcome, closed, known.closures + closed, reopened)


def _closes(known: _Known, ticket: Ticket) -> bool:
    if ticket.status is not TicketStatus.CLOSED:
        return False
    if known.status != TicketStatus.CLOSED.value:
        return True
    return ticket.closed_at is not None and known.closed_at is not None and ticket.closed_at > known.closed_at


def _known(session: Session, keys: Sequence[TicketKey]) -> dict[TicketKey, _Known]:
    """The tickets that are there already, locked in the order of their ids so that two rounds cannot deadlock."""
    by_source: dict[str, list[str]] = {}
    for key in keys:
        by_source.setdefault(key.source, []).append(key.id)
    known: dict[TicketKey, _Known] = {}
    for source, ids in sorted(by_source.items()):
        rows = session.execute(
            select(
                col(TicketRow.external_id),
                col(TicketRow.id),
                col(TicketRow.content_sha256),
                col(TicketRow.status),
                col(TicketRow.closed_at),
                col(TicketRow.closures),
            )
            .where(col(TicketRow.source) == source, col(TicketRow.external_id).in_(ids))
            .order_by(col(TicketRow.id))
            .with_for_update()
        )
        known |= {TicketKey(source=source, id=row[0]): _Known(*row[1:]) for row in rows}
    return known


def _create(session: Session, tickets: Sequence[Ticket], now: datetime) -> dict[TicketKey, int]:
    """Insert tickets that were not there; those that another process created meanwhile are not in the answer."""
    if not tickets:
        return {}
    rows: dict[tuple[str, str], tuple[dict[str, Any], list[dict[str, Any]]]] = {}
    for ticket in sorted(tickets, key=lambda t: str(t.key)):
        columns, messages = ticket_to_rows(ticket)
        ours = {
            "closures": int(ticket.status is TicketStatus.CLOSED),
            "capture_state": CaptureState.NONE.value,
            "received_at": now,
            "updated_at": now,
        }
        rows[ticket.key.source, ticket.key.id] = (columns | ours, messages)
    insert = _insert(session.connection().dialect).on_conflict_do_nothing(index_elements=["source", "external_id"])
    returning = insert.returning(col(TicketRow.id), col(TicketRow.source), col(TicketRow.external_id))
    created = session.connection().execute(returning, [columns for columns, _ in rows.values()]).all()
    _insert_messages(
        session,
        [
            message | {"ticket_id": ticket_id, "revision": 1, "superseded": False}
            for ticket_id, source, external_id in created
            for message in rows[source, external_id][1]
        ],
    )
    return {TicketKey(source=source, id=external_id): ticket_id for ticket_id, source, external_id in created}


def _insert(dialect: Dialect) -> Any:
    table = table_of(TicketRow)
    return sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)


def _insert_messages(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.connection().execute(_MESSAGES.insert(), list(rows))


def _update(session: Session, changed: Sequence[tuple[_Known, Ticket]], now: datetime) -> None:
    if not changed:
        return
    tickets: list[dict[str, Any]] = []
    inserted: list[dict[str, Any]] = []
    superseded: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    stored = _stored_bodies(session, [known.id for known, _ in changed])
    for known, ticket in changed:
        columns, messages = ticket_to_rows(ticket)
        closures = known.closures + _closes(known, ticket)
        tickets.append(columns | {"ticket": known.id, "closures": closures, "updated_at": now})
        revisions = revise(stored.get(known.id, ()), messages)
        inserted += [row | {"ticket_id": known.id} for row in revisions.inserted]
        superseded += [row | {"ticket": known.id} for row in revisions.superseded]
        kept += [row | {"ticket": known.id} for row in revisions.kept]
    table = table_of(TicketRow)
    session.connection().execute(table.update().where(table.c.id == bindparam("ticket")), tickets)
    _insert_messages(session, inserted)
    for changes in (superseded, kept):
        if changes:
            session.connection().execute(_RETOUCH, changes)


_RETOUCH = _MESSAGES.update().where(
    _MESSAGES.c.ticket_id == bindparam("ticket"),
    _MESSAGES.c.message_id == bindparam("message"),
    _MESSAGES.c.revision == bindparam("number"),
)


def _stored_bodies(session: Session, ticket_ids: Sequence[int]) -> dict[int, list[StoredBody]]:
    columns = (_MESSAGES.c.ticket_id, _MESSAGES.c.message_id, _MESSAGES.c.revision, _MESSAGES.c.body)
    found: dict[int, list[StoredBody]] = {}
    rows = session.execute(select(*columns, _MESSAGES.c.superseded).where(_MESSAGES.c.ticket_id.in_(ticket_ids)))
    for ticket_id, message_id, revision, body, superseded in rows:
        found.setdefault(ticket_id, []).append(StoredBody(message_id, revision, body, superseded))
    return found
