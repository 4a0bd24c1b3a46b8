"""Signs of missing knowledge as they were recorded, and what is on record against resolutions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, func, or_, select

from pipelines.domain.confirmations import RejectReason
from pipelines.domain.gaps import DemandKind
from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketStatus
from service.store.ids import resolution_name
from service.store.queries import article_use, contradictions
from service.store.queries.tickets import TicketRecord
from service.store.tables import (
    CaptureState,
    ConfirmationRow,
    DemandSignalRow,
    DraftRow,
    SuggestionOutcomeRow,
    TicketRow,
)

_SETTLED = (CaptureState.CONFIRMED.value, CaptureState.LINKED.value)


class SearchRecord(NamedTuple):
    """A search without a ticket that found nothing reliable, or whose findings were called useless."""

    id: int
    kind: DemandKind
    text: str
    product_area: str | None
    at: datetime


class Showing(NamedTuple):
    """The numbers of tickets that may show missing knowledge, ascending, and what was recorded on some of them."""

    numbers: Sequence[int]
    recorded: Mapping[int, frozenset[DemandKind]]

    def signs(self, record: TicketRecord) -> frozenset[DemandKind]:
        """What is known against a ticket beside what it shows itself."""
        closed = record.ticket.status is TicketStatus.CLOSED
        reopened = record.closures > 1 or (record.closures == 1 and not closed)
        return self.recorded.get(record.id, frozenset()) | ({DemandKind.REOPEN} if reopened else frozenset())


def showing(session: Session, *, settled: bool = False, since: datetime | None = None) -> Showing:
    """The tickets that may show missing knowledge.

    Open ones; closed ones that were escalated, reopened or carry a recorded sign. Not those whose own answer is
    written down (but with `settled`), nor those whose draft was rejected as private: what is private feeds no report.
    `since`: those opened from then on.
    """
    hidden = _private(session)
    shows = or_(
        col(TicketRow.status) != TicketStatus.CLOSED.value,
        col(TicketRow.escalated).is_(True),
        col(TicketRow.closures) > 1,
        col(TicketRow.id).in_(select(DemandSignalRow.ticket_id).where(col(DemandSignalRow.ticket_id).is_not(None))),
    )
    statement = select(TicketRow.id).where(shows).order_by(col(TicketRow.id))
    if not settled:
        statement = statement.where(col(TicketRow.capture_state).not_in(_SETTLED))
    if since is not None:
        statement = statement.where(TicketRow.created_at >= since)
    numbers = session.exec(statement).all()
    return Showing([number for number in numbers if number is not None and number not in hidden], _recorded(session))


def of_searches(session: Session) -> list[SearchRecord]:
    """Abstentions and rejected suggestions without a ticket, one for each search; those on a ticket count as it."""
    rows = session.exec(
        select(DemandSignalRow).where(col(DemandSignalRow.ticket_id).is_(None)).order_by(col(DemandSignalRow.id))
    )
    found: dict[tuple[str, int | None], SearchRecord] = {}
    for row in rows:
        key = ("suggestion", row.suggestion_id) if row.suggestion_id is not None else ("signal", row.id)
        found.setdefault(key, SearchRecord(row.id or 0, DemandKind(row.kind), row.text, row.product_area, row.at))
    return list(found.values())


def first_asked(session: Session) -> datetime | None:
    """When the oldest ticket was opened."""
    return session.exec(select(func.min(TicketRow.created_at))).one()


def called_wrong(session: Session) -> dict[str, int]:
    """How often agents called each resolution and article wrong, by its name."""
    rows = session.exec(
        select(SuggestionOutcomeRow.resolution_id, func.count())
        .where(SuggestionOutcomeRow.outcome == Outcome.WRONG.value)
        .group_by(col(SuggestionOutcomeRow.resolution_id))
    )
    return {resolution_name(number): count for number, count in rows} | article_use.called_wrong(session)


def in_contradiction(session: Session) -> dict[str, str]:
    """For each resolution in an open contradiction the name of the other."""
    found: dict[str, str] = {}
    for record in contradictions.listed(session, limit=10_000):
        if record.other is not None:
            one, other = resolution_name(record.resolution), resolution_name(record.other)
            found.setdefault(one, other)
            found.setdefault(other, one)
    return found


def _recorded(session: Session) -> dict[int, frozenset[DemandKind]]:
    rows = session.exec(
        select(DemandSignalRow.ticket_id, DemandSignalRow.kind)
        .where(col(DemandSignalRow.ticket_id).is_not(None))
        .distinct()
    )
    found: dict[int, frozenset[DemandKind]] = {}
    for number, kind in rows:
        if number is not None:
            found[number] = found.get(number, frozenset()) | {DemandKind(kind)}
    return found


def _private(session: Session) -> set[int]:
    """Tickets whose last decision on a draft was that it is private."""
    rows = session.exec(
        select(DraftRow.ticket_id, ConfirmationRow.payload)
        .where(ConfirmationRow.draft_id == DraftRow.id)
        .order_by(col(ConfirmationRow.id))
    )
    last = {number: payload.get("reason") for number, payload in rows}
    return {number for number, reason in last.items() if reason == RejectReason.PRIVATE}
