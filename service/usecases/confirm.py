"""The closing agent's decision on a draft: confirm it, link it to what is known, or reject it. One transaction each."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.domain.confirmations import (
    Confirmed,
    DecisionKind,
    LinkAddition,
    RejectReason,
    affirmed_without_evidence,
    unsettled,
    was_edited,
)
from pipelines.domain.drafts import DraftState
from pipelines.domain.errors import Conflict, NotFound, StaleVersion, UnsettledFields
from pipelines.domain.gaps import DemandKind
from pipelines.domain.recurrences import Added, DedupeVerdict
from pipelines.domain.resolutions import Confidence, Resolution, ResolutionContent
from service.store.engine import Database
from service.store.ids import draft_number, resolution_name, resolution_number
from service.store.queries import contradictions, drafts, resolutions, suggestions, tickets, uses
from service.store.queries.drafts import DraftRecord
from service.store.queries.resolutions import ResolutionRecord
from service.store.session import Session
from service.store.tables import ReuseKind
from service.usecases import capture_state, clock
from service.usecases.actors import Actor
from service.usecases.contradictions import queue_compare, settle_while_confirming, unsettled_ones
from service.usecases.index import queue_index
from service.usecases.linked_content import linked_content
from service.usecases.queue import at_evidence
from service.usecases.resolution_content import resolution_content, typed
from service.usecases.ticket_marks import draft_redactor
from service.usecases.usable import require_usable
from service.usecases.views import ConfirmationResult


def confirm_draft(
    db: Database, draft_id: str, version: int, decision: Confirmed, actor: Actor, *, bulk: bool = False
) -> ConfirmationResult:
    """Make a draft a resolution, or the next version of the one it became. Queues its indexing.

    Raises StaleVersion where `version` is not the draft's, UnsettledFields, Conflict where it was linked, rejected or
    superseded.
    """
    with db.write() as session:
        draft = _locked(session, draft_id, version)
        _require_open(draft, also=DraftState.CONFIRMED)
        _refuse_unusable(decision)
        if problems := [*unsettled(draft.content, decision), *unsettled_ones(decision.settles)]:
            raise UnsettledFields(problems)
        ticket = tickets.load(session, draft.ticket_id).ticket
        redactor = draft_redactor(session, draft.ticket_id, ticket, draft.content, typed(decision))
        content = resolution_content(draft.content, decision, ticket, redactor)
        edited = was_edited(draft.content, decision)
        resolution = _keep(session, draft, content, actor)
        number = resolution_number(resolution.id)
        now = clock.now()
        drafts.add_confirmation(
            session,
            draft,
            (DecisionKind.EDITED if edited else DecisionKind.ACCEPTED).value,
            decision.model_dump(mode="json"),
            actor_id=actor.id,
            actor_name=actor.name,
            seconds=decision.seconds,
            now=now,
            edited_fields=edited,
            affirmed_fields=affirmed_without_evidence(draft.content, decision),
            resolution=(number, resolution.version),
            bulk=bulk,
        )
        settled = {one.resolution_id for one in decision.settles}
        left = [other for name, other in _contradicted(draft).items() if name not in settled]
        settle_while_confirming(db, session, number, decision.settles, left, redactor, actor)
        uses.add(session, number, draft.ticket_id, ReuseKind.SOURCE, None, actor.name, now)
        _decided(session, draft, DraftState.CONFIRMED)
        queue_index(db, session, resolution)
        queue_compare(session, number)
    return ConfirmationResult(resolution_id=resolution.id, version=resolution.version)


def link_draft(
    db: Database,
    draft_id: str,
    version: int,
    resolution_id: str,
    add: Sequence[LinkAddition],
    seconds: float | None,
    actor: Actor,
) -> ConfirmationResult:
    """Say that the ticket is a recurrence of a known resolution, adding the customer's words to it, and what is ticked.

    The result says what was added. Raises StaleVersion, Conflict (also for what is archived), NotFound (no such
    resolution).
    """
    with db.write() as session:
        draft = _locked(session, draft_id, version)
        _require_open(draft)
        number = resolution_number(resolution_id)
        record = resolutions.load(session, number, lock=True)
        if record is None:
            raise NotFound(f"There is no resolution {resolution_id}.")
        _require_living(session, record)
        ticket = tickets.load(session, draft.ticket_id).ticket
        redactor = draft_redactor(session, draft.ticket_id, ticket, draft.content)
        ticket = at_evidence(session, draft, ticket)
        now = clock.now()
        resolution = record.resolution
        content = linked_content(resolution.content, draft.content, add, ticket, redactor)
        before = len(resolution.content.additions)
        added = tuple(Added(part=one.part, text=one.text) for one in content.additions[before:])
        if added:
            parts = ", ".join(dict.fromkeys(one.part.value for one in added))
            resolution = resolutions.revise(session, number, content, actor.name, f"{parts} of {ticket.key} added", now)
            queue_index(db, session, resolution)
        drafts.add_confirmation(
            session,
            draft,
            DecisionKind.LINKED.value,
            {"resolution_id": resolution.id, "add": list(add), "added": [one.part.value for one in added]},
            actor_id=actor.id,
            actor_name=actor.name,
            seconds=seconds,
            now=now,
            resolution=(number, resolution.version),
        )
        if number in _contradicted(draft).values():
            contradictions.linked(session, number, draft.id, actor.name, now)
        uses.add(session, number, draft.ticket_id, ReuseKind.LINKED, "fixed", actor.name, now)
        _decided(session, draft, DraftState.LINKED)
    return ConfirmationResult(resolution_id=resolution.id, version=resolution.version, added=added)


def _require_living(session: Session, record: ResolutionRecord) -> None:
    """Raises Conflict: what is archived answers nobody, and a ticket linked to it would count as answered."""
    resolution = record.resolution
    if resolution.confidence is not Confidence.ARCHIVED:
        return
    by = contradictions.superseded_by(session, record.number)
    instead = f"link to {resolution_name(by)}, which replaced it" if by else "take it out of the archive first"
    raise Conflict(f"{resolution.id} is archived; {instead}.")


def _contradicted(draft: DraftRecord) -> dict[str, int]:
    """The resolutions, by name, that the draft was found to contradict."""
    found = (draft.dedupe or {}).get("recurrences") or ()
    names = [one["resolution_id"] for one in found if one["verdict"] == DedupeVerdict.CONTRADICTS.value]
    return {name: resolution_number(name) for name in names}


def reject_draft(
    db: Database,
    draft_id: str,
    version: int,
    reason: RejectReason,
    note: str | None,
    seconds: float | None,
    actor: Actor,
) -> None:
    """Keep nothing of a draft, and say why. `no_knowledge` and `thin` count as demand.

    Raises StaleVersion, Conflict.
    """
    with db.write() as session:
        draft = _locked(session, draft_id, version)
        _require_open(draft)
        ticket = tickets.load(session, draft.ticket_id).ticket
        redactor = draft_redactor(session, draft.ticket_id, ticket, draft.content)
        require_usable("note", note or "")
        now = clock.now()
        drafts.add_confirmation(
            session,
            draft,
            DecisionKind.REJECTED.value,
            {"reason": reason.value, "note": redactor.redact_text(note) if note else None},
            actor_id=actor.id,
            actor_name=actor.name,
            seconds=seconds,
            now=now,
        )
        if reason.counts_as_demand:
            suggestions.add_signal(
                session,
                DemandKind.CLOSED_WITHOUT_KNOWLEDGE,
                redactor.redact_text(ticket.subject),
                now,
                ticket_id=draft.ticket_id,
                product_area=ticket.product_area,
            )
        _decided(session, draft, DraftState.REJECTED)


def _keep(session: Session, draft: DraftRecord, content: ResolutionContent, actor: Actor) -> Resolution:
    """A new resolution, or the next version of the one that this draft was confirmed as before."""
    now = clock.now()
    if draft.state is DraftState.CONFIRMED:
        earlier = [c.resolution_id for c in drafts.confirmations(session, draft.id) if c.resolution_id is not None]
        record = resolutions.load(session, earlier[-1], lock=True) if earlier else None
        if record is not None:
            return resolutions.revise(session, record.number, content, actor.name, "confirmed again", now)
    return resolutions.add(session, content, actor.name, "confirmed", now)


def _decided(session: Session, draft: DraftRecord, state: DraftState) -> None:
    before = drafts.of_ticket(session, draft.ticket_id)
    drafts.decide(session, draft.id, state, clock.now())
    drafts.set_capture_state(session, draft.ticket_id, capture_state.after_decision(before, draft.id, state))


def _locked(session: Session, draft_id: str, version: int) -> DraftRecord:
    draft = drafts.load(session, draft_number(draft_id), lock=True)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id}.")
    if draft.revision != version:
        raise _stale(session, draft, version)
    return draft


def _stale(session: Session, draft: DraftRecord, version: int) -> StaleVersion:
    """What the one who comes later is told: who decided what since, and where it differs from the draft."""
    decisions = drafts.confirmations(session, draft.id)
    last = decisions[-1] if decisions else None
    current: dict[str, Any] = {"version": draft.revision, "state": draft.state.value}
    changed: tuple[str, ...] = ("state",)
    if last is not None:
        current |= {
            "decided_by": last.actor,
            "decided_at": last.at.isoformat(),
            "decision": last.decision,
            "fields": _shown(last.payload),
            "resolution_id": resolution_name(last.resolution_id) if last.resolution_id else None,
        }
        changed = last.edited_fields or changed
    who = f"{last.actor} has {last.decision} it meanwhile" if last else f"it is {draft.state.value} now"
    return StaleVersion(
        f"You decided on version {version} of this draft and {who}; look at what changed and decide again.",
        current,
        changed,
    )


def _shown(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        key: payload[key]
        for key in ("title", "fields", "fix_kind", "versions", "product_area", "reason")
        if key in payload
    }


def _require_open(draft: DraftRecord, also: DraftState | None = None) -> None:
    if draft.state.awaits_agent or draft.state is also:
        return
    raise Conflict(f"This draft is {draft.state.value} already; open it to see the decision.")


def _refuse_unusable(decision: Confirmed) -> None:
    texts = [("title", decision.title), *((n.value, f.text) for n, f in decision.fields.items())]
    if decision.versions is not None:
        texts += [("version", text) for text in (*decision.versions.affected, *decision.versions.fixed_in)]
    for name, text in (*texts, ("product_area", decision.product_area or "")):
        require_usable(name, text)
