"""What counts as demand for knowledge that is not there."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from pipelines.domain.gaps import DemandKind, DemandSignal
from pipelines.domain.tickets import Ticket, TicketStatus

COVERED = 0.5
"""Stated probability from which a ticket counts as answered by a record: more likely than not. Triage shows suggestions
from a far lower one, since a wrong one costs a glance there; here it would hide demand."""

Answered = Callable[[Sequence[DemandSignal]], Sequence[bool]]
"""Whether a served resolution answers each signal reliably; handed in, since gaps know nothing of retrieval."""

ANSWERED_STATES = frozenset({"confirmed", "linked"})
"""Capture states in which the ticket's own answer is already written down."""


def signal_of_ticket(
    ticket: Ticket, capture_state: str, text: str, now: datetime, seen: Collection[DemandKind] = ()
) -> DemandSignal | None:
    """The demand in an open ticket, or in a closed one that shows any; None where the ticket shows none.

    `text` is the ticket's question, redacted: subject and first message. `seen`: what was recorded on the ticket.
    """
    if capture_state in ANSWERED_STATES:
        return None
    closed = ticket.status is TicketStatus.CLOSED
    kinds = [DemandKind.CLOSED_WITHOUT_KNOWLEDGE if closed else DemandKind.UNANSWERED_TICKET]
    found = {*seen, *((DemandKind.ESCALATION,) if ticket.is_escalated else ())}
    if closed and not found:
        return None
    kinds += [kind for kind in DemandKind if kind in found and kind not in kinds]
    escalated_at = min((e.at for e in ticket.escalations if e.at), default=None)
    return DemandSignal(
        id=str(ticket.key),
        kind=kinds[0],
        kinds=tuple(kinds),
        at=ticket.created_at,
        ticket=str(ticket.key),
        account=ticket.account.id or ticket.account.name,
        tier=ticket.account.tier,
        product_area=ticket.product_area,
        escalated=ticket.is_escalated,
        escalation_types=tuple(sorted({e.type for e in ticket.escalations})),
        stages=tuple(sorted({e.stage for e in ticket.escalations if e.stage})),
        hours=_open_hours(ticket, ticket.created_at, now),
        senior_hours=_open_hours(ticket, escalated_at, now) if escalated_at else None,
        text=text,
    )


def _open_hours(ticket: Ticket, since: datetime, now: datetime) -> float | None:
    """Hours from a moment to the ticket's closing, to now while it is open; None where its closing is not known."""
    until = ticket.closed_at or (now if ticket.status is not TicketStatus.CLOSED else None)
    return max((until - since).total_seconds() / 3600, 0.0) if until else None


def unanswered(signals: Sequence[DemandSignal], answered: Answered) -> list[DemandSignal]:
    """The signals that no served resolution answers, in the given order."""
    return [signal for signal, done in zip(signals, answered(signals), strict=True) if not done]


def is_covered(probability: float) -> bool:
    """Whether a ticket whose best record answers it with this probability is left out of the demand."""
    return probability >= COVERED
