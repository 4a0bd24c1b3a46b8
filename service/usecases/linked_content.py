"""What a record gains when a ticket is linked to it: the customer's words always, the rest as the agent ticked.

Everything that is added stands in the record's `additions` with the ticket it came from, so that it can be shown as
such, and taken out again when the ticket is erased.
"""

from collections.abc import Iterable, Iterator, Sequence

from pipelines.capture.dedupe import known
from pipelines.capture.likeness import symptom_wordings
from pipelines.capture.redact import Redactor
from pipelines.domain.audience import either_internal
from pipelines.domain.confirmations import LinkAddition, SettledState
from pipelines.domain.drafts import SUBJECT, DraftContent, Evidence, FieldName
from pipelines.domain.resolutions import (
    Addition,
    Origin,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    TicketEvidence,
)
from pipelines.domain.tickets import Role, Ticket
from service.usecases.resolution_content import ticket_environment, ticket_versions
from service.usecases.ticket_marks import moved_in, of_ticket

LONGEST_WORDS = 1_000
"""Characters of a symptom's wording: what was seen, not the log that came with it."""


def linked_content(
    content: ResolutionContent, draft: DraftContent, add: Sequence[LinkAddition], ticket: Ticket, redactor: Redactor
) -> ResolutionContent:
    """The record with what the ticket adds to it. What it says already is not added again.

    `ticket` stands at the revisions that the draft's evidence points at, `redactor` is the draft's. Where
    the draft states no environment or versions, the ticket's own fields do, marked as such.
    """
    words = customers_words(draft, ticket, redactor)
    if words is not None and not known(words.text, symptom_wordings(content)):
        content = _with(*_moved(content, words, draft, redactor))
    if LinkAddition.ENVIRONMENT in add:
        environment = _environment(draft, ticket, redactor)
        said = content.text(FieldName.ENVIRONMENT) or ""
        if environment is not None and not known(environment.text, [said]):
            content = _with_environment(*_moved(content, environment, draft, redactor))
    if LinkAddition.VERSIONS in add:
        for version in _versions(draft, ticket, redactor):
            if version.text not in content.versions.affected:
                content = _with_version(content, version)
    return content


def _moved(
    content: ResolutionContent, added: Addition, draft: DraftContent, redactor: Redactor
) -> tuple[ResolutionContent, Addition]:
    """The addition with its redaction marks as they may stand in the record, and the record that knows of them."""
    marked = of_ticket(added.ticket, redactor.places([added.text]))
    (text,), marks = moved_in(content, [added.text], marked, draft.texts)
    return content.model_copy(update={"marks": (*content.marks, *marks)}), added.model_copy(update={"text": text})


def customers_words(draft: DraftContent, ticket: Ticket, redactor: Redactor) -> Addition | None:
    """The symptom as the customer told it, redacted: the quotes that prove the draft's, else what the draft says.

    Where the draft states none, the subject stands in. None for a ticket that says nothing at all.
    """
    symptom = draft.fields.get(FieldName.SYMPTOM)
    if symptom is not None and symptom.proved:
        quoted = tuple(_by_customer(symptom.evidence, ticket, redactor))
        said = " ".join(" ".join(text for _, text in quoted).split())
        text = said or symptom.text.strip()
        places = tuple(place for place, _ in quoted) or symptom.evidence
        return _addition(ticket, LinkAddition.SYMPTOM, text[:LONGEST_WORDS], Origin.DRAFT, places, symptom.internal)
    subject = redactor.redact_text(ticket.subject.strip())
    if not subject:
        return None
    place = Evidence(message=SUBJECT, start=0, end=len(ticket.subject))
    return _addition(ticket, LinkAddition.SYMPTOM, subject, Origin.TICKET, (place,), internal=False)


def _by_customer(evidence: Iterable[Evidence], ticket: Ticket, redactor: Redactor) -> Iterator[tuple[Evidence, str]]:
    """The quotes in what the customer wrote, subject included, redacted."""
    bodies = {m.id: m.body for m in ticket.messages if m.role in (Role.CUSTOMER, Role.OTHER)} | {
        SUBJECT: ticket.subject
    }
    for place in evidence:
        body = bodies.get(place.message, "")
        if body[place.start : place.end].strip():
            yield place, redactor.redact_part(body, place.start, place.end)


def _environment(draft: DraftContent, ticket: Ticket, redactor: Redactor) -> Addition | None:
    proposed = draft.fields.get(FieldName.ENVIRONMENT)
    if proposed is not None and proposed.proved:
        return _addition(
            ticket, LinkAddition.ENVIRONMENT, proposed.text, Origin.DRAFT, proposed.evidence, proposed.internal
        )
    text = ticket_environment(ticket, redactor)
    return _addition(ticket, LinkAddition.ENVIRONMENT, text, Origin.TICKET, ()) if text else None


def _versions(draft: DraftContent, ticket: Ticket, redactor: Redactor) -> list[Addition]:
    proposed = draft.versions
    if proposed.affected and proposed.proved:
        named, origin, evidence, internal = proposed.affected, Origin.DRAFT, proposed.evidence, proposed.internal
    else:
        named, origin, evidence, internal = ticket_versions(ticket, "affects_versions"), Origin.TICKET, (), None
    texts = dict.fromkeys(redactor.redact_text(version) for version in named)
    return [_addition(ticket, LinkAddition.VERSIONS, text, origin, evidence, internal) for text in texts]


def _addition(
    ticket: Ticket,
    part: LinkAddition,
    text: str,
    origin: Origin,
    evidence: Sequence[Evidence],
    internal: bool | None = None,
) -> Addition:
    key = str(ticket.key)
    places = tuple(TicketEvidence(ticket=key, evidence=place) for place in evidence)
    return Addition(ticket=key, part=part, text=text, origin=origin, evidence=places, internal=internal)


def _with(content: ResolutionContent, added: Addition) -> ResolutionContent:
    return content.model_copy(update={"additions": (*content.additions, added)})


def _with_environment(content: ResolutionContent, added: Addition) -> ResolutionContent:
    before = content.fields.get(FieldName.ENVIRONMENT)
    said = before.text if before and before.text else ""
    field = ResolutionField(
        state=SettledState.STATED,
        text=f"{said}\n{added.text}".strip(),
        origin=before.origin if before and said else added.origin,
        evidence=(*(before.evidence if before else ()), *added.evidence),
        internal=either_internal(before.internal if before and said else False, added.internal),
    )
    return _with(content.model_copy(update={"fields": {**content.fields, FieldName.ENVIRONMENT: field}}), added)


def _with_version(content: ResolutionContent, added: Addition) -> ResolutionContent:
    versions = content.versions
    stated = versions.state is SettledState.STATED
    new = [quote for quote in added.evidence if quote not in versions.evidence]
    changed = ResolutionVersions(
        state=SettledState.STATED,
        affected=(*versions.affected, added.text),
        fixed_in=versions.fixed_in,
        origin=versions.origin if stated else added.origin,
        evidence=(*versions.evidence, *new),
        internal=either_internal(versions.internal if versions.affected else False, added.internal),
    )
    return _with(content.model_copy(update={"versions": changed}), added)
