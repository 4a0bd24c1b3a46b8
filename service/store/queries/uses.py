"""The tickets beside a resolution: where it came from, and where it was used."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, not_, or_, select

from pipelines.domain.suggestions import Outcome
from service.store.queries import linked_returns
from service.store.queries.held import mark_recurred
from service.store.tables import ReuseKind, ReuseRow, TicketRow


class UseRecord(NamedTuple):
    ticket: str
    kind: str
    outcome: str | None
    at: datetime


def add(
    session: Session,
    number: int,
    ticket_id: int,
    kind: str,
    outcome: str | None,
    actor: str,
    now: datetime,
    *,
    only_known: bool = False,
) -> bool:
    """Put a ticket beside a resolution: once as what it was made from and once as a use, with the latest outcome.

    A ticket that was answered at triage and is linked when it closes is one use. `only_known`: correct the outcome of a
    use that is there already, and make none. Returns whether this use shows that a former one for the same account did
    not hold, or is one whose problem is known to be back.
    """
    source = ReuseRow.kind == ReuseKind.SOURCE.value
    row = session.exec(
        select(ReuseRow)
        .where(ReuseRow.resolution_id == number, ReuseRow.ticket_id == ticket_id)
        .where(source if kind == ReuseKind.SOURCE else not_(source))
        .order_by(col(ReuseRow.kind))  # a link comes before a suggestion
    ).first()
    if row is None and only_known:
        return False
    if row is None:
        row = ReuseRow(resolution_id=number, ticket_id=ticket_id, kind=kind, actor=actor, at=now)
    row.kind = ReuseKind.LINKED.value if ReuseKind.LINKED in (row.kind, kind) else kind
    row.outcome, row.actor, row.at = outcome, actor, now
    if outcome is not None:  # what is said now is about how it stands now
        row.came_back, row.came_back_days = None, None
    session.add(row)
    session.flush()
    back = linked_returns.settle(session, [ticket_id])
    again = kind != ReuseKind.SOURCE and outcome in (None, Outcome.FIXED, Outcome.HELPED)
    return (again and mark_recurred(session, number, ticket_id)) or any(one.resolution == number for one in back)


def outcome(session: Session, number: int, ticket_id: int) -> tuple[str | None, str] | None:
    """What was last said of the use of a resolution on a ticket, and by whom; None where it is not used there."""
    return session.exec(
        select(ReuseRow.outcome, ReuseRow.actor)
        .where(ReuseRow.resolution_id == number, ReuseRow.ticket_id == ticket_id)
        .where(ReuseRow.kind != ReuseKind.SOURCE.value)
        .order_by(col(ReuseRow.kind))
    ).first()


def of_resolution(session: Session, number: int) -> list[UseRecord]:
    """Oldest first."""
    rows = session.exec(
        select(ReuseRow, TicketRow)
        .where(ReuseRow.resolution_id == number, TicketRow.id == ReuseRow.ticket_id)
        .order_by(col(ReuseRow.at), col(ReuseRow.id))
    )
    return [UseRecord(f"{t.source}/{t.external_id}", use.kind, use.outcome, use.at) for use, t in rows]


def solved_by(session: Session, number: int, since: datetime) -> frozenset[str]:
    """Tickets opened since then that the resolution answered: linked to it at closing, or called fixed or helped."""
    rows = session.exec(
        select(TicketRow.source, TicketRow.external_id).where(
            ReuseRow.resolution_id == number,
            TicketRow.id == ReuseRow.ticket_id,
            TicketRow.created_at >= since,
            or_(ReuseRow.kind == ReuseKind.LINKED.value, col(ReuseRow.outcome).in_((Outcome.FIXED, Outcome.HELPED))),
        )
    )
    return frozenset(f"{source}/{external}" for source, external in rows)


def answers_since(session: Session, since: datetime) -> dict[str, int]:
    """The resolution that each ticket became or was linked to since then; the newest where there are several."""
    rows = session.exec(
        select(TicketRow.source, TicketRow.external_id, ReuseRow.resolution_id)
        .where(
            TicketRow.id == ReuseRow.ticket_id,
            ReuseRow.at >= since,
            col(ReuseRow.kind).in_((ReuseKind.SOURCE.value, ReuseKind.LINKED.value)),
        )
        .order_by(col(ReuseRow.id))
    )
    return {f"{source}/{external}": number for source, external, number in rows}
