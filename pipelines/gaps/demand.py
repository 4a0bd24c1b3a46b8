"""What counts as demand for knowledge that is not there."""

from collections.abc import Callable, Sequence
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


def signal_of_ticket(ticket: Ticket, capture_state: str, text: str, now: datetime) -> DemandSignal | None:
    """The demand in an open or an escalated ticket; None where the ticket shows none.

    `text` is the ticket's question, redacted: subject and first message. `hours` is the time the ticket was open.
    """
    if capture_state in ANSWERED_STATES:
        return None
    if ticket.status is TicketStatus.CLOSED and not ticket.is_escalated:
        return None
    until = ticket.closed_at or (now if ticket.status is not TicketStatus.CLOSED else None)
    closed = ticket.status is TicketStatus.CLOSED
    return DemandSignal(
        id=str(ticket.key),
        kind=DemandKind.CLOSED_WITHOUT_KNOWLEDGE if closed else DemandKind.UNANSWERED_TICKET,
        at=ticket.created_at,
        ticket=str(ticket.key),
        account=ticket.account.id or ticket.account.name,
        product_area=ticket.product_area,
        escalated=ticket.is_escalated,
        hours=max((until - ticket.created_at).total_seconds() / 3600, 0.0) if until else None,
        text=text,
    )


def unanswered(signals: Sequence[DemandSignal], answered: Answered) -> list[DemandSignal]:
    """The signals that no served resolution answers, in the given order."""
    return [signal for signal, done in zip(signals, answered(signals), strict=True) if not done]


def is_covered(probability: float) -> bool:
    """Whether a ticket whose best record answers it with this probability is left out of the demand."""
    return probability >= COVERED
