"""What agents said of records while they worked on one ticket, for whoever opens it again."""

from collections.abc import Mapping

from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketKey
from service.store.engine import Database
from service.store.ids import is_article, resolution_name, resolution_number
from service.store.queries import outcomes, tickets
from service.store.session import Session
from service.usecases.merge import kept_of
from service.usecases.views import View


class Said(View):
    """by: the name of whoever said it, empty where nobody has one."""

    outcome: Outcome
    by: str = ""


def said_on_ticket(db: Database, key: TicketKey) -> Mapping[str, Said]:
    """The last word on each resolution and article on this ticket, by its name; of a merged one, by the kept one's."""
    with db.read() as session:
        record = tickets.find(session, key)
        if record is None:
            return {}
        said = outcomes.on_ticket(session, record.id)
        kept = {name: _kept(session, name) for name, _, _ in said}
    return {kept[name]: Said(outcome=Outcome(outcome), by=by) for name, outcome, by in said}


def _kept(session: Session, name: str) -> str:
    return name if is_article(name) else resolution_name(kept_of(session, resolution_number(name)))
