"""What agents said of records while they worked on one ticket, for whoever opens it again."""

from collections.abc import Mapping

from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketKey
from service.store.engine import Database
from service.store.queries import outcomes, tickets
from service.usecases.views import View


class Said(View):
    """by: the name of whoever said it, empty where nobody has one."""

    outcome: Outcome
    by: str = ""


def said_on_ticket(db: Database, key: TicketKey) -> Mapping[str, Said]:
    """The last word on each resolution and article on this ticket, by its name."""
    with db.read() as session:
        record = tickets.find(session, key)
        if record is None:
            return {}
        return {
            name: Said(outcome=Outcome(outcome), by=by) for name, outcome, by in outcomes.on_ticket(session, record.id)
        }
