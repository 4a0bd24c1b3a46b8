"""What customers said of a problem, in their words: the sentences of their own messages that tell it, redacted."""

from pipelines.articles.evidence import Told
from pipelines.capture.condense import condense
from pipelines.capture.extract import OfflineSummariser
from pipelines.capture.redact import Redactor, redact_ticket
from pipelines.domain.tickets import Role, Ticket, Visibility
from pipelines.ports import Summariser
from service.usecases.services import Services

_BUDGET = 24_000
"""Characters of the customer's messages that are looked at."""


def customers_words(services: Services, ticket: Ticket) -> Told | None:
    """The symptom as the ticket's customer told it; None where nothing they wrote says one.

    Internal notes and what support wrote are not even looked at, but the names in them are known for redaction.
    """
    theirs = tuple(
        m for m in ticket.messages if m.visibility is Visibility.PUBLIC and m.role in (Role.CUSTOMER, Role.OTHER)
    )
    alone = ticket.model_copy(update={"messages": theirs})
    view = redact_ticket(alone, condense(alone, budget=_BUDGET, count_tokens=len), Redactor.for_ticket(ticket))
    found = _offline(services).summarise(view).proposals[0].symptom
    return Told(ticket=str(ticket.key), text=found.text) if found and found.text.strip() else None


def _offline(services: Services) -> Summariser:
    """The summariser that picks sentences and writes none, as it is open already."""
    there = (services.summariser, services.fallback)
    return next((one for one in there if one is not None and one.name == "offline"), None) or OfflineSummariser()
