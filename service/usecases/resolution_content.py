"""What a decision on a draft makes of it: a resolution, redacted, each field with its origin and evidence."""

from collections.abc import Sequence

from pipelines.capture.audience import rests_on_internal
from pipelines.capture.redact import Redactor
from pipelines.domain.confirmations import Confirmed, LinkAddition, SettledField, SettledState, SettledVersions
from pipelines.domain.drafts import DraftContent, FieldName
from pipelines.domain.resolutions import (
    Origin,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    TicketEvidence,
)
from pipelines.domain.tickets import Ticket
from service.usecases.ticket_marks import moved_in, of_ticket


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


def _either(one: bool | None, other: bool | None) -> bool | None:
    """Whether one of two parts rests on internal notes; None where neither does for sure and one is not known."""
    return True if one or other else None if one is None or other is None else False


def with_additions(
    content: ResolutionContent, draft: DraftContent, add: Sequence[LinkAddition], ticket: str
) -> ResolutionContent:
    """The record with what a recurrence adds: its symptom or environment in further words, its affected versions."""
    fields = dict(content.fields)
    marks = content.marks
    for addition, name in (
        (LinkAddition.SYMPTOM, FieldName.SYMPTOM),
        (LinkAddition.ENVIRONMENT, FieldName.ENVIRONMENT),
    ):
        proposed = draft.fields.get(name)
        if addition in add and proposed is not None and proposed.proved:
            known = fields.get(name)
            before = known.text if known and known.text else ""
            (words,), new = moved_in(
                content.model_copy(update={"fields": fields, "marks": marks}), [proposed.text], draft, ticket
            )
            if words not in before:
                marks += new
                fields[name] = ResolutionField(
                    state=SettledState.STATED,
                    text=f"{before}\n{words}".strip(),
                    origin=known.origin if known and known.text else Origin.DRAFT,
                    evidence=(
                        *(known.evidence if known else ()),
                        *(TicketEvidence(ticket=ticket, evidence=quote) for quote in proposed.evidence),
                    ),
                    internal=_either(known.internal if known and known.text else False, proposed.internal),
                )
    versions = content.versions
    if LinkAddition.VERSIONS in add and draft.versions.affected and draft.versions.proved:
        affected = tuple(dict.fromkeys((*versions.affected, *draft.versions.affected)))
        if affected != versions.affected:
            quotes = tuple(TicketEvidence(ticket=ticket, evidence=quote) for quote in draft.versions.evidence)
            internal = _either(versions.internal if versions.affected else False, draft.versions.internal)
            added = {"affected": affected, "evidence": (*versions.evidence, *quotes), "internal": internal}
            versions = versions.model_copy(update={"state": SettledState.STATED, **added})
    return content.model_copy(update={"fields": fields, "versions": versions, "marks": marks})
