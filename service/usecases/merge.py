"""Makes one resolution of two: the other is archived in its favour, its uses and wordings carried over."""

from pipelines.domain.audience import either_internal
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.resolutions import (
    Confidence,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    TicketMark,
)
from service.store.engine import Database
from service.store.ids import resolution_name, resolution_number
from service.store.queries import contradictions, resolution_links, resolutions, reviews
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.close_gaps import close_by_other_in
from service.usecases.contradictions import queue_compare, replaced_by
from service.usecases.index import queue_index
from service.usecases.ticket_marks import moved_in, record_redactor
from service.usecases.usable import require_usable

_CARRIED = (FieldName.SYMPTOM, FieldName.ENVIRONMENT)


def merge_resolutions(db: Database, resolution_id: str, into_id: str, actor: Actor, why: str = "") -> str:
    """Archive the first in favour of the second, which takes its tickets, symptom, environment and versions.

    Cause and fix of the second stand. Returns the id of what is left. Raises NotFound, and InvalidInput where one of
    them is archived or they are the same.
    """
    number, into = resolution_number(resolution_id), resolution_number(into_id)
    if number == into:
        raise InvalidInput("A resolution cannot be merged with itself.")
    require_usable("why", why)
    with db.write() as session:
        for one in sorted((number, into)):  # in one order, so that two merges at once cannot deadlock
            resolutions.load(session, one, lock=True)
        merged, kept = _load(session, number), _load(session, into)
        now = clock.now()
        content = with_wordings(kept.content, merged.content)
        if content != kept.content:
            reason = f"took over symptom, environment and versions of {resolution_id}"
            revised = resolutions.revise(session, into, content, actor.name, reason, now)
            queue_index(db, session, revised)
        said = record_redactor(session, merged.content).redact_text(why.strip())
        reason = _merged_into(into_id) + (f": {said}" if said else "")
        archived = resolutions.revise(
            session, number, merged.content, actor.name, reason, now, confidence=Confidence.ARCHIVED
        )
        resolution_links.hand_over(session, number, into)
        close_by_other_in(session, merged.id, kept.id, actor.name, now, f"{merged.id} was merged into {kept.id}")
        reviews.settle(session, number, actor.name, now)
        queue_index(db, session, archived)
        for one in (number, into):
            queue_compare(session, one)
    return into_id


def kept_of(session: Session, number: int) -> int:
    """The resolution that took over this one's uses by merging, and so on; the number itself where none did.

    One that was replaced by a newer fix is not followed: what is said of it is not said of that fix.
    """
    seen = {number}
    while (by := contradictions.superseded_by(session, number)) is not None and by not in seen:
        into, replaced = _merged_into(resolution_name(by)), replaced_by(by)
        why = next(
            (v.why for v in reversed(resolutions.versions(session, number)) if v.why.startswith((into, replaced))), ""
        )
        if why.partition(":")[0] != into:
            break
        seen.add(by)
        number = by
    return number


def _merged_into(into_id: str) -> str:
    return f"merged into {into_id}"


def _load(session: Session, number: int) -> Resolution:
    record = resolutions.load(session, number)
    if record is None:
        raise NotFound(f"There is no resolution R-{number}.")
    if record.resolution.confidence is Confidence.ARCHIVED:
        raise InvalidInput(f"{record.resolution.id} is archived; take it out of the archive first.")
    return record.resolution


def with_wordings(kept: ResolutionContent, merged: ResolutionContent) -> ResolutionContent:
    """The kept record with what the merged one says besides: its symptom, its environment, its affected versions.

    What the two say together rests on internal notes where either does, and nobody has confirmed it for readers yet.
    """
    merged, marks = _with_free_marks(kept, merged)
    fields = dict(kept.fields)
    for name in _CARRIED:
        ours, theirs = fields.get(name), merged.fields.get(name)
        if theirs is not None and theirs.text and theirs.text not in (kept.text(name) or ""):
            fields[name] = _joined(ours, theirs)
    additions = (*kept.additions, *(one for one in merged.additions if one not in kept.additions))
    versions = _versions(kept.versions, merged.versions)
    changed = {"fields": fields, "versions": versions, "additions": additions, "marks": (*kept.marks, *marks)}
    return kept.model_copy(update=changed)


def _with_free_marks(
    kept: ResolutionContent, merged: ResolutionContent
) -> tuple[ResolutionContent, tuple[TicketMark, ...]]:
    """The merged record with its redaction marks as they may stand in the kept one, and their places."""
    fields = {name: field for name in _CARRIED if (field := merged.fields.get(name)) and field.text}
    affected, fixed_in = merged.versions.affected, merged.versions.fixed_in
    texts = [field.text or "" for field in fields.values()] + [one.text for one in merged.additions]
    moved, marks = moved_in(kept, [*texts, *affected, *fixed_in], merged.marks, merged.texts)
    taken = iter(moved)
    renumbered = {name: field.model_copy(update={"text": next(taken)}) for name, field in fields.items()}
    additions = tuple(one.model_copy(update={"text": next(taken)}) for one in merged.additions)
    versions = merged.versions.model_copy(
        update={"affected": tuple(next(taken) for _ in affected), "fixed_in": tuple(next(taken) for _ in fixed_in)}
    )
    changed = {"fields": {**merged.fields, **renumbered}, "additions": additions, "versions": versions}
    return merged.model_copy(update=changed), marks


def _joined(ours: ResolutionField | None, theirs: ResolutionField) -> ResolutionField:
    if ours is None or not ours.text:
        return theirs
    return ours.model_copy(
        update={
            "text": f"{ours.text}\n{theirs.text}",
            "evidence": (*ours.evidence, *theirs.evidence),
            "internal": either_internal(ours.internal, theirs.internal),
            "cleared_for": None,
        }
    )


def _versions(ours: ResolutionVersions, theirs: ResolutionVersions) -> ResolutionVersions:
    """What the kept one calls fixed in stands; the other's is kept with it, since branches are fixed apart."""
    affected = tuple(dict.fromkeys((*ours.affected, *theirs.affected)))
    fixed_in = tuple(dict.fromkeys((*ours.fixed_in, *theirs.fixed_in)))
    if (affected, fixed_in) == (ours.affected, ours.fixed_in) or ours.state is SettledState.NOT_APPLICABLE:
        return ours
    if not (ours.affected or ours.fixed_in):
        return theirs
    return ours.model_copy(
        update={
            "state": SettledState.STATED,
            "affected": affected,
            "fixed_in": fixed_in,
            "evidence": (*ours.evidence, *theirs.evidence),
            "internal": either_internal(ours.internal, theirs.internal),
            "cleared_for": None,
        }
    )
