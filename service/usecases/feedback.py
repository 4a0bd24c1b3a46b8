"""What an agent says of a suggested resolution, and what the record learns from it: reuse is review."""

from datetime import datetime

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import NotFound
from pipelines.domain.gaps import DemandKind
from pipelines.domain.kcs import RETURNS_TO_REVIEW, ReviewReason, after_reuse, after_review
from pipelines.domain.resolutions import Confidence, ResolutionContent
from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import TicketKey
from pipelines.retrieve.growth import fixed_on_fixed, grown, shrunk, wrong_on
from service.store.engine import Database
from service.store.ids import is_article, resolution_number, suggestion_number
from service.store.queries import held, outcomes, resolutions, reviews, suggestions, tickets, uses
from service.store.queries.resolutions import ResolutionRecord
from service.store.queries.suggestions import SuggestionRecord
from service.store.session import Session
from service.store.tables import ReuseKind
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.index import queue_index
from service.usecases.merge import kept_of
from service.usecases.resolution_reason import told
from service.usecases.suggest import ticket_query

_BAD = (Outcome.NOT_RELEVANT, Outcome.WRONG)
_GOOD = (Outcome.FIXED, Outcome.HELPED)


def give_outcome(
    db: Database,
    suggestion_id: str,
    resolution_id: str,
    outcome: Outcome,
    ticket: TicketKey | None,
    actor: Actor,
) -> str:
    """What an agent says of a suggested resolution. With a ticket and a good outcome it counts as reuse.

    A fix that worked on a further version extends what the record affects; two agents' good reuses validate it; a
    wrong one puts it before its owner. All of that counts for the record that is returned: another than the one named
    where that was merged into it since it was suggested. Raises NotFound for a suggestion, a resolution in it, or a
    ticket that there is not.
    """
    with db.write() as session:
        kept = suggestions.load(session, suggestion_number(suggestion_id))
        if kept is None:
            raise NotFound(f"There is no suggestion {suggestion_id[:40]!r}.")
        if resolution_id not in kept.resolutions:
            raise NotFound(f"Suggestion {suggestion_id} does not hold resolution {resolution_id[:40]!r}.")
        now = clock.now()
        ticket_id = _number(session, ticket) if ticket else kept.ticket_id
        outcomes.add(session, kept.id, resolution_id, outcome, ticket_id, (actor.id, actor.name), now)
        if outcome in _BAD:
            _note_demand(session, kept, ticket_id, now)
        if is_article(resolution_id):
            return resolution_id
        record = _counting(session, resolution_id)
        version = _version(session, kept, ticket_id)
        if ticket_id is not None:
            record = _used(db, session, record, outcome, ticket_id, version, actor, now)
        if outcome is not Outcome.NOT_RELEVANT:
            _learn(db, session, record, outcome, ticket_id, version, actor, now)
        return record.resolution.id


def _counting(session: Session, resolution_id: str) -> ResolutionRecord:
    """The record, or the one that it was merged into, locked: two agents at once make one use, not two."""
    number = kept_of(session, resolution_number(resolution_id))
    record = resolutions.load(session, number, lock=True)
    kept = kept_of(session, number)
    if kept != number:  # merged while its lock was waited for
        record = resolutions.load(session, kept, lock=True)
    if record is None:
        raise NotFound(f"There is no resolution {resolution_id}.")
    return record


def _used(
    db: Database,
    session: Session,
    record: ResolutionRecord,
    outcome: Outcome,
    ticket_id: int,
    version: str | None,
    actor: Actor,
    now: datetime,
) -> ResolutionRecord:
    """Keep the use on this ticket, in place of what was said of it before; returns the record as that leaves it."""
    number = record.number
    if outcome is not Outcome.WRONG:
        reviews.take_back(session, number, ticket_id, actor.name, now)
    if outcome in _BAD and uses.outcome(session, number, ticket_id) == (Outcome.FIXED, actor.name):
        record = _without_slip(db, session, record, version, actor, now)
    known = outcome is Outcome.NOT_RELEVANT
    again = uses.add(session, number, ticket_id, ReuseKind.SUGGESTED, outcome.value, actor.name, now, only_known=known)
    session.flush()
    if again and held.count_returns(session, number) >= RETURNS_TO_REVIEW:
        reviews.ask(session, number, ReviewReason.CAME_BACK, actor.name, now, ticket_id=ticket_id)
    return record


