"""What speaks against resolutions and waits for their owners."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select, update

from pipelines.domain.kcs import ReviewReason
from service.store.tables import ReviewRow, TicketRow


class ReviewRecord(NamedTuple):
    reason: str
    ticket: str | None
    version: str | None
    raised_by: str
    at: datetime
    settled_by: str | None
    settled_at: datetime | None


def ask(
    session: Session,
    number: int,
    reason: ReviewReason,
    raised_by: str,
    now: datetime,
    *,
    ticket_id: int | None = None,
    version: str | None = None,
) -> None:
    """Have the owner look at a resolution; the same reason for the same ticket once while it is open.

    Without a ticket once a person.
    """
    asked = select(ReviewRow.id).where(
        ReviewRow.resolution_id == number,
        ReviewRow.reason == reason.value,
        ReviewRow.ticket_id == ticket_id,
        col(ReviewRow.settled_at).is_(None),
    )
    if ticket_id is None:
        asked = asked.where(ReviewRow.raised_by == raised_by)
    if session.exec(asked).first() is None:
        session.add(
            ReviewRow(
                resolution_id=number,
                reason=reason.value,
                ticket_id=ticket_id,
                version=version,
                raised_by=raised_by,
                at=now,
            )
        )


def settle(session: Session, number: int, by: str, now: datetime) -> None:
    """The owner has looked: whatever is open is settled."""
    session.exec(
        update(ReviewRow)
        .where(col(ReviewRow.resolution_id) == number, col(ReviewRow.settled_at).is_(None))
        .values(settled_by=by, settled_at=now)
    )


def take_back(session: Session, number: int, ticket_id: int, by: str, now: datetime) -> None:
    """Who called it wrong on this ticket says otherwise now: nothing of that waits any more."""
    called_wrong = (ReviewReason.WRONG.value, ReviewReason.STALE.value)
    session.exec(
        update(ReviewRow)
        .where(col(ReviewRow.resolution_id) == number, col(ReviewRow.ticket_id) == ticket_id)
        .where(col(ReviewRow.raised_by) == by, col(ReviewRow.reason).in_(called_wrong))
        .where(col(ReviewRow.settled_at).is_(None))
        .values(settled_by=by, settled_at=now)
    )


def of_resolution(session: Session, number: int) -> list[ReviewRecord]:
    """Everything that was ever raised, newest first."""
    rows = session.exec(
        select(ReviewRow, TicketRow)
        .join(TicketRow, col(TicketRow.id) == ReviewRow.ticket_id, isouter=True)
        .where(ReviewRow.resolution_id == number)
        .order_by(col(ReviewRow.id).desc())
    )
    return [
        ReviewRecord(
            review.reason,
            f"{ticket.source}/{ticket.external_id}" if ticket else None,
            review.version,
            review.raised_by,
            review.at,
            review.settled_by,
            review.settled_at,
        )
        for review, ticket in rows
    ]


def waiting(session: Session, numbers: Iterable[int] | None = None) -> set[int]:
    """The resolutions, of these or of all, that wait for their owner."""
    statement = select(ReviewRow.resolution_id).where(col(ReviewRow.settled_at).is_(None))
    if numbers is not None:
        statement = statement.where(col(ReviewRow.resolution_id).in_(list(numbers)))
    return set(session.exec(statement.distinct()))
