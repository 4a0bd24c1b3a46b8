"""What agents said of records while they worked on one ticket, for whoever opens it again."""

from collections.abc import Mapping

from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketKey
from service.store.engine import Database
from service.store.ids import resolution_name
from service.store.queries import article_use, suggestions, tickets
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
        found = {
            resolution_name(number): Said(outcome=Outcome(outcome), by=by)
            for number, outcome, by in suggestions.outcomes_on(session, record.id)
        }
        return found | {
            name: Said(outcome=Outcome(outcome), by=by)
            for name, outcome, by in article_use.outcomes_on(session, record.id)
        }
