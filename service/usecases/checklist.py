"""The KCS checklist of a record: while it is being confirmed, from the form as typed, and on its page afterwards."""

from collections.abc import Sequence

from pipelines.capture.checklist import checklist
from pipelines.capture.redact import Names, Redactor
from pipelines.domain.checklist import ChecklistItem
from pipelines.domain.confirmations import Confirmed
from pipelines.domain.recurrences import DedupeVerdict, Recurrence
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.tickets import Role, Ticket, TicketKey
from service.store.engine import Database
from service.store.ids import resolution_name
from service.store.queries import drafts, tickets
from service.store.queries.resolutions import ResolutionRecord
from service.store.session import Session
from service.usecases.queue import read_draft
from service.usecases.resolution_content import typed_content
from service.usecases.usable import require_usable
from service.usecases.views import ContradictionView, DraftView
from service.usecases.views import Recurrence as Shown

CUSTOMERS = (Role.CUSTOMER, Role.OTHER)


def draft_checklist(db: Database, draft_id: str, decision: Confirmed) -> tuple[ChecklistItem, ...]:
    """The checklist of what would be kept if the decision were taken as it is typed. Raises NotFound, InvalidInput."""
    return checklist_of(read_draft(db, draft_id), decision)


def checklist_of(draft: DraftView, decision: Confirmed) -> tuple[ChecklistItem, ...]:
    """The same for a draft that was read already."""
    for name, field in decision.fields.items():
        require_usable(name.value, field.text)
    require_usable("title", decision.title)
    redactor = Redactor.for_ticket(draft.ticket)
    return checklist(
        typed_content(draft.content, decision, draft.ticket),
        alike=[_found(one) for one in draft.dedupe] if draft.compared else None,
        customer=_said(draft.ticket, redactor),
        redact=redactor.redact_text,
    )


def record_checklist(
    session: Session, record: ResolutionRecord, opposed: Sequence[ContradictionView]
) -> tuple[ChecklistItem, ...]:
    """The checklist of a resolution as it stands. Whether it is unique is what the comparisons on record say."""
    content = record.resolution.content
    found = source_tickets(session, content)
    redactor = redactor_of(found)
    return checklist(
        content,
        alike=_compared(session, record.number, opposed),
        customer=[text for ticket in found for text in _said(ticket, redactor)],
        redact=redactor.redact_text,
    )


def source_tickets(session: Session, content: ResolutionContent) -> list[Ticket]:
    """The tickets that the record quotes, those erased left out."""
    quotes = [quote.ticket for field in content.fields.values() for quote in field.evidence]
    quotes += [quote.ticket for quote in content.versions.evidence]
    keys = dict.fromkeys((*quotes, *(added.ticket for added in content.additions)))
    return [record.ticket for key in keys if (record := tickets.find(session, TicketKey.parse(key)))]


def redactor_of(found: Sequence[Ticket]) -> Redactor:
    """One that knows the people and accounts of all these tickets."""
    names = [Names.of(ticket) for ticket in found]
    return Redactor([p for n in names for p in n.people], [a for n in names for a in n.account])


def _said(ticket: Ticket, redactor: Redactor) -> list[str]:
    written = (message.body for message in ticket.messages if message.role in CUSTOMERS)
    return [redactor.redact_text(text) for text in (ticket.subject, *written)]


def _found(one: Shown) -> Recurrence:
    verdict = DedupeVerdict(one.verdict)
    return Recurrence(resolution_id=one.resolution_id, verdict=verdict, similarity=one.similarity, why=one.why)


def _compared(session: Session, number: int, opposed: Sequence[ContradictionView]) -> list[Recurrence] | None:
    """What the draft that the record came from was found to repeat, and the contradictions that are open."""
    name = resolution_name(number)
    noticed = [found for found in drafts.noticed_of(session, number) if found.get("recurrences") is not None]
    if not noticed:
        return None
    kept = [Recurrence.model_validate(one) for found in noticed for one in found["recurrences"]]
    repeats = [one for one in kept if one.verdict is not DedupeVerdict.CONTRADICTS and one.resolution_id != name]
    sides = [side for one in opposed if one.how is None for side in (one.first, one.second) if side is not None]
    against = [
        Recurrence(resolution_id=side.resolution_id, verdict=DedupeVerdict.CONTRADICTS, similarity=0.0, why="")
        for side in sides
        if side.resolution_id != name and not side.archived
    ]
    return [*against, *repeats]
