"""Makes the draft of a closed ticket: the `draft` job."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from pipelines.capture.capture import Captured, capture
from pipelines.capture.thin import thin_reasons
from pipelines.domain.drafts import DraftContent, DraftState, Provenance
from pipelines.domain.errors import NotFound
from pipelines.domain.tickets import Ticket, TicketStatus
from service.store import jobs
from service.store.queries import drafts, tickets
from service.store.queries.tickets import TicketRecord
from service.store.session import Session
from service.store.tables import CaptureState
from service.usecases import clock
from service.usecases.dedupe import known_like
from service.usecases.receive import read_draft_subject
from service.usecases.services import Services

log = structlog.get_logger(__name__)


def draft_ticket(services: Services, claimed: jobs.Claimed) -> None:
    """The `draft` job: summarise one closing of one ticket and store what comes of it, once.

    Raises SummariserFailed where asking again later may help; the queue decides when.
    """
    ticket_id, closure = read_draft_subject(claimed.subject)
    with services.db.read() as session:
        try:
            record = tickets.load(session, ticket_id)
        except NotFound:
            record = None
    if record is None or record.closures != closure or record.ticket.status is not TicketStatus.CLOSED:
        _skip(services, claimed, record)
        return
    made = summarise(services, record, last_try=claimed.failures + 1 >= jobs.MOST_FAILURES)
    noticed = [notice(services, content, record.ticket) for content in made.drafts]
    with services.db.write() as session:
        jobs.complete(session, claimed)
        # Summarising takes its time: the ticket may have closed once more meanwhile, and this draft be the older.
        current = tickets.closures(session, ticket_id, lock=True) == closure
        if current:
            store_drafts(session, record, made, noticed)
    if not current:
        log.info("draft.skipped", job=claimed.id)
        return
    log.info("draft.stored", ticket=ticket_id, closure=closure, summariser=made.provenance.summariser)


def summarise(services: Services, record: TicketRecord, *, last_try: bool) -> Captured:
    """What the capture pipeline proposes for a ticket. No transaction is open meanwhile."""
    return capture(
        record.ticket,
        services.summariser,
        services.fallback,
        budget=services.budget,
        count_tokens=services.count_tokens,
        last_try=last_try,
    )


def store_drafts(
    session: Session, record: TicketRecord, made: Captured, noticed: Sequence[Mapping[str, Any]] = ()
) -> list[int]:
    """Keep what was made of a ticket's latest closing; returns the drafts' ids. `noticed`: see `notice`."""
    now = clock.now()
    return drafts.add(
        session, record.id, record.closures, made.drafts, made.provenance, DraftState.PENDING, now, noticed
    )


def notice(services: Services, content: DraftContent, ticket: Ticket) -> dict[str, Any]:
    """What an agent should know of a draft before reading it: which resolutions it repeats, and whether it is thin.

    `recurrences` is None where nothing could be compared.
    """
    found = known_like(services, content, ticket)
    return {
        "recurrences": None if found is None else [one.model_dump(mode="json") for one in found],
        "thin": list(thin_reasons(content, ticket)),
    }


def needs_manual(session: Session, subject: str, error_code: str) -> None:
    """Called when a draft job is given up: an empty draft stands in the queue, for an agent to fill in."""
    ticket_id, closure = read_draft_subject(subject)
    try:
        record = tickets.load(session, ticket_id)
    except NotFound:
        return
    if record.closures != closure:
        return
    if record.ticket.status is not TicketStatus.CLOSED:
        drafts.set_capture_state(session, ticket_id, CaptureState.NONE)
        return
    content = DraftContent(title=f"{record.ticket.key}")
    provenance = Provenance(summariser="none", fallback_reason=error_code)
    drafts.add(session, ticket_id, closure, [content], provenance, DraftState.NEEDS_MANUAL, clock.now())


def _skip(services: Services, claimed: jobs.Claimed, record: TicketRecord | None) -> None:
    """The ticket was erased, reopened, or closed once more since: a later job makes the draft, or none is due."""
    with services.db.write() as session:
        jobs.complete(session, claimed)
        if record is not None and record.ticket.status is not TicketStatus.CLOSED:
            drafts.set_capture_state(session, record.id, CaptureState.NONE)
    log.info("draft.skipped", job=claimed.id)
