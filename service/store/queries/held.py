"""Whether what was fixed stayed fixed: tickets that reopened, and problems that came back to the same account."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, or_, select, update

from pipelines.domain.kcs import WITHIN_DAYS, CameBack
from pipelines.domain.suggestions import Outcome
from service.store.tables import ReuseKind, ReuseRow, TicketRow

_DAY = 86_400.0
_LAST = WITHIN_DAYS[-1]
_GOOD = (Outcome.FIXED.value, Outcome.HELPED.value)


class Reused(NamedTuple):
    """One reuse: how it ended, when its ticket closed (None: open), and after how many days the problem was back."""

    outcome: str | None
    closed_at: datetime | None
    came_back: str | None
    came_back_days: float | None


def mark_reopened(session: Session, ticket_id: int, closed_at: datetime, now: datetime) -> list[int]:
    """The ticket was closed at this time and is open again; returns the resolutions that did not hold for it."""
    days = (now - closed_at).total_seconds() / _DAY
    if days > _LAST:
        return []
    return _mark(session, [ReuseRow.ticket_id == ticket_id], CameBack.REOPENED, max(0.0, days))


def mark_recurred(session: Session, number: int, ticket_id: int) -> bool:
    """The resolution is used on this ticket: mark its former use for the same account, where that is not long ago."""
    ticket = session.get_one(TicketRow, ticket_id)
    if ticket.account_id is None:
        return False
    former = session.exec(
        select(ReuseRow.id, TicketRow.closed_at)
        .where(ReuseRow.resolution_id == number, ReuseRow.kind != ReuseKind.SOURCE.value)
        .where(TicketRow.id == ReuseRow.ticket_id)
        .where(TicketRow.account_id == ticket.account_id, TicketRow.source == ticket.source)
        .where(col(TicketRow.closed_at) < ticket.created_at, TicketRow.id != ticket_id)
        .order_by(col(TicketRow.closed_at).desc())
    ).first()
    if former is None or former[1] is None:
        return False
    days = (ticket.created_at - former[1]).total_seconds() / _DAY
    return days <= _LAST and bool(_mark(session, [ReuseRow.id == former[0]], CameBack.RECURRED, days))


def _mark(session: Session, which: list[object], how: CameBack, days: float) -> list[int]:
    """Marks uses that are not marked yet but by a link. What a resolution was made from is no use of it."""
    unmarked = or_(col(ReuseRow.came_back).is_(None), col(ReuseRow.came_back) == CameBack.LINKED.value)
    rows = session.exec(
        select(ReuseRow.id, ReuseRow.resolution_id)
        .where(*which, ReuseRow.kind != ReuseKind.SOURCE.value, unmarked)  # type: ignore[arg-type]
        .order_by(col(ReuseRow.id))
    ).all()
    if rows:
        session.exec(
            update(ReuseRow)
            .where(col(ReuseRow.id).in_([row[0] for row in rows]))
            .values(came_back=how.value, came_back_days=days)
        )
    return [row[1] for row in rows]


def reused(session: Session, number: int) -> list[Reused]:
    """Every use of a resolution on a ticket that it was not made from, except where it turned out not relevant."""
    rows = session.exec(
        select(ReuseRow.outcome, TicketRow.closed_at, ReuseRow.came_back, ReuseRow.came_back_days)
        .where(ReuseRow.resolution_id == number, TicketRow.id == ReuseRow.ticket_id)
        .where(ReuseRow.kind != ReuseKind.SOURCE.value)
        .order_by(col(ReuseRow.id))
    )
    return [Reused(*row) for row in rows if row[0] != Outcome.NOT_RELEVANT.value]


def good_agents(session: Session, number: int) -> set[str]:
    """Who reused it with success on a ticket where the problem did not come back."""
    return set(
        session.exec(
            select(ReuseRow.actor).where(
                ReuseRow.resolution_id == number,
                col(ReuseRow.outcome).in_(_GOOD),
                col(ReuseRow.came_back).is_(None),
            )
        )
    )


def count_returns(session: Session, number: int) -> int:
    return len(
        session.exec(
            select(ReuseRow.id).where(ReuseRow.resolution_id == number, col(ReuseRow.came_back).is_not(None))
        ).all()
    )