def _note_demand(session: Session, kept: SuggestionRecord, ticket_id: int | None, now: datetime) -> None:
    suggestions.add_signal(
        session,
        DemandKind.REJECTED_SUGGESTION,
        str(kept.query.get("subject") or "")[:300],
        now,
        ticket_id=ticket_id,
        suggestion_id=kept.id,
        product_area=kept.query.get("product_area"),
    )


def _version(session: Session, kept: SuggestionRecord, ticket_id: int | None) -> str | None:
    """The version that was asked for, else the ticket's."""
    asked = kept.query.get("version")
    if asked or ticket_id is None:
        return str(asked) if asked else None
    ticket = tickets.load(session, ticket_id).ticket
    version = ticket_query(ticket).version
    return Redactor.for_ticket(ticket).redact_text(version) if version else None


def _learn(
    db: Database,
    session: Session,
    record: ResolutionRecord,
    outcome: Outcome,
    ticket_id: int | None,
    version: str | None,
    actor: Actor,
    now: datetime,
) -> None:
    resolution = record.resolution
    content, confidence, why = resolution.content, resolution.confidence, ""
    if outcome is Outcome.WRONG:
        reason = wrong_on(resolution, version)
        reviews.ask(session, record.number, reason, actor.name, now, ticket_id=ticket_id, version=version)
        confidence, why = after_review(confidence), f"said to be {reason} at triage"
    elif version and outcome is Outcome.FIXED and fixed_on_fixed(resolution, version):
        reason = ReviewReason.FIXED_VERSION
        reviews.ask(session, record.number, reason, actor.name, now, ticket_id=ticket_id, version=version)
    elif version and outcome is Outcome.FIXED:
        content = content.model_copy(update={"versions": grown(resolution, version)})
        why = f"fixed on {version} too" if content != resolution.content else ""
    if outcome in _GOOD and ticket_id is not None:
        moved = _validated(session, record, confidence)
        why = "; ".join(filter(None, (why, "reused with success by different agents" if moved != confidence else "")))
        confidence = moved
    _revise(db, session, record, content, confidence, why, actor, now)


def _without_slip(
    db: Database, session: Session, record: ResolutionRecord, version: str | None, actor: Actor, now: datetime
) -> ResolutionRecord:
    """The record without a version that this agent's own "fixed", now taken back, had put on it."""
    shown = " ".join((version or "").split())
    history = resolutions.versions(session, record.number)
    first = next((one for one in history if shown in one.content.versions.affected), None)
    if first is None or first.actor != actor.name or not first.why.startswith(f"fixed on {shown} too"):
        return record
    resolution = record.resolution
    content = resolution.content.model_copy(update={"versions": shrunk(resolution, shown)})
    _revise(db, session, record, content, resolution.confidence, f"not fixed on {shown}", actor, now)
    return resolutions.load(session, record.number) or record


def _validated(session: Session, record: ResolutionRecord, confidence: Confidence) -> Confidence:
    under_review = record.number in reviews.waiting(session, [record.number])
    return after_reuse(confidence, held.good_agents(session, record.number), under_review=under_review)


def _revise(
    db: Database,
    session: Session,
    record: ResolutionRecord,
    content: ResolutionContent,
    confidence: Confidence,
    why: str,
    actor: Actor,
    now: datetime,
) -> None:
    after = record.resolution.model_copy(update={"content": content, "confidence": confidence})
    if after == record.resolution:
        return
    why = told(why, record.resolution, after)
    revised = resolutions.revise(session, record.number, content, actor.name, why, now, confidence=confidence)
    queue_index(db, session, revised)


def _number(session: Session, key: TicketKey) -> int:
    number = tickets.number_of(session, key)
    if number is None:
        raise NotFound(f"There is no ticket {str(key)[:300]!r}.")
    return number
