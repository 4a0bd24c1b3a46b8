"""Tickets as they stand, and at the message revisions that evidence points at."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, select, update

from pipelines.domain.errors import NotFound
from pipelines.domain.storable import why_unstorable
from pipelines.domain.tickets import Message, Ticket, TicketKey, TicketStatus
from service.store.tables import CaptureState, MessageRow, TicketRow
from service.store.ticket_rows import message_from_row, ticket_from_rows

_AT_ONCE = 500


class TicketRecord(NamedTuple):
    id: int
    ticket: Ticket
    closures: int
    capture_state: CaptureState
    received_at: datetime
    content_sha256: str


class OpenTicket(NamedTuple):
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


def load(session: Session, number: int) -> TicketRecord:
    """One ticket by number. Raises NotFound: it was erased meanwhile."""
    found = load_many(session, [number])
    if not found:
        raise NotFound("The ticket is gone.")
    return found[0]


def find(session: Session, key: TicketKey) -> TicketRecord | None:
    number = number_of(session, key)
    return load(session, number) if number is not None else None


def number_of(session: Session, key: TicketKey) -> int | None:
    if why_unstorable(str(key)):  # no ticket has such a name, and PostgreSQL refuses to be asked
        return None
    return session.exec(
        select(TicketRow.id).where(TicketRow.source == key.source, TicketRow.external_id == key.id)
    ).one_or_none()


def closures(session: Session, number: int, *, lock: bool = False) -> int | None:
    """How often a ticket closed; with `lock` it stays so until the unit of work ends. None: it was erased."""
    statement = select(TicketRow.closures).where(TicketRow.id == number)
    return session.exec(statement.with_for_update() if lock else statement).one_or_none()


def load_many(session: Session, numbers: Sequence[int]) -> list[TicketRecord]:
    """Those of the tickets that exist, by number."""
    rows = session.exec(select(TicketRow).where(col(TicketRow.id).in_(numbers)).order_by(col(TicketRow.id))).all()
    messages: dict[int, list[MessageRow]] = {}
    for message in session.exec(
        select(MessageRow).where(col(MessageRow.ticket_id).in_(numbers), col(MessageRow.superseded).is_(False))
    ):
        messages.setdefault(message.ticket_id, []).append(message)
    return [_record(row, messages.get(row.id or 0, ())) for row in rows]


def revisions(session: Session, number: int, wanted: Collection[tuple[str, int]]) -> dict[tuple[str, int], Message]:
    """Messages of a ticket at certain revisions, by (message id, revision)."""
    if not wanted:
        return {}
    rows = session.exec(
        select(MessageRow).where(
            MessageRow.ticket_id == number, col(MessageRow.message_id).in_({message for message, _ in wanted})
        )
    )
    found = {(row.message_id, row.revision): message_from_row(row) for row in rows}
    return {key: found[key] for key in wanted if key in found}


def open_tickets(session: Session, assignee: str | None, limit: int) -> list[OpenTicket]:
    """Tickets that are not closed, newest first."""
    statement = select(TicketRow).where(TicketRow.status != TicketStatus.CLOSED.value)
    if assignee is not None:
        statement = statement.where(TicketRow.assignee == assignee)
    rows = session.exec(statement.order_by(col(TicketRow.created_at).desc(), col(TicketRow.id).desc()).limit(limit))
    return [_open(row) for row in rows]


def newest_open(session: Session, limit: int) -> list[tuple[OpenTicket, Ticket]]:
    """The newest tickets that are not closed, whole, with their list lines."""
    rows = session.exec(
        select(TicketRow)
        .where(TicketRow.status != TicketStatus.CLOSED.value)
        .order_by(col(TicketRow.created_at).desc(), col(TicketRow.id).desc())
        .limit(limit)
    ).all()
    whole = {record.id: record.ticket for record in load_many(session, [row.id for row in rows if row.id is not None])}
    return [(_open(row), whole[row.id]) for row in rows if row.id is not None]


def lines(session: Session, keys: Iterable[TicketKey]) -> list[OpenTicket]:
    """The list lines of these tickets, in the order given; unknown ones are left out."""
    found: dict[str, OpenTicket] = {}
    by_source: dict[str, list[str]] = {}
    wanted = list(keys)
    for key in wanted:
        by_source.setdefault(key.source, []).append(key.id)
    for source, ids in by_source.items():
        rows = session.exec(select(TicketRow).where(TicketRow.source == source, col(TicketRow.external_id).in_(ids)))
        found |= {line.key: line for line in map(_open, rows)}
    return [found[str(key)] for key in wanted if str(key) in found]


def queue_capture(session: Session, number: int) -> None:
    session.exec(update(TicketRow).where(col(TicketRow.id) == number).values(capture_state=CaptureState.QUEUED.value))


def reset_capture(session: Session, number: int) -> None:
    """Nothing of the ticket's present state is captured."""
    session.exec(update(TicketRow).where(col(TicketRow.id) == number).values(capture_state=CaptureState.NONE.value))


def capture_states(session: Session, numbers: Sequence[int]) -> dict[int, CaptureState]:
    rows = session.exec(select(TicketRow.id, TicketRow.capture_state).where(col(TicketRow.id).in_(numbers)))
    return {number: CaptureState(state) for number, state in rows if number is not None}


def with_capture_state(session: Session, state: CaptureState, after: int, limit: int) -> list[int]:
    """Numbers of tickets in a capture state, ascending, from above `after`."""
    rows = session.exec(
        select(TicketRow.id)
        .where(TicketRow.capture_state == state.value, col(TicketRow.id) > after)
        .order_by(col(TicketRow.id))
        .limit(limit)
    )
    return [number for number in rows if number is not None]


def product_areas(session: Session) -> list[str]:
    found = session.exec(select(TicketRow.product_area).where(col(TicketRow.product_area).is_not(None)).distinct())
    return sorted(area for area in found if area)


def count_by_state(session: Session) -> dict[str, int]:
    """Tickets by capture state."""
    return dict(session.exec(select(TicketRow.capture_state, func.count()).group_by(TicketRow.capture_state)).all())


def _record(row: TicketRow, messages: Iterable[MessageRow]) -> TicketRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    state = CaptureState(row.capture_state)
    ticket = ticket_from_rows(row, messages)
    return TicketRecord(row.id, ticket, row.closures, state, row.received_at, row.content_sha256)


def _open(row: TicketRow) -> OpenTicket:
    return OpenTicket(
        f"{row.source}/{row.external_id}",
        row.subject,
        row.status,
        row.created_at,
        row.assignee,
        row.account_name,
        row.account_tier,
        row.product_area,
        row.priority,
        row.escalated,
    )


def count_elsewhere(session: Session, source: str) -> int:
    """Tickets that came from any other source."""
    return session.exec(select(func.count()).select_from(TicketRow).where(TicketRow.source != source)).one()
