"""Drafts that await an agent, and one draft with all that the confirmation screen shows."""

from collections.abc import Iterable

from pipelines.domain.confirmations import DecisionKind
from pipelines.domain.drafts import DraftContent, DraftState, Evidence, FieldName, Provenance
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.storable import require_storable
from pipelines.domain.tickets import Ticket
from service.store.engine import Database
from service.store.ids import draft_name, draft_number, resolution_name, resolution_number
from service.store.queries import drafts, resolutions, tickets
from service.store.queries.drafts import ConfirmationRecord, DraftRecord, QueueRecord
from service.store.session import Session
from service.usecases.ticket_marks import draft_originals
from service.usecases.views import Decision, DraftView, Page, QueueLine, Recurrence

MOST_LISTED = 200


def list_drafts(
    db: Database,
    state: DraftState | None = None,
    assignee: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[QueueLine]:
    """A page of drafts, newest first; without a state those that await an agent. Raises InvalidInput."""
    states = (state.value,) if state else drafts.AWAITING
    size = page_size(limit)
    require_storable(assignee or "", "assignee")
    with db.read() as session:
        found = drafts.queue(session, states, assignee, read_cursor(cursor), size + 1)
    items = tuple(_line(record) for record in found[:size])
    return Page(items=items, next_cursor=str(found[size - 1].draft.id) if len(found) > size else None)


def page_size(limit: int) -> int:
    """Raises InvalidInput for a limit outside 1 to 200."""
    if not 1 <= limit <= MOST_LISTED:
        raise InvalidInput(f"limit must be from 1 to {MOST_LISTED}.")
    return limit


def read_cursor(cursor: str | None) -> int | None:
    """The number a cursor stands for. Raises InvalidInput for one that no list gave."""
    if not cursor:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):  # noqa: PLR2004 (digits of a 64-bit number)
        raise InvalidInput("cursor is not one that this list gave; start without one.")
    return int(cursor)


def count_awaiting(db: Database) -> int:
    with db.read() as session:
        counts = drafts.count_by_state(session)
    return sum(counts.get(state, 0) for state in drafts.AWAITING)


def read_draft(db: Database, draft_id: str) -> DraftView:
    """One draft with its ticket at the revisions that the evidence points at. Raises NotFound."""
    with db.read() as session:
        draft = drafts.load(session, draft_number(draft_id))
        if draft is None:
            raise NotFound(f"There is no draft {draft_id}.")
        ticket = tickets.load(session, draft.ticket_id).ticket
        originals = draft_originals(session, draft.ticket_id, ticket, draft.content)
        ticket = at_evidence(session, draft, ticket)
        decisions = drafts.confirmations(session, draft.id)
        dedupe = _recurrences(session, draft)
        others = [d.id for d in drafts.of_ticket(session, draft.ticket_id) if d.closure == draft.closure]
    return DraftView(
        id=draft_id,
        version=draft.revision,
        state=draft.state,
        content=draft.content,
        provenance=draft.provenance,
        ticket=ticket,
        originals=originals,
        created_at=draft.created_at,
        decisions=tuple(decision_view(c) for c in decisions),
        dedupe=dedupe,
        compared=(draft.dedupe or {}).get("recurrences") is not None,
        thin=tuple((draft.dedupe or {}).get("thin", ())),
        other_parts=tuple(draft_name(number) for number in others if number != draft.id),
    )


def _recurrences(session: Session, draft: DraftRecord) -> tuple[Recurrence, ...]:
    """The resolutions that the draft was found to repeat, as they are now; archived ones left out."""
    kept = (draft.dedupe or {}).get("recurrences") or ()
    records = resolutions.load_many(session, [resolution_number(item["resolution_id"]) for item in kept])
    now = {r.resolution.id: r.resolution.content for r in records if r.resolution.served}
    return tuple(
        Recurrence(
            **item,
            title=content.title,
            root_cause=content.text(FieldName.ROOT_CAUSE),
            fix=content.text(FieldName.FIX),
            fix_kind=content.fix_kind,
        )
        for item in kept
        if (content := now.get(item["resolution_id"])) is not None
    )


def at_evidence(session: Session, draft: DraftRecord, ticket: Ticket) -> Ticket:
    """The ticket with each quoted message as it was when it was quoted, also where it was edited or removed since."""
    wanted = {(e.message, e.revision) for e in evidence_of(draft.content) if e.message != "subject"}
    current = {(m.id, m.revision) for m in ticket.messages}
    older = tickets.revisions(session, draft.ticket_id, wanted - current)
    if not older:
        return ticket
    quoted = {message: body for (message, _), body in older.items()}
    messages = [quoted.pop(m.id, m) for m in ticket.messages]
    messages.extend(quoted.values())
    return ticket.model_copy(update={"messages": tuple(sorted(messages, key=lambda m: m.at))})


def evidence_of(content: DraftContent) -> Iterable[Evidence]:
    for field in content.fields.values():
        yield from field.evidence
    yield from content.versions.evidence
    for tried in content.tried:
        yield from tried.evidence


def decision_view(record: ConfirmationRecord) -> Decision:
    return Decision(
        kind=DecisionKind(record.decision),
        actor=record.actor,
        at=record.at,
        seconds=record.seconds,
        edited_fields=record.edited_fields,
        reason=record.payload.get("reason"),
        note=record.payload.get("note"),
        resolution_id=resolution_name(record.resolution_id) if record.resolution_id else None,
        resolution_version=record.resolution_version,
        bulk=record.bulk,
    )


def _line(record: QueueRecord) -> QueueLine:
    provenance: Provenance = record.draft.provenance
    return QueueLine(
        id=draft_name(record.draft.id),
        ticket=f"{record.source}/{record.external_id}",
        subject=record.subject,
        title=record.draft.content.title,
        state=record.draft.state,
        assignee=record.assignee,
        escalated=record.escalated,
        closed_at=record.closed_at,
        created_at=record.draft.created_at,
        stated=record.draft.content.stated,
        part=record.draft.part + 1,
        parts=record.parts,
        summariser=provenance.summariser,
        fallback_reason=provenance.fallback_reason,
        thin=tuple((record.draft.dedupe or {}).get("thin", ())),
    )
