"""Tickets and searches as a list of single questions walks through them: newest first, one part of the demand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from pipelines.gaps.select import Part
from service.store.tables import DemandSignalRow, TicketRow

_AT_ONCE = 500


class Asked(NamedTuple):
    """`name` is SOURCE/ID, or search/12 for a search."""

    search: bool
    at: datetime
    number: int
    name: str
    area: str | None


class After(NamedTuple):
    """Where the walk goes on: below this moment, and at the moment itself below this number; None: nothing there."""

    at: datetime
    below: int | None


def of_tickets(session: Session, part: Part, now: datetime, after: After | None = None) -> Iterator[Asked]:
    """Every ticket of the part, whether it stands alone or not, newest first."""
    at, number = col(TicketRow.created_at), col(TicketRow.id)
    wanted = _within(part, now, at, number, after, col(TicketRow.product_area))
    if part.tier:
        wanted.append(col(TicketRow.account_tier) == part.tier)
    by_escalation = bool(part.escalation or part.stage)
    if by_escalation:
        wanted.append(col(TicketRow.escalated))
    columns: list[Any] = [number, at, col(TicketRow.source), col(TicketRow.external_id), col(TicketRow.product_area)]
    if by_escalation:
        columns.append(col(TicketRow.details))
    statement = select(*columns).where(*wanted).order_by(at.desc(), number.desc())
    for row in session.execute(statement).yield_per(_AT_ONCE):
        if not by_escalation or _escalated_so(row[5]["escalations"], part):
            yield Asked(False, row[1], row[0], f"{row[2]}/{row[3]}", row[4])


def of_searches(session: Session, part: Part, now: datetime, after: After | None = None) -> Iterator[Asked]:
    """Every search of the part that showed demand. One has no tier and was never escalated."""
    if part.tier or part.escalation or part.stage:
        return
    at, number, area = col(DemandSignalRow.at), col(DemandSignalRow.id), col(DemandSignalRow.product_area)
    wanted = [*_within(part, now, at, number, after, area), col(DemandSignalRow.ticket_id).is_(None)]
    statement = select(number, at, area).where(*wanted).order_by(at.desc(), number.desc())
    for row in session.execute(statement).yield_per(_AT_ONCE):
        yield Asked(True, row[1], row[0], f"search/{row[0]}", row[2])


def texts_of_searches(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    texts = select(col(DemandSignalRow.id), col(DemandSignalRow.text)).where(col(DemandSignalRow.id).in_(numbers))
    return {row[0]: row[1] for row in session.execute(texts)}


def tiers(session: Session) -> list[str]:
    """The tiers that any ticket names, by name."""
    found = session.execute(select(col(TicketRow.account_tier)).distinct())
    return sorted(row[0] for row in found if row[0])


def _within(part: Part, now: datetime, at: Any, number: Any, after: After | None, area: Any) -> list[Any]:
    wanted: list[Any] = []
    if part.days is not None:
        wanted += [at > now - timedelta(days=part.days), at <= now]
    if part.area:
        wanted.append(area == part.area)
    if after is not None:
        same = and_(at == after.at, number < after.below) if after.below is not None else None
        wanted.append(at < after.at if same is None else or_(at < after.at, same))
    return wanted


def _escalated_so(escalations: Sequence[Mapping[str, Any]], part: Part) -> bool:
    types, stages = {each["type"] for each in escalations}, {each["stage"] for each in escalations}
    return part.escalation in ({""} | types) and part.stage in ({""} | stages)
