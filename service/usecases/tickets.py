"""Reading tickets, for those who may see them."""

from pipelines.domain.drafts import DraftState
from pipelines.domain.errors import NotFound
from pipelines.domain.storable import require_storable
from pipelines.domain.tickets import TicketKey
from service.store.engine import Database
from service.store.ids import draft_name
from service.store.queries import drafts, tickets
from service.store.queries.tickets import OpenTicket
from service.usecases.capture_state import SETTLING_REASONS, close_gate
from service.usecases.views import TicketLine, TicketView


def read_ticket(db: Database, key: TicketKey) -> TicketView:
    """One ticket with its capture state and close gate. Raises NotFound."""
    with db.read() as session:
        record = tickets.find(session, key)
        if record is None:
            raise NotFound(f"There is no ticket {str(key)[:300]!r}.")
        made = drafts.of_ticket(session, record.id)
        rejected = [d for d in made if d.state is DraftState.REJECTED and d.closure == made[0].closure]
        decisions = [drafts.confirmations(session, d.id) for d in rejected]
    reasons = [taken[-1].payload.get("reason") for taken in decisions if taken]
    # Of several parts one that was wrong decides: its knowledge is still owed.
    reason = next((r for r in reasons if r not in SETTLING_REASONS), next(iter(reasons), None))
    return TicketView(
        ticket=record.ticket,
        capture_state=record.capture_state.value,
        close_gate=close_gate(record.capture_state, reason),
        draft_ids=tuple(draft_name(d.id) for d in made),
        received_at=record.received_at,
    )


def open_tickets(db: Database, assignee: str | None = None, limit: int = 50) -> tuple[TicketLine, ...]:
    """Tickets that are not closed, newest first. Raises InvalidInput."""
    require_storable(assignee or "", "assignee")
    with db.read() as session:
        return tuple(line(found) for found in tickets.open_tickets(session, assignee, limit))


def product_areas(db: Database) -> tuple[str, ...]:
    """The product areas that any ticket names, by name."""
    with db.read() as session:
        return tuple(tickets.product_areas(session))


def line(found: OpenTicket) -> TicketLine:
    return TicketLine(**found._asdict())
