"""One resolution with all that its page shows: history, uses, evidence, contradictions and the checklist."""

from collections.abc import Sequence

from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import ResolutionContent, TicketEvidence
from pipelines.domain.tickets import Message, Ticket, TicketKey
from service.store.ids import resolution_name
from service.store.queries import contradictions, resolutions, suggestions, tickets
from service.store.queries.resolutions import ResolutionRecord, VersionRecord
from service.store.session import Session
from service.usecases.checklist import record_checklist
from service.usecases.contradictions import contradiction_views
from service.usecases.views import EvidenceQuote, ResolutionHistory, ResolutionUse, ResolutionView


def resolution_view(session: Session, record: ResolutionRecord) -> ResolutionView:
    """A resolution with all that its page shows."""
    replaced_by = contradictions.superseded_by(session, record.number)
    opposed = contradiction_views(session, contradictions.of_resolution(session, record.number))
    return ResolutionView(
        resolution=record.resolution,
        history=_history(resolutions.versions(session, record.number)),
        uses=tuple(
            ResolutionUse(ticket=u.ticket, kind=u.kind, at=u.at, outcome=u.outcome)
            for u in resolutions.uses(session, record.number)
        ),
        evidence=tuple(evidence_quotes(session, record.resolution.content)),
        track_record=suggestions.track_records(session, [record.number])[record.number],
        contradictions=tuple(opposed),
        superseded_by=resolution_name(replaced_by) if replaced_by is not None else None,
        checklist=record_checklist(session, record, opposed),
        indexed=record.indexed_version == record.resolution.version,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )


def _history(versions: Sequence[VersionRecord]) -> tuple[ResolutionHistory, ...]:
    found: list[ResolutionHistory] = []
    before: ResolutionContent | None = None
    for version in versions:
        changed = _changed_fields(before, version.content) if before else ()
        found.append(
            ResolutionHistory(
                version=version.version, actor=version.actor, at=version.at, why=version.why, changed_fields=changed
            )
        )
        before = version.content
    return tuple(found)


def _changed_fields(before: ResolutionContent, after: ResolutionContent) -> tuple[str, ...]:
    changed = [name.value for name in FieldName if before.text(name) != after.text(name)]
    if before.wordings != after.wordings:
        changed.append("customers_words")
    changed += [
        name
        for name in ("title", "fix_kind", "versions", "product_area")
        if getattr(before, name) != getattr(after, name)
    ]
    return tuple(changed)


def evidence_quotes(session: Session, content: ResolutionContent) -> list[EvidenceQuote]:
    """Every quote of a resolution as it stands in the raw message; those of erased tickets are gone."""
    wanted: list[tuple[str, TicketEvidence]] = [
        (name.value, quote) for name, field in content.fields.items() for quote in field.evidence
    ]
    wanted += [("versions", quote) for quote in content.versions.evidence]
    # What was added to environment and versions stands in those fields; words for the symptom stand here alone.
    words = (added for added in content.additions if added.part is LinkAddition.SYMPTOM)
    wanted += [(FieldName.SYMPTOM.value, quote) for added in words for quote in added.evidence]
    found: dict[str, tuple[int, Ticket] | None] = {}
    quotes: list[EvidenceQuote] = []
    for name, quote in wanted:
        if quote.ticket not in found:
            record = tickets.find(session, TicketKey.parse(quote.ticket))
            found[quote.ticket] = (record.id, record.ticket) if record else None
        source = found[quote.ticket]
        shown = _quote(session, source, name, quote) if source else None
        if shown is not None:
            quotes.append(shown)
    return quotes


def _quote(session: Session, source: tuple[int, Ticket], name: str, quote: TicketEvidence) -> EvidenceQuote | None:
    number, ticket = source
    place = quote.evidence
    if place.message == "subject":
        text = ticket.subject[place.start : place.end]
        return EvidenceQuote(
            field=name, ticket=quote.ticket, message="subject", role="customer", visibility="public", text=text
        )
    key = (place.message, place.revision)
    message: Message | None = tickets.revisions(session, number, [key]).get(key)
    if message is None:
        return None
    return EvidenceQuote(
        field=name,
        ticket=quote.ticket,
        message=message.id,
        author=message.author,
        role=message.role.value,
        visibility=message.visibility.value,
        at=message.at,
        text=message.body[place.start : place.end],
    )
