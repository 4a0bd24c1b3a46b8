"""Reading and correcting confirmed resolutions."""

from collections.abc import Sequence
from typing import Any

from pipelines.capture.redact import Redactor
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import InvalidInput, NotFound, StaleVersion
from pipelines.domain.resolutions import (
    Audience,
    Confidence,
    Governance,
    Origin,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    move_confidence,
)
from pipelines.domain.storable import require_storable
from pipelines.domain.suggestions import TrackRecord
from pipelines.domain.value import Value
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import contradictions, resolutions, reviews, suggestions
from service.store.queries.resolutions import ResolutionRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.close_gaps import why_not_served
from service.usecases.contradictions import queue_compare
from service.usecases.find_resolutions import page_of, ranked_by_words, read_place
from service.usecases.index import queue_index
from service.usecases.queue import page_size, read_cursor
from service.usecases.reopen_gaps import reopen_gaps_of
from service.usecases.resolution_audience import RestsOnNotes, confirmed_for, notes_of_record
from service.usecases.resolution_reason import told
from service.usecases.resolution_view import resolution_view
from service.usecases.ticket_marks import record_redactor
from service.usecases.usable import require_usable
from service.usecases.views import Page, ResolutionLine, ResolutionView


class ResolutionChange(Value):
    """What to change; what is None stays. An empty text makes a field not known."""

    title: str | None = None
    symptom: str | None = None
    root_cause: str | None = None
    fix: str | None = None
    environment: str | None = None
    fix_kind: FixKind | None = None
    affected: tuple[str, ...] | None = None
    fixed_in: tuple[str, ...] | None = None
    product_area: str | None = None
    confidence: Confidence | None = None
    audience: Audience | None = None
    governance: Governance | None = None
    why: str | None = None
    cleared: tuple[str, ...] = ()
    """The fields, or `version`, that whoever changes it confirms for the record's audience, internal notes or not."""
    reviewed: bool = False
    """Whether whoever changes it has looked at what speaks against it; a change of its content says so too."""


def list_resolutions(
    db: Database,
    text: str | None = None,
    product_area: str | None = None,
    confidence: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
    *,
    audience: str | None = None,
    fix_kind: str | None = None,
    needs_review: bool = False,
) -> Page[ResolutionLine]:
    """A page of resolutions, newest first; with `text` only those that hold any of its words, or that it names (R-12),
    the best match first.

    What is archived is found by its words too, after all that is served. Raises InvalidInput.
    """
    size = page_size(limit)
    for name, value in {"product_area": product_area, "confidence": confidence, "audience": audience}.items():
        require_storable(value or "", name)
    require_storable(fix_kind or "", "fix_kind")
    narrowing = resolutions.Narrowing(
        product_area=product_area,
        confidence=confidence,
        audience=audience,
        fix_kind=fix_kind,
        needs_review=needs_review,
    )
    if text and text.strip():
        place = read_place(cursor)
        ranking = ranked_by_words(db, text, archived=confidence in (None, Confidence.ARCHIVED))
        with db.read() as session:
            found, onward = page_of(session, ranking, narrowing, place, size)
            items = _lines(session, found)
        return Page(items=items, next_cursor=onward)
    with db.read() as session:
        found = resolutions.listed(session, narrowing, before=read_cursor(cursor), limit=size + 1)
        items = _lines(session, found[:size])
    return Page(items=items, next_cursor=str(found[size - 1].number) if len(found) > size else None)


def count_needing_review(db: Database) -> int:
    """How many resolutions somebody called wrong, or otherwise speaks against, and nobody looked at since."""
    with db.read() as session:
        return len(reviews.waiting(session))


def read_resolution(db: Database, resolution_id: str) -> ResolutionView:
    """One resolution with history, uses, evidence and track record. Raises NotFound."""
    with db.read() as session:
        record = _load(session, resolution_id)
        return resolution_view(session, record)


def change_resolution(
    db: Database, resolution_id: str, change: ResolutionChange, actor: Actor, version: int | None = None
) -> ResolutionView:
    """Correct a resolution, which makes its next version, or move its KCS state.

    Raises NotFound, InvalidInput, IllegalMove, and StaleVersion where `version` is given and not the current one.
    """
    with db.write() as session:
        record = _load(session, resolution_id, lock=True)
        resolution = record.resolution
        if version is not None and version != resolution.version:
            raise StaleVersion(
                f"{resolution_id} is at version {resolution.version}; look at what changed and try again.",
                {"version": resolution.version},
                ("version",),
            )
        redactor = record_redactor(session, resolution.content)
        rests = notes_of_record(session, record.number, resolution.content)
        content = changed_content(resolution.content, change, redactor, rests)
        if change.cleared:
            content = confirmed_for(content, change.cleared, change.audience or resolution.audience)
        confidence = move_confidence(resolution.confidence, change.confidence or resolution.confidence)
        after = resolution.model_copy(
            update={
                "content": content,
                "confidence": confidence,
                "audience": change.audience or resolution.audience,
                "governance": change.governance or resolution.governance,
            }
        )
        if after != resolution:
            revised = resolutions.revise(
                session,
                record.number,
                content,
                actor.name,
                told(redactor.redact_text((change.why or "").strip()), resolution, after),
                clock.now(),
                confidence=confidence,
                audience=change.audience,
                governance=change.governance,
            )
            queue_index(db, session, revised)
            queue_compare(session, record.number)
            if resolution.served and not revised.served:
                why = why_not_served(session, resolution.id)
                reopen_gaps_of(session, resolution.id, actor.name, clock.now(), why)
            if resolution.confidence is Confidence.ARCHIVED and confidence is not Confidence.ARCHIVED:
                contradictions.not_superseded(session, record.number)
        if change.reviewed or content != resolution.content:
            reviews.settle(session, record.number, actor.name, clock.now())
        return resolution_view(session, _load(session, resolution_id))


