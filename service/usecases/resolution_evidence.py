"""What a resolution quotes of its tickets: redacted like its texts, or as it stands for those who ask to see it."""

from pipelines.capture.redact import Redactor
from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.drafts import SUBJECT, FieldName
from pipelines.domain.resolutions import ResolutionContent, TicketEvidence
from pipelines.domain.tickets import Ticket, TicketKey
from service.store.queries import tickets
from service.store.session import Session
from service.usecases.ticket_marks import quoting_redactor
from service.usecases.views import EvidenceQuote


def evidence_quotes(session: Session, content: ResolutionContent, *, revealed: bool = False) -> list[EvidenceQuote]:
    """Every quote of a resolution; those of erased tickets are gone. `revealed`: as the raw messages have them."""
    wanted: list[tuple[str, TicketEvidence]] = [
        (name.value, quote) for name, field in content.fields.items() for quote in field.evidence
    ]
    wanted += [("versions", quote) for quote in content.versions.evidence]
    # What was added to environment and versions stands in those fields; words for the symptom stand here alone.
    words = (added for added in content.additions if added.part is LinkAddition.SYMPTOM)
    wanted += [(FieldName.SYMPTOM.value, quote) for added in words for quote in added.evidence]
    found: dict[str, tuple[int, Ticket, Redactor | None] | None] = {}
    quotes: list[EvidenceQuote] = []
    for name, quote in wanted:
        if quote.ticket not in found:
            record = tickets.find(session, TicketKey.parse(quote.ticket))
            found[quote.ticket] = record and (
                record.id,
                record.ticket,
                None if revealed else quoting_redactor(session, record.id, record.ticket, content),
            )
        source = found[quote.ticket]
        shown = _quote(session, source, name, quote) if source else None
        if shown is not None:
            quotes.append(shown)
    return quotes


def _quote(
    session: Session, source: tuple[int, Ticket, Redactor | None], name: str, quote: TicketEvidence
) -> EvidenceQuote | None:
    number, ticket, redactor = source
    place = quote.evidence
    if place.message == SUBJECT:
        text = _words(ticket.subject, place.start, place.end, redactor)
        return EvidenceQuote(
            field=name, ticket=quote.ticket, message=SUBJECT, role="customer", visibility="public", text=text
        )
    key = (place.message, place.revision)
    message = tickets.revisions(session, number, [key]).get(key)
    if message is None:
        return None
    return EvidenceQuote(
        field=name,
        ticket=quote.ticket,
        message=message.id,
        author=None if redactor else message.author,
        role=message.role.value,
        visibility=message.visibility.value,
        at=message.at,
        text=_words(message.body, place.start, place.end, redactor),
    )


def _words(body: str, start: int, end: int, redactor: Redactor | None) -> str:
    return redactor.redact_part(body, start, end) if redactor else body[start:end]
