"""Contradictions between resolutions: looked for whenever a record changes, listed for whoever keeps the knowledge,
and settled on the record.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.contradictions import Settled, Settlement, unsettled_contradiction
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import Conflict, InvalidInput, NotFound
from pipelines.domain.recurrences import DedupeVerdict
from pipelines.domain.resolutions import Confidence, Resolution
from service.store import jobs
from service.store.engine import Database
from service.store.ids import contradiction_name, contradiction_number, draft_name, resolution_name, resolution_number
from service.store.queries import contradictions, resolutions
from service.store.queries.contradictions import ContradictionRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.dedupe import alike
from service.usecases.index import queue_index
from service.usecases.queue import page_size, read_cursor
from service.usecases.reopen_gaps import reopen_gaps_of
from service.usecases.services import Services
from service.usecases.usable import require_usable
from service.usecases.views import ContradictionView, Page, Side

COMPARE_JOB = "compare"
_FOUND_BY = "system"

log = structlog.get_logger(__name__)


def queue_compare(session: Session, number: int) -> None:
    """Have a changed resolution compared with the others."""
    jobs.enqueue(session, COMPARE_JOB, str(number), dedupe_key=f"{COMPARE_JOB}:{number}", priority=0)


def compare_resolution(services: Services, claimed: jobs.Claimed) -> None:
    """The `compare` job: open what contradicts the resolution as it stands now, and end what no longer does."""
    number = int(claimed.subject)
    with services.db.read() as session:
        record = resolutions.load(session, number)
        open_ones = [c for c in contradictions.of_resolution(session, number) if c.settlement is None]
    resolution = record.resolution if record is not None else None
    against: set[int] = set()
    if resolution is not None and resolution.served:
        partners = [resolution_name(_partner(c, number)) for c in open_ones]
        against = _contradicted(services, resolution, partners)
    now = clock.now()
    with services.db.write() as session:
        jobs.complete(session, claimed)
        opened = [contradictions.found(session, number, other, now) for other in sorted(against)]
        for one in open_ones:
            if _partner(one, number) not in against:
                contradictions.settle(session, one.number, Settlement.GONE, None, _FOUND_BY, now)
    if any(opened):
        log.info("contradictions.found", resolution=number, found=sum(one is not None for one in opened))


def _contradicted(services: Services, resolution: Resolution, also: Sequence[str]) -> set[int]:
    found = alike(services, resolution.content, but=resolution.id, also=also)
    return {resolution_number(one.resolution_id) for one in found if one.verdict is DedupeVerdict.CONTRADICTS}


def _partner(record: ContradictionRecord, number: int) -> int:
    other = record.other if record.other is not None else record.resolution
    return record.resolution if other == number else other


def unsettled_ones(settles: Sequence[Settled]) -> list[tuple[str, str]]:
    """The settlements that leave something open, as unsettled fields. Raises InvalidInput for an unusable text."""
    for settled in settles:
        require_usable("conditions", settled.conditions)
    found = ((settled.resolution_id, unsettled_contradiction(settled)) for settled in settles)
    return [("contradiction", f"{name}: {why}") for name, why in found if why]


def settle_while_confirming(
    db: Database,
    session: Session,
    number: int,
    settles: Sequence[Settled],
    unsettled: Sequence[int],
    redactor: Redactor,
    actor: Actor,
) -> None:
    """Keep what the agent decided on the resolutions that the new one, `number`, contradicts; the others stay open."""
    now = clock.now()
    for settled in settles:
        other = resolution_number(settled.resolution_id)
        if other == number:
            raise InvalidInput(f"{settled.resolution_id} is the record itself; it contradicts nothing.")
        _require(session, other)
        contradictions.found(session, number, other, now)
        record = contradictions.between(session, number, other)
        assert record is not None  # noqa: S101 - it was found just now
        if settled.how is Settlement.REPLACED:
            _replace(db, session, other, number, actor, now)
        conditions = redactor.redact_text(settled.conditions.strip()) or None
        contradictions.settle(session, record.number, settled.how, conditions, actor.name, now)
    for other in unsettled:
        if other != number:
            contradictions.found(session, number, other, now)


def settle_contradiction(
    db: Database,
    contradiction_id: str,
    how: Settlement,
    actor: Actor,
    *,
    conditions: str = "",
    holds: str | None = None,
) -> ContradictionView:
    """Settle an open contradiction of two resolutions: both hold under `conditions`, or `holds` replaces the other.

    Raises NotFound, InvalidInput, and Conflict where somebody has settled it.
    """
    require_usable("conditions", conditions)
    with db.write() as session:
        record = contradictions.load(session, contradiction_number(contradiction_id), lock=True)
        if record is None:
            raise NotFound(f"There is no contradiction {contradiction_id}.")
        if record.settlement is not None or record.other is None:
            raise Conflict(f"{contradiction_id} is settled already; open it to see how.")
        if why := unsettled_contradiction(
            Settled(resolution_id=resolution_name(record.resolution), how=how, conditions=conditions)
        ):
            raise InvalidInput(f"{contradiction_id}: {why}.")
        now = clock.now()
        if how is Settlement.REPLACED:
            pair = (record.resolution, record.other)
            kept = resolution_number(holds) if holds else None
            if kept not in pair:
                raise InvalidInput(f"Say which of {' and '.join(map(resolution_name, pair))} holds.")
            _replace(db, session, pair[0] if kept == pair[1] else pair[1], kept, actor, now)
        text = Redactor().redact_text(conditions.strip()) or None
        contradictions.settle(session, record.number, how, text, actor.name, now)
        settled = contradictions.load(session, record.number)
        assert settled is not None  # noqa: S101 - it is locked
        return contradiction_views(session, [settled])[0]


def _replace(db: Database, session: Session, number: int, by: int, actor: Actor, now: datetime) -> None:
    """Archive a resolution in favour of another, and say so in its history."""
    record = _require(session, number)
    resolution = record.resolution
    if resolution.confidence is not Confidence.ARCHIVED:
        why = replaced_by(by)
        archived = resolutions.revise(
            session, number, resolution.content, actor.name, why, now, confidence=Confidence.ARCHIVED
        )
        queue_index(db, session, archived)
        reopen_gaps_of(session, resolution.id, actor.name, now, why)
    contradictions.supersede(session, number, by)


def replaced_by(number: int) -> str:
    """What the history of a resolution says when this one, which gives another fix, took its place."""
    return f"replaced by {resolution_name(number)}, which gives another fix for the same condition"


def _require(session: Session, number: int) -> resolutions.ResolutionRecord:
    record = resolutions.load(session, number, lock=True)
    if record is None:
        raise NotFound(f"There is no resolution {resolution_name(number)}.")
    return record


def list_contradictions(
    db: Database, *, settled: bool = False, cursor: str | None = None, limit: int = 50
) -> Page[ContradictionView]:
    """A page of the open (or the settled) contradictions, newest first. Raises InvalidInput."""
    size = page_size(limit)
    with db.read() as session:
        found = contradictions.listed(session, settled=settled, before=read_cursor(cursor), limit=size + 1)
        views = contradiction_views(session, found[:size])
    return Page(items=tuple(views), next_cursor=str(found[size - 1].number) if len(found) > size else None)


def count_open(db: Database) -> int:
    with db.read() as session:
        return contradictions.count_open(session)


def contradiction_views(session: Session, records: Sequence[ContradictionRecord]) -> list[ContradictionView]:
    """With both sides as they stand now."""
    numbers = {n for record in records for n in (record.resolution, record.other) if n is not None}
    sides = {r.number: _side(r.resolution) for r in resolutions.load_many(session, numbers)}
    return [
        ContradictionView(
            id=contradiction_name(record.number),
            first=sides[record.resolution],
            second=sides[record.other] if record.other is not None else None,
            draft_id=draft_name(record.draft) if record.draft is not None else None,
            how=record.settlement,
            conditions=record.conditions,
            settled_by=record.settled_by,
            opened_at=record.opened_at,
            settled_at=record.settled_at,
        )
        for record in records
    ]


def _side(resolution: Resolution) -> Side:
    content = resolution.content
    return Side(
        resolution_id=resolution.id,
        title=content.title,
        root_cause=content.text(FieldName.ROOT_CAUSE),
        fix=content.text(FieldName.FIX),
        fix_kind=content.fix_kind,
        archived=resolution.confidence is Confidence.ARCHIVED,
    )
