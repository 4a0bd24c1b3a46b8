"""Shows what the marks of a resolution stand for, to those who may see its tickets, and notes that it was shown."""

from collections.abc import Mapping

from pipelines.domain.errors import NotFound
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import access, resolutions
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.resolution_evidence import evidence_quotes
from service.usecases.ticket_marks import record_originals
from service.usecases.views import EvidenceQuote, View

REVEALED_ACTION = "redaction.revealed"


class Revealed(View):
    """What each mark stands for as far as its ticket is still there, and the quotes as the messages have them."""

    originals: Mapping[str, str]
    evidence: tuple[EvidenceQuote, ...]


def reveal_resolution(db: Database, resolution_id: str, actor: Actor) -> Revealed:
    """Undo the redaction of a resolution for a reader. The audit trail says who and which, and none of the words.

    Raises NotPermitted, NotFound.
    """
    actor.require(Permission.READ_TICKETS)
    with db.write() as session:
        record = resolutions.load(session, resolution_number(resolution_id))
        if record is None:
            raise NotFound(f"There is no resolution {resolution_id}.")
        content = record.resolution.content
        shown = Revealed(
            originals=record_originals(session, content),
            evidence=tuple(evidence_quotes(session, content, revealed=True)),
        )
        access.audit(session, actor.name, REVEALED_ACTION, f"resolution/{record.resolution.id}", clock.now())
    return shown
