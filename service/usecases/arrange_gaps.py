"""Merges and splits gaps by hand, and puts questions that stand alone into one.

All of it holds in every later report; the newest snapshot itself never changes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import InvalidInput, ModelMismatch, NotFound, Unavailable
from pipelines.domain.gaps import GapEventKind, GapType
from pipelines.domain.storable import require_storable
from pipelines.domain.tickets import TicketKey
from pipelines.gaps.identity import ByHand
from service.store.ids import gap_name, gap_number
from service.store.queries import gap_events, gaps, tickets
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.change_gaps import PERSON
from service.usecases.rebuild_gaps import put_off, rebuild
from service.usecases.services import Services
from service.usecases.single_questions import search_number

log = structlog.get_logger(__name__)


class Arranged(NamedTuple):
    """What a merge or a split led to. `report_follows`: it holds, and a worker rebuilds the report on it."""

    gap: str
    report_follows: bool


def merge_gap(services: Services, gap_id: str, into: str, actor: Actor) -> Arranged:
    """Make one gap part of another and rebuild the report; says which gap is left.

    Raises NotFound, and InvalidInput where both are one gap already.
    """
    with services.db.write() as session:
        number, target = _number(session, gap_id), _number(session, into)
        merged = gaps.merged(session)
        target = ByHand(merged=merged).stands_for(target)
        if target == number or number in merged:
            raise InvalidInput(f"{gap_id} and {into} are one gap already.")
        now = clock.now()
        gaps.merge(session, number, target, now)
        gap_events.add(session, number, GapEventKind.MERGED, actor.name, now, what=gap_name(target))
        gap_events.add(session, target, GapEventKind.MERGED, actor.name, now, what=gap_id)
    log.info("gap.merged", gap=gap_id, into=gap_name(target), by=actor.id)
    return Arranged(gap_name(target), not _rebuilt(services))


def split_gap(services: Services, gap_id: str, keys: Sequence[str], title: str, actor: Actor) -> Arranged:
    """Put some of a gap's tickets into a gap of their own and rebuild the report; says which gap is new.

    The others stay where they are, by hand too, so that the next report does not bring them together again. Raises
    NotFound, and InvalidInput for no title, for tickets the gap does not have, and where none would stay.
    """
    name = _title(title)
    with services.db.write() as session:
        number = _number(session, gap_id)
        members = _members(session, gap_id)
        moved = set(keys)
        if not moved or not moved <= members or moved == members:
            raise InvalidInput(f"Choose some of the tickets of {gap_id}, and leave it at least one.")
        now = clock.now()
        new = gaps.add(session, name, GapType.MISSING.value, None, None, now, named_by=PERSON)
        gap_events.add(session, new, GapEventKind.CREATED, actor.name, now, what=gap_id)
        gap_events.add(session, number, GapEventKind.SPLIT, actor.name, now, what=gap_name(new))
        gaps.pin(session, _ids(session, moved), new, actor.name, now)
        gaps.pin(session, _ids(session, members - moved), number, actor.name, now)
    log.info("gap.split", gap=gap_id, new=gap_name(new), tickets=len(moved), by=actor.id)
    return Arranged(gap_name(new), not _rebuilt(services))


def put_into_gap(services: Services, gap_id: str, keys: Sequence[str], actor: Actor) -> Arranged:
    """Put tickets that stand alone into a gap and rebuild the report; says which gap has them.

    Raises NotFound, and InvalidInput for what does not stand alone.
    """
    with services.db.write() as session:
        number = _number(session, gap_id)
        moved = _alone(session, keys)
        number = ByHand(merged=gaps.merged(session)).stands_for(number)
        now = clock.now()
        gaps.pin(session, _ids(session, moved), number, actor.name, now)
        gap_events.add(session, number, GapEventKind.ADDED, actor.name, now, what=str(len(moved)))
    log.info("gap.added", gap=gap_name(number), tickets=len(moved), by=actor.id)
    return Arranged(gap_name(number), not _rebuilt(services))


def start_gap(services: Services, keys: Sequence[str], title: str, actor: Actor) -> Arranged:
    """Make a gap of tickets that stand alone and rebuild the report; says which gap is new.

    Raises InvalidInput for no title, and for what does not stand alone.
    """
    name = _title(title)
    with services.db.write() as session:
        moved = _alone(session, keys)
        now = clock.now()
        new = gaps.add(session, name, GapType.MISSING.value, None, None, now, named_by=PERSON)
        gap_events.add(session, new, GapEventKind.CREATED, actor.name, now)
        gap_events.add(session, new, GapEventKind.ADDED, actor.name, now, what=str(len(moved)))
        gaps.pin(session, _ids(session, moved), new, actor.name, now)
    log.info("gap.started", gap=gap_name(new), tickets=len(moved), by=actor.id)
    return Arranged(gap_name(new), not _rebuilt(services))


def _alone(session: Session, keys: Sequence[str]) -> set[str]:
    """The tickets, where all of them stand alone in the newest report."""
    latest = gaps.latest_report(session)
    known = set(latest.report.get("singles", ())) if latest else set()
    chosen = set(keys)
    if not chosen:
        raise InvalidInput("Choose at least one ticket.")
    if any(search_number(key) is not None for key in chosen):
        raise InvalidInput("A search belongs to nobody's ticket and cannot be put into a gap by hand; choose tickets.")
    if other := sorted(chosen - known):
        raise InvalidInput(f"{other[0][:300]} does not stand alone in the newest report.")
    return chosen


def _title(given: str) -> str:
    require_storable(given, "title")
    if not given.strip():
        raise InvalidInput("Give the new gap a title.")
    return Redactor().redact_text(given.strip())


def _rebuilt(services: Services) -> bool:
    """Build the report on what was decided just now; a worker does where it cannot be built now.

    What was decided is committed, so nothing that goes wrong here may look as if it were not.
    """
    try:
        return rebuild(services)
    except (Unavailable, ModelMismatch) as error:
        log.warning("gaps.report_put_off", error=error.code)
    except Exception:
        log.exception("gaps.report_put_off")
    put_off(services)
    return False


def _number(session: Session, gap_id: str) -> int:
    number = gap_number(gap_id)
    if gaps.load(session, number) is None:
        raise NotFound(f"There is no gap {gap_id}.")
    return number


def _members(session: Session, gap_id: str) -> set[str]:
    """The tickets that the newest report has in a gap."""
    latest = gaps.latest_report(session)
    listed = latest.report["gaps"] if latest else ()
    return {key for gap in listed if gap["id"] == gap_id for key in gap["tickets"]}


def _ids(session: Session, keys: set[str]) -> list[int]:
    found = (tickets.number_of(session, TicketKey.parse(key)) for key in sorted(keys))
    return [number for number in found if number is not None]
