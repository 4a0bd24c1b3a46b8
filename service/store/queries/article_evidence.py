"""What an article for a gap could be written from: records of its tickets, and drafts that wait for confirmation."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from pipelines.domain.resolutions import Confidence
from pipelines.domain.tickets import TicketKey
from service.store.ids import draft_name
from service.store.queries.drafts import AWAITING
from service.store.tables import DraftRow, ResolutionRow, ResolutionVersionRow, ReuseKind, ReuseRow, TicketRow

_OF_THE_TICKET = (ReuseKind.SOURCE.value, ReuseKind.LINKED.value)
_SPEAKS_AGAINST = ("wrong", "not_relevant")


class WaitingDraft(NamedTuple):
    id: str  # D-12
    ticket: str  # SOURCE/ID
    title: str
    state: str


def records_of_tickets(session: Session, tickets: Sequence[int]) -> list[int]:
    """The resolutions that these tickets became or were linked to at closing, archived ones left out, oldest first."""
    found = session.exec(
        select(ReuseRow.resolution_id)
        .where(col(ReuseRow.ticket_id).in_(tickets), col(ReuseRow.kind).in_(_OF_THE_TICKET))
        .where(or_(col(ReuseRow.outcome).is_(None), col(ReuseRow.outcome).not_in(_SPEAKS_AGAINST)))
        .where(ResolutionRow.id == ReuseRow.resolution_id, ResolutionRow.confidence != Confidence.ARCHIVED.value)
        .distinct()
    )
    return sorted(found)


def waiting_drafts(session: Session, tickets: Sequence[int]) -> list[WaitingDraft]:
    """The drafts of these tickets on which nobody has decided, oldest first."""
    rows = session.exec(
        select(DraftRow, TicketRow)
        .where(col(DraftRow.ticket_id).in_(tickets), col(DraftRow.state).in_(AWAITING))
        .where(TicketRow.id == DraftRow.ticket_id)
        .order_by(col(DraftRow.id))
    )
    return [
        WaitingDraft(
            draft_name(draft.id or 0),
            f"{ticket.source}/{ticket.external_id}",
            str(draft.content.get("title", "")),
            draft.state,
        )
        for draft, ticket in rows
    ]


def hold_tickets(session: Session, keys: Sequence[TicketKey]) -> set[str]:
    """Those of the tickets that are there, which nobody erases before the unit of work ends."""
    there = set()
    for key in sorted(keys, key=str):
        named = (TicketRow.source == key.source, TicketRow.external_id == key.id)
        if session.exec(select(TicketRow.id).where(*named).with_for_update()).one_or_none() is not None:
            there.add(str(key))
    return there


def keeper_of(session: Session, number: int) -> str | None:
    """Who to ask about a resolution: its owner, or who wrote its newest version."""
    owner = session.exec(select(ResolutionRow.owner).where(ResolutionRow.id == number)).one_or_none()
    if owner:
        return owner
    return session.exec(
        select(ResolutionVersionRow.actor)
        .where(ResolutionVersionRow.resolution_id == number)
        .order_by(col(ResolutionVersionRow.version).desc())
        .limit(1)
    ).one_or_none()
