"""Problems that came back as another ticket, by the links between tickets: kept, and read in either direction.

Marks of this kind are derived: whatever comes first, link, tickets or uses, they are worked out anew from all three.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, and_, col, delete, or_, select, update

from pipelines.domain.kcs import WITHIN_DAYS, CameBack
from pipelines.domain.suggestions import Outcome
from pipelines.domain.ticket_links import Relation, TicketLink
from pipelines.domain.tickets import TicketStatus
from service.store.tables import ReuseRow, TicketLinkRow, TicketRow
from service.store.tables.columns import table_of

_DAY = 86_400.0
_AT_ONCE = 500
_SAID_OTHERWISE = (Outcome.NOT_RELEVANT.value, Outcome.WRONG.value)


class Returned(NamedTuple):
    """A resolution that turned out not to have held, and the ticket that says so."""

    resolution: int
    later: int


class _Told(NamedTuple):
    id: int
    created_at: datetime
    closed_at: datetime | None
    source: str
    account: str | None


class _Pair(NamedTuple):
    """Two tickets with one problem; `relation` is the first one's word about the second."""

    one: _Told
    other: _Told
    relation: Relation


def put(session: Session, links: Mapping[int, Sequence[TicketLink]]) -> set[int]:
    """Keep what tickets say of others, in place of what they said before; returns whom that concerned until now."""
    numbers = sorted(links)
    wanted = {(n, link.other.source, link.other.id, link.relation.value) for n in numbers for link in links[n]}
    known = {
        (row.ticket_id, row.other_source, row.other_id, row.relation)
        for start in range(0, len(numbers), _AT_ONCE)
        for row in session.exec(
            select(TicketLinkRow).where(col(TicketLinkRow.ticket_id).in_(numbers[start : start + _AT_ONCE]))
        )
    }
    stale = sorted({row[0] for row in known - wanted})
    concerned = {ticket.id for pair in _pairs(session, set(stale)) for ticket in (pair.one, pair.other)}
    if stale:
        session.exec(delete(TicketLinkRow).where(col(TicketLinkRow.ticket_id).in_(stale)))
    fresh = sorted(row for row in wanted if row not in known or row[0] in stale)
    if fresh:
        names = ("ticket_id", "other_source", "other_id", "relation")
        session.connection().execute(
            table_of(TicketLinkRow).insert(), [dict(zip(names, row, strict=True)) for row in fresh]
        )
    return concerned


def settle(session: Session, numbers: Iterable[int]) -> list[Returned]:
    """Mark or clear the uses on these tickets, and on those linked with them; returns what is newly marked."""
    given = set(numbers)
    pairs = _pairs(session, given)
    if not pairs and not _marked(session, given):
        return []
    touched = given | {ticket.id for pair in pairs for ticket in (pair.one, pair.other)}
    back = _returns(_pairs(session, touched))
    found: list[Returned] = []
    uses = session.exec(
        select(ReuseRow)
        .where(col(ReuseRow.ticket_id).in_(sorted(touched)))
        .order_by(col(ReuseRow.id))
        .with_for_update()
    ).all()
    for use in uses:
        if use.came_back not in (None, CameBack.LINKED.value):
            continue
        days, later = back.get(use.ticket_id, (None, 0)) if use.outcome not in _SAID_OTHERWISE else (None, 0)
        if days is not None and use.came_back is None:
            found.append(Returned(use.resolution_id, later))
        use.came_back, use.came_back_days = (None, None) if days is None else (CameBack.LINKED.value, days)
        session.add(use)
    session.flush()
    return found


def _marked(session: Session, numbers: set[int]) -> bool:
    marked = select(ReuseRow.id).where(
        col(ReuseRow.ticket_id).in_(sorted(numbers)), ReuseRow.came_back == CameBack.LINKED.value
    )
    return session.exec(marked.limit(1)).first() is not None


def _pairs(session: Session, numbers: set[int]) -> list[_Pair]:
    """Every pair that one of these tickets is in."""
    wanted = sorted(numbers)
    one, link, other = table_of(TicketRow), table_of(TicketLinkRow), table_of(TicketRow).alias()
    told = [ticket.c[name] for ticket in (one, other) for name in _TOLD]
    named = and_(other.c.source == link.c.other_source, other.c.external_id == link.c.other_id)
    found: list[_Pair] = []
    pairs = columns(*told, link.c.relation).join_from(one, link, one.c.id == link.c.ticket_id).join(other, named)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for end in (one, other):  # two questions, each by its own index; as one with `or` it reads every link
            rows = session.execute(pairs.where(end.c.id.in_(some)))
            found += [_Pair(_told(*row[:6]), _told(*row[6:12]), Relation(row[12])) for row in rows]
    return list(dict.fromkeys(found))


_TOLD = ("id", "created_at", "status", "closed_at", "source", "account_id")


def _told(
    number: int, created_at: datetime, status: str, closed_at: datetime | None, source: str, account: str | None
) -> _Told:
    return _Told(number, created_at, closed_at if status == TicketStatus.CLOSED.value else None, source, account)


def _returns(pairs: Iterable[_Pair]) -> dict[int, tuple[float, int]]:
    """For each ticket whose problem came back: after how many days first, and as which ticket."""
    found: dict[int, tuple[float, int]] = {}
    for pair in pairs:
        earlier, later = sorted((pair.one, pair.other), key=lambda t: (t.created_at, t.id))
        if earlier.closed_at is None or not _says_so(pair, later):
            continue
        days = (later.created_at - earlier.closed_at).total_seconds() / _DAY
        if 0 < days <= WITHIN_DAYS[-1]:
            found[earlier.id] = min(found.get(earlier.id, (days, later.id)), (days, later.id))
    return found


def _says_so(pair: _Pair, later: _Told) -> bool:
    """Whether the later one is the problem of the earlier one, back again.

    A duplicate that another customer reports says that the problem is common, not that the fix did not hold.
    """
    if pair.relation is Relation.SAME:
        told = pair.one.account and pair.other.account and pair.one.source == pair.other.source
        return not told or pair.one.account == pair.other.account
    return pair.relation is (Relation.RETURN_OF if later is pair.one else Relation.RETURNED_AS)


def forget(session: Session, number: int, source: str, identifier: str) -> None:
    """A ticket is erased: no link names it any more. What came back as this ticket still did."""
    pairs = _pairs(session, {number})
    former = sorted({ticket.id for pair in pairs for ticket in (pair.one, pair.other)} - {number})
    if former:
        session.exec(
            update(ReuseRow)
            .where(col(ReuseRow.ticket_id).in_(former), ReuseRow.came_back == CameBack.LINKED.value)  # type: ignore[arg-type]
            .values(came_back=CameBack.RECURRED.value)
        )
    named = and_(col(TicketLinkRow.other_source) == source, col(TicketLinkRow.other_id) == identifier)
    session.exec(delete(TicketLinkRow).where(or_(col(TicketLinkRow.ticket_id) == number, named)))
