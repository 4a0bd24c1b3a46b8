"""What a decision on a draft makes of it: a resolution, redacted, each field with its origin and evidence."""

from pipelines.capture.audience import rests_on_internal
from pipelines.capture.redact import Redactor
from pipelines.domain.confirmations import Confirmed, SettledField, SettledState, SettledVersions
from pipelines.domain.drafts import DraftContent, FieldName
from pipelines.domain.resolutions import (
    Origin,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    TicketEvidence,
)
from pipelines.domain.tickets import Ticket
from service.usecases.ticket_marks import of_ticket


def resolution_content(
    draft: DraftContent, decision: Confirmed, ticket: Ticket, redactor: Redactor
) -> ResolutionContent:
    """The record that a complete decision makes. Texts that the agent typed are redacted like the ticket's."""
    fields: dict[FieldName, ResolutionField] = {}
    for name in FieldName:
        settled = decision.fields.get(name)
        if settled is not None:
            fields[name] = _field(draft, name, settled, ticket, redactor)
    stated_fix = FieldName.FIX in fields and fields[FieldName.FIX].state is SettledState.STATED
    content = ResolutionContent(
        title=redactor.redact_text(decision.title.strip()),
        fields=fields,
        fix_kind=decision.fix_kind if stated_fix else None,
        versions=_versions(draft, decision.versions, ticket, redactor),
        product_area=_product_area(decision, ticket, redactor),
    )
    return with_marks(content, ticket, redactor)


def with_marks(content: ResolutionContent, ticket: Ticket, redactor: Redactor) -> ResolutionContent:
    """The record with the places of the marks in it."""
    return content.model_copy(update={"marks": of_ticket(str(ticket.key), redactor.places(content.texts))})


def typed(decision: Confirmed) -> tuple[str, ...]:
    """Every text of a decision that a mark can stand in."""
    versions = (*decision.versions.affected, *decision.versions.fixed_in) if decision.versions else ()
    return (decision.title, *(field.text for field in decision.fields.values()), *versions)


def typed_content(draft: DraftContent, decision: Confirmed, ticket: Ticket) -> ResolutionContent:
    """The record that a decision would make, complete or not, in the words as they were typed: for looking at alone."""
    fields = {
        name: ResolutionField(
            state=settled.state,
            text=(settled.text.strip() or None) if settled.state is SettledState.STATED else None,
            evidence=_quotes(draft, name, ticket),
        )
        for name, settled in decision.fields.items()
    }
    settled = decision.versions
    stated = settled is not None and settled.state is SettledState.STATED
    return ResolutionContent(
        title=decision.title.strip(),
        fields=fields,
        fix_kind=decision.fix_kind,
        versions=ResolutionVersions(
            state=settled.state if settled else SettledState.NOT_KNOWN,
            affected=settled.affected if settled and stated else (),
            fixed_in=settled.fixed_in if settled and stated else (),
        ),
        product_area=decision.product_area or ticket.product_area,
    )


def _quotes(draft: DraftContent, name: FieldName, ticket: Ticket) -> tuple[TicketEvidence, ...]:
    proposed = draft.fields.get(name)
    key = str(ticket.key)
    return tuple(TicketEvidence(ticket=key, evidence=quote) for quote in (proposed.evidence if proposed else ()))


def _product_area(decision: Confirmed, ticket: Ticket, redactor: Redactor) -> str | None:
    """The ticket's own word for it stands as it is: an area may be called like the account."""
    typed = (decision.product_area or "").strip()
    return redactor.redact_text(typed) if typed and typed != ticket.product_area else ticket.product_area


def _field(
    draft: DraftContent, name: FieldName, settled: SettledField, ticket: Ticket, redactor: Redactor
) -> ResolutionField:
    if settled.state is not SettledState.STATED:
        return ResolutionField(state=settled.state, origin=Origin.EDITED)
    proposed = draft.fields.get(name)
    text = settled.text.strip()
    if proposed is not None and text == proposed.text.strip():
        origin = Origin.DRAFT if proposed.proved else Origin.AFFIRMED
    else:
        origin = Origin.EDITED
        text = redactor.redact_text(text)
    quotes = proposed.evidence if proposed else ()
    evidence = tuple(TicketEvidence(ticket=str(ticket.key), evidence=quote) for quote in quotes)
    internal = rests_on_internal(settled.text, quotes, ticket)
    return ResolutionField(state=SettledState.STATED, text=text, origin=origin, evidence=evidence, internal=internal)


def _versions(
    draft: DraftContent, settled: SettledVersions | None, ticket: Ticket, redactor: Redactor
) -> ResolutionVersions:
    if settled is None or settled.state is not SettledState.STATED:
        return ResolutionVersions(state=settled.state if settled else SettledState.NOT_KNOWN, origin=Origin.EDITED)
    affected = tuple(redactor.redact_text(v.strip()) for v in settled.affected if v.strip())
    fixed_in = tuple(redactor.redact_text(v.strip()) for v in settled.fixed_in if v.strip())
    proposed = draft.versions
    same = (affected, fixed_in) == (proposed.affected, proposed.fixed_in)
    return ResolutionVersions(
        state=SettledState.STATED,
        affected=affected,
        fixed_in=fixed_in,
        origin=Origin.EDITED if not same else Origin.DRAFT if proposed.proved else Origin.AFFIRMED,
        evidence=tuple(TicketEvidence(ticket=str(ticket.key), evidence=quote) for quote in proposed.evidence),
        internal=rests_on_internal(" ".join((*affected, *fixed_in)), proposed.evidence, ticket),
    )


def with_ticket_facts(content: ResolutionContent, ticket: Ticket, redactor: Redactor) -> ResolutionContent:
    """Environment and versions from the ticket's own fields where the thread does not state them, marked as such."""
    fields = dict(content.fields)
    known = fields.get(FieldName.ENVIRONMENT)
    environment = ticket_environment(ticket, redactor)
    if (known is None or not known.text) and environment:
        fields[FieldName.ENVIRONMENT] = ResolutionField(
            state=SettledState.STATED, text=environment, origin=Origin.TICKET
        )
    versions = content.versions
    if versions.state is not SettledState.STATED:
        affected, fixed_in = ticket_versions(ticket, "affects_versions"), ticket_versions(ticket, "fix_versions")
        if affected or fixed_in:
            versions = ResolutionVersions(
                state=SettledState.STATED, affected=affected, fixed_in=fixed_in, origin=Origin.TICKET
            )
    return with_marks(content.model_copy(update={"fields": fields, "versions": versions}), ticket, redactor)


def ticket_environment(ticket: Ticket, redactor: Redactor) -> str | None:
    """What the ticket's own field says of the environment, redacted."""
    environment = ticket.fields.get("environment")
    if not isinstance(environment, str) or not environment.strip():
        return None
    return redactor.redact_text(environment.strip())


def ticket_versions(ticket: Ticket, name: str) -> tuple[str, ...]:
    """The versions that the ticket's own field of that name lists."""
    value = ticket.fields.get(name)
    return tuple(v.strip() for v in value if isinstance(v, str) and v.strip()) if isinstance(value, list) else ()
