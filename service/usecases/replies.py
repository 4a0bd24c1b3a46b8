"""The replies that triage offers to copy, safe to send to a customer."""

from collections.abc import Mapping, Sequence

from pipelines.domain.resolutions import Resolution
from pipelines.domain.tickets import TicketKey
from pipelines.retrieve.reply import customer_reply
from service.store.engine import Database
from service.store.queries import tickets


def replies(db: Database, resolutions: Sequence[Resolution]) -> Mapping[str, str]:
    """The reply for each resolution that a customer may be told of, by its id."""
    contents = [resolution.content for resolution in resolutions]
    quoted = [quote for content in contents for field in content.fields.values() for quote in field.evidence]
    quoted += [quote for content in contents for quote in content.versions.evidence]
    quotes = {(quote.ticket, quote.evidence.message) for quote in quoted}
    with db.read() as session:
        hidden = tickets.not_public(session, [(TicketKey.parse(ticket), message) for ticket, message in sorted(quotes)])
    found = {one.id: customer_reply(one, hidden) for one in resolutions}
    return {name: text for name, text in found.items() if text}
