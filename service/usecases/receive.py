"""Takes tickets in, from the API, a webhook or a file, and queues the draft of those that closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.domain.kcs import RETURNS_TO_REVIEW, ReviewReason
from pipelines.domain.ticket_links import problem_links
from pipelines.domain.tickets import Ticket, TicketStatus
from service.settings import CapturePolicy
from service.store import jobs
from service.store.engine import Database
from service.store.queries import deliveries, held, linked_returns, reviews
from service.store.queries import tickets as stored
from service.store.session import Session
from service.store.tables import CaptureState
from service.store.ticket_upsert import Upserted, UpsertOutcome, upsert_tickets
from service.usecases import clock
from service.usecases.actors import SYSTEM

DRAFT_JOB = "draft"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one ticket."""

    outcome: UpsertOutcome
    draft_queued: bool
    ticket_id: int


def covers(policy: CapturePolicy, ticket: Ticket) -> bool:
    """Whether this ticket gets a draft when it closes."""
    return policy == "all" or (policy == "escalated" and ticket.is_escalated)


def receive_ticket(db: Database, ticket: Ticket, capture: CapturePolicy) -> Received:
    """Create or update one ticket."""
    with db.write() as session:
        return receive(session, [ticket], capture)[0]


def receive_delivery(
    db: Database, source: str, delivery_id: str, ticket: Ticket, capture: CapturePolicy
) -> Received | None:
    """The same for a webhook's delivery, each acted on once; None where it was seen before."""
    with db.write() as session:
        if not deliveries.first_time(session, source, delivery_id, clock.now()):
            return None
        return receive(session, [ticket], capture)[0]


def receive(session: Session, batch: Sequence[Ticket], capture: CapturePolicy) -> list[Received]:
    """Create or update tickets within the caller's transaction, in the order given.

    A closing queues one draft. So does a closed ticket that the policy covers now and none covered before.
    """
    upserted = upsert_tickets(session, batch, clock.now())
    for done in upserted:
        if done.reopened is not None:
            _note_reopened(session, done, done.reopened)
    _note_linked(session, upserted, batch)
    states = stored.capture_states(session, [u.ticket_id for u in upserted])
    return [
        Received(done.outcome, _queue_draft(session, done, ticket, states, capture), done.ticket_id)
        for done, ticket in zip(upserted, batch, strict=True)
    ]


def _note_reopened(session: Session, done: Upserted, closed_at: datetime) -> None:
    """What was used on the ticket did not hold."""
    for number in held.mark_reopened(session, done.ticket_id, closed_at, clock.now()):
        _ask_owner(session, number, done.ticket_id)


def _note_linked(session: Session, upserted: Sequence[Upserted], batch: Sequence[Ticket]) -> None:
    """What was used on a ticket did not hold where a later one says that the problem is back.

    Unchanged tickets are read too: a file imported again tells what a former version of this program passed over.
    """
    said = {done.ticket_id: problem_links(ticket) for done, ticket in zip(upserted, batch, strict=True)}
    concerned = linked_returns.put(session, said)
    for back in linked_returns.settle(session, {*said, *concerned}):
        _ask_owner(session, back.resolution, back.later)


def _ask_owner(session: Session, number: int, ticket_id: int) -> None:
    if held.count_returns(session, number) >= RETURNS_TO_REVIEW:
        reviews.ask(session, number, ReviewReason.CAME_BACK, SYSTEM.name, clock.now(), ticket_id=ticket_id)


def _queue_draft(
    session: Session, done: Upserted, ticket: Ticket, states: dict[int, CaptureState], capture: CapturePolicy
) -> bool:
    if ticket.status is not TicketStatus.CLOSED:
        if states[done.ticket_id] is not CaptureState.NONE:
            # Reopened: what was confirmed of the earlier closing says nothing of how this one will end.
            stored.reset_capture(session, done.ticket_id)
            states[done.ticket_id] = CaptureState.NONE
        return False
    if not covers(capture, ticket):
        return False
    if not done.closed_now and states[done.ticket_id] is not CaptureState.NONE:
        return False
    queue_draft(session, done.ticket_id, done.closure)
    states[done.ticket_id] = CaptureState.QUEUED
    return True


def queue_draft(session: Session, ticket_id: int, closure: int) -> None:
    """Queue the draft of one closing of a ticket."""
    subject = draft_subject(ticket_id, closure)
    jobs.enqueue(session, DRAFT_JOB, subject, dedupe_key=f"{DRAFT_JOB}:{subject}")
    stored.queue_capture(session, ticket_id)


def draft_subject(ticket_id: int, closure: int) -> str:
    """What a draft job carries: which closing of which ticket, and nothing of its text."""
    return f"{ticket_id}#{closure}"


def read_draft_subject(subject: str) -> tuple[int, int]:
    ticket_id, _, closure = subject.partition("#")
    return int(ticket_id), int(closure)