def changed_content(
    content: ResolutionContent, change: ResolutionChange, redactor: Redactor, rests: RestsOnNotes
) -> ResolutionContent:
    """The content with the change made. Texts that came in are redacted; one that says the same changes nothing.

    Raises InvalidInput.
    """
    _refuse_unusable(change)
    fields = dict(content.fields)
    for name in FieldName:
        text: str | None = getattr(change, name.value)
        if text is None:
            continue
        before = fields.get(name)
        if before is not None and text.strip() == (before.text or ""):
            continue
        fields[name] = ResolutionField(
            state=SettledState.STATED if text.strip() else SettledState.NOT_KNOWN,
            text=redactor.redact_text(text.strip()) or None,
            origin=Origin.EDITED,
            evidence=before.evidence if before and text.strip() else (),
            # What came from notes says the like in other words, until somebody confirms it.
            internal=True if before and before.internal else rests(text, before.evidence if before else ()),
        )
    if change.title is not None and not change.title.strip():
        raise InvalidInput("A resolution needs a title.")
    fix = fields.get(FieldName.FIX)
    stated_fix = fix is not None and fix.state is SettledState.STATED
    return content.model_copy(
        update={
            "fields": fields,
            "title": redactor.redact_text(change.title.strip()) if change.title else content.title,
            "fix_kind": (change.fix_kind or content.fix_kind) if stated_fix else None,
            "versions": _changed_versions(content.versions, change, redactor),
            "product_area": content.product_area
            if change.product_area is None or change.product_area.strip() == content.product_area
            else redactor.redact_text(change.product_area.strip()) or None,
        }
    )


def _refuse_unusable(change: ResolutionChange) -> None:
    for name in ("title", *FieldName, "product_area", "why"):
        require_usable(name, getattr(change, name) or "")
    for version in (*(change.affected or ()), *(change.fixed_in or ())):
        require_usable("versions", version)


def _changed_versions(versions: ResolutionVersions, change: ResolutionChange, redactor: Redactor) -> ResolutionVersions:
    affected = versions.affected if change.affected is None else _cleaned(change.affected, redactor)
    fixed_in = versions.fixed_in if change.fixed_in is None else _cleaned(change.fixed_in, redactor)
    if (affected, fixed_in) == (versions.affected, versions.fixed_in):
        return versions
    state = SettledState.STATED if affected or fixed_in else SettledState.NOT_KNOWN
    changed: dict[str, Any] = {"state": state, "affected": affected, "fixed_in": fixed_in, "origin": Origin.EDITED}
    return versions.model_copy(update=changed)


def _cleaned(values: Sequence[str], redactor: Redactor) -> tuple[str, ...]:
    return tuple(dict.fromkeys(redactor.redact_text(value.strip()) for value in values if value.strip()))


def _load(session: Session, resolution_id: str, *, lock: bool = False) -> ResolutionRecord:
    record = resolutions.load(session, resolution_number(resolution_id), lock=lock)
    if record is None:
        raise NotFound(f"There is no resolution {resolution_id}.")
    return record


def _lines(session: Session, records: Sequence[ResolutionRecord]) -> tuple[ResolutionLine, ...]:
    tracks = suggestions.track_records(session, [record.number for record in records])
    waiting = reviews.waiting(session, tracks)
    return tuple(_line(record, tracks[record.number], record.number in waiting) for record in records)


def _line(record: ResolutionRecord, track: TrackRecord, needs_review: bool) -> ResolutionLine:
    resolution = record.resolution
    return ResolutionLine(
        id=resolution.id,
        version=resolution.version,
        title=resolution.content.title,
        product_area=resolution.content.product_area,
        confidence=resolution.confidence.value,
        audience=resolution.audience.value,
        governance=resolution.governance.value,
        reused=track.reused,
        fix_kind=resolution.content.fix_kind,
        needs_review=needs_review,
        updated_at=record.updated_at,
    )
