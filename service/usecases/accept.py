"""Bulk acceptance of history: an administrator takes the drafts of old tickets as they are, on the record."""

from collections.abc import Callable, Sequence

import structlog

from pipelines.capture.capture import Captured
from pipelines.domain.confirmations import Confirmed, DecisionKind, SettledField, SettledState, SettledVersions
from pipelines.domain.drafts import DraftContent, DraftState, FieldName, FixKind
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.tickets import Ticket, TicketStatus
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import access, drafts, resolutions, tickets, uses, work
from service.store.queries.drafts import DraftRecord
from service.store.queries.tickets import TicketRecord
from service.store.session import Session
from service.store.tables import CaptureState, ReuseKind
from service.usecases import clock
from service.usecases.draft import store_drafts, summarise
from service.usecases.index import index_pending
from service.usecases.lexical_text import put_lexical
from service.usecases.receive import DRAFT_JOB, draft_subject
from service.usecases.resolution_content import resolution_content, with_ticket_facts
from service.usecases.services import Services
from service.usecases.ticket_marks import draft_redactor

AT_ONCE = 100
"""Tickets whose drafts are stored and accepted in one transaction."""

ACCEPTED_BY = "bulk acceptance"

log = structlog.get_logger(__name__)


def accept_tickets(services: Services, numbers: Sequence[int], tick: Callable[[int], None]) -> int:
    """Draft, accept and index those of the tickets that await it; returns how many resolutions came of it.

    Safe to stop and to start again: a batch is one transaction, and what was accepted is indexed in the end.
    """
    accepted = 0
    for start in range(0, len(numbers), AT_ONCE):
        batch = numbers[start : start + AT_ONCE]
        with services.db.read() as session:
            waiting = [r for r in tickets.load_many(session, batch) if _awaits(r)]
        # Drafts that stand in the queue already are taken as they are.
        made = [
            (record, captured)
            for record in waiting
            if record.capture_state is CaptureState.QUEUED and (captured := _summarised(services, record))
        ]
        with services.db.write() as session:
            for record, captured in made:
                work.finish_queued(session, f"{DRAFT_JOB}:{draft_subject(record.id, record.closures)}")
                store_drafts(session, record, captured)
            accepted += sum(_accept(services.db, session, record) for record in waiting)
            if waiting:
                access.audit(session, "command line", "drafts.accepted", f"{len(waiting)} tickets", clock.now())
        index_pending(services)
        tick(len(batch))
    return accepted


def _summarised(services: Services, record: TicketRecord) -> Captured | None:
    """What capture makes of a ticket; None where it fails: the job stays, and whoever works on it says so for good."""
    try:
        return summarise(services, record, last_try=True)
    except Exception as error:  # noqa: BLE001 - one ticket among thousands must not stop the others
        # The type alone: messages of libraries quote what they choke on.
        log.warning("draft.failed", ticket=record.id, error=type(error).__name__)
        return None


def _awaits(record: TicketRecord) -> bool:
    return record.ticket.status is TicketStatus.CLOSED and record.capture_state in (
        CaptureState.QUEUED,
        CaptureState.DRAFTED,
    )


def _accept(db: Database, session: Session, record: TicketRecord) -> int:
    """Accept the drafts of a ticket that await an agent and hold an answer; the others stay in the queue."""
    before = drafts.of_ticket(session, record.id)
    accepted = 0
    for draft in before:
        if draft.closure != record.closures or draft.state is not DraftState.PENDING:
            continue
        decision = as_stated(draft.content, record.ticket)
        redactor = draft_redactor(session, record.id, record.ticket, draft.content)
        content = resolution_content(draft.content, decision, record.ticket, redactor)
        content = with_ticket_facts(content, record.ticket, redactor)
        if not content.answers:
            continue
        _keep(db, session, record, draft, decision, content)
        accepted += 1
    if accepted:
        after = {d.state for d in drafts.of_ticket(session, record.id) if d.closure == record.closures}
        if not any(state.awaits_agent for state in after):
            drafts.set_capture_state(session, record.id, CaptureState.CONFIRMED)
    return accepted


def _keep(
    db: Database,
    session: Session,
    record: TicketRecord,
    draft: DraftRecord,
    decision: Confirmed,
    content: ResolutionContent,
) -> None:
    now = clock.now()
    resolution = resolutions.add(session, content, ACCEPTED_BY, "accepted unseen", now)
    number = resolution_number(resolution.id)
    drafts.add_confirmation(
        session,
        draft,
        DecisionKind.ACCEPTED.value,
        decision.model_dump(mode="json"),
        actor_id=None,
        actor_name=ACCEPTED_BY,
        seconds=None,
        now=now,
        resolution=(number, resolution.version),
        bulk=True,
    )
    uses.add(session, number, record.id, ReuseKind.SOURCE, None, ACCEPTED_BY, now)
    drafts.decide(session, draft.id, DraftState.CONFIRMED, now)
    put_lexical(db, session, resolution)


def as_stated(draft: DraftContent, ticket: Ticket) -> Confirmed:
    """The decision that takes what the thread proves and leaves the rest as not known."""
    fields = {}
    for name in FieldName:
        proposed = draft.fields.get(name)
        proved = proposed is not None and proposed.supported and not proposed.flags
        fields[name] = (
            SettledField(state=SettledState.STATED, text=proposed.text)
            if proposed is not None and proved
            else SettledField(state=SettledState.NOT_KNOWN)
        )
    versions = draft.versions
    proved = versions.stated and versions.supported and not versions.flags
    return Confirmed(
        title=draft.title.strip() or ticket.subject.strip() or str(ticket.key),
        fields=fields,
        fix_kind=draft.fix_kind or FixKind.FIX,
        versions=SettledVersions(
            state=SettledState.STATED if proved else SettledState.NOT_KNOWN,
            affected=versions.affected if proved else (),
            fixed_in=versions.fixed_in if proved else (),
        ),
        product_area=ticket.product_area,
    )
