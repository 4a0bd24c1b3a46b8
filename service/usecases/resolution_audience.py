"""Whom a corrected resolution may be told: by its tickets' internal notes, or because somebody confirmed it."""

from collections.abc import Callable, Collection, Sequence

from pipelines.capture.audience import InternalNotes, seen_by_customer
from pipelines.domain.confirmations import VERSION, SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import InvalidInput
from pipelines.domain.resolutions import Audience, ResolutionContent, TicketEvidence
from pipelines.domain.tickets import TicketKey, Visibility
from service.store.queries import tickets
from service.store.session import Session
from service.usecases.article_tickets import tickets_of_record, tickets_used_by

RestsOnNotes = Callable[[str, Sequence[TicketEvidence]], bool | None]
"""Whether a text with these quotes rests on internal notes; None where that cannot be known."""


def notes_of_record(session: Session, number: int, content: ResolutionContent) -> RestsOnNotes:
    """Asks it of the tickets that the record was made from, as a confirmation does; an erased one leaves it unknown."""
    keys = dict.fromkeys((*tickets_of_record(content), *tickets_used_by(session, number)))
    found = {key: tickets.find(session, TicketKey.parse(key)) for key in keys}
    there = {key: record.ticket for key, record in found.items() if record is not None}
    public = [ticket.subject for ticket in there.values()]
    public += [m.body for t in there.values() for m in t.messages if m.visibility is Visibility.PUBLIC]
    notes = [m.body for t in there.values() for m in t.messages if m.visibility is Visibility.INTERNAL]
    known = InternalNotes(public, notes)

    def rests(text: str, evidence: Sequence[TicketEvidence]) -> bool | None:
        if not there or len(there) < len(found):
            return None
        if not all(seen_by_customer(there[quote.ticket], (quote.evidence,)) for quote in evidence):
            return True
        return known.tell(text)

    return rests


def confirmed_for(content: ResolutionContent, names: Collection[str], audience: Audience) -> ResolutionContent:
    """The record in which somebody vouches for these fields, or for its versions, in front of an audience.

    Raises InvalidInput for a name that is none.
    """
    unknown = set(names) - {*FieldName, VERSION}
    if unknown:
        raise InvalidInput(f"What is confirmed must be among {', '.join((*FieldName, VERSION))}.")
    fields = {
        name: field.model_copy(update={"cleared_for": audience})
        if name.value in names and field.state is SettledState.STATED
        else field
        for name, field in content.fields.items()
    }
    versions = content.versions
    if VERSION in names and versions.state is SettledState.STATED:
        versions = versions.model_copy(update={"cleared_for": audience})
    return content.model_copy(update={"fields": fields, "versions": versions})
