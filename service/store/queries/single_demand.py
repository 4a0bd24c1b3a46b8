"""Tickets and searches that stand alone, by what a list of them is filtered and ordered by."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session, col

from pipelines.domain.tickets import TicketKey
from service.store.tables import DemandSignalRow, TicketRow

_AT_ONCE = 1000
_COLUMNS = (
    col(TicketRow.id),
    col(TicketRow.external_id),
    col(TicketRow.created_at),
    col(TicketRow.product_area),
    col(TicketRow.account_tier),
)


class TicketFacts(NamedTuple):
    """`escalations`: type and stage of each, where there are any."""

    number: int
    key: str
    at: datetime
    area: str | None
    tier: str | None
    escalations: Sequence[Mapping[str, Any]]


class SearchFacts(NamedTuple):
    number: int
    at: datetime
    area: str | None


def of_tickets(session: Session, keys: Sequence[str]) -> Iterator[TicketFacts]:
    """Those of the tickets (SOURCE/ID) that there still are."""
    by_source: dict[str, list[str]] = {}
    for key in map(TicketKey.parse, keys):
        by_source.setdefault(key.source, []).append(key.id)
    for source, ids in by_source.items():
        for start in range(0, len(ids), _AT_ONCE):
            named = (col(TicketRow.source) == source, col(TicketRow.external_id).in_(ids[start : start + _AT_ONCE]))
            escalated = select(col(TicketRow.id), col(TicketRow.details)).where(*named, col(TicketRow.escalated))
            moved = {number: details["escalations"] for number, details in session.execute(escalated)}
            for number, external, at, area, tier in session.execute(select(*_COLUMNS).where(*named)):
                yield TicketFacts(number, f"{source}/{external}", at, area, tier, moved.get(number, ()))


def of_searches(session: Session, numbers: Sequence[int]) -> Iterator[SearchFacts]:
    """Those of the searches that there still are, by the number of the signal that each was recorded as."""
    columns = (col(DemandSignalRow.id), col(DemandSignalRow.at), col(DemandSignalRow.product_area))
    for start in range(0, len(numbers), _AT_ONCE):
        named = col(DemandSignalRow.id).in_(numbers[start : start + _AT_ONCE])
        for row in session.execute(select(*columns).where(named)):
            yield SearchFacts(*row)


def texts_of_searches(session: Session, numbers: Sequence[int]) -> dict[int, str]:
    texts = select(col(DemandSignalRow.id), col(DemandSignalRow.text)).where(col(DemandSignalRow.id).in_(numbers))
    return {row[0]: row[1] for row in session.execute(texts)}
