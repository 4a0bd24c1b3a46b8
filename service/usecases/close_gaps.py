"""Closes gaps: a resolution or an article is named as the answer, and from then on the gap is watched."""

from datetime import datetime

import structlog

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import ANSWERED, GapEventKind, GapStatus
from service.store.engine import Database
from service.store.ids import article_number, gap_name, gap_number, resolution_number
from service.store.queries import articles, gap_events, gaps, resolutions
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.article_candidates import served_articles
from service.usecases.read_gaps import gap_view
from service.usecases.views_gaps import GapView

log = structlog.get_logger(__name__)


def close_gap(db: Database, gap_id: str, by: str, actor: Actor) -> GapView:
    """Name the resolution (`R-12`) or the article (`A-3`) that answers a gap.

    Raises NotFound for no such gap, InvalidInput for a record that there is not, or that nobody is served.
    """
    with db.write() as session:
        number = gap_number(gap_id)
        if gaps.load(session, number) is None:
            raise NotFound(f"There is no gap {gap_id}.")
        close_gap_in(session, number, require_served(session, by), actor.name, clock.now())
        return gap_view(session, gap_id)


def close_gap_in(session: Session, gap_number: int, by: str, actor_name: str, now: datetime) -> None:
    """The same within the caller's transaction, who vouches for the record.

    A gap that is part of another closes that one. Closing it again by the same record changes nothing; by another one
    the watch starts anew. Raises NotFound.
    """
    record = gaps.load(session, gap_number, lock=True)
    while record is not None and record.merged_into is not None:
        record = gaps.load(session, record.merged_into, lock=True)
    if record is None:
        raise NotFound(f"There is no gap {gap_name(gap_number)}.")
    if GapStatus(record.status) in ANSWERED and record.closed_by == by:
        return
    values = {"status": GapStatus.CLOSED.value, "closed_by": by, "closed_at": now}
    gaps.change(session, record.id, values, now)
    gap_events.add(session, record.id, GapEventKind.CLOSED, actor_name, now, what=by)
    session.flush()
    log.info("gap.closed", gap=gap_name(record.id), by=by)


def close_by_other_in(session: Session, by: str, other: str, actor_name: str, now: datetime, why: str) -> None:
    """Within the caller's transaction: the gaps that one record closed are closed by another, which took it over.

    Since when they are closed stays, and with it what was seen of their demand.
    """
    for number in gaps.closed_by(session, by):
        record = gaps.load(session, number, lock=True)
        if record is None or record.closed_by != by:
            continue
        gaps.change(session, number, {"closed_by": other}, now)
        gap_events.add(session, number, GapEventKind.CLOSED, actor_name, now, what=other, why=why)


def require_served(session: Session, by: str) -> str:
    """The record's name, where it exists and is served. Raises InvalidInput."""
    name = by.strip().upper()
    try:
        why_not = why_not_served(session, name)
    except NotFound as error:
        raise InvalidInput(f"{by[:40]!r} names no record; name the one that answers, as R-12 or A-3.") from error
    if why_not:
        raise InvalidInput(why_not)
    return name


def why_not_served(session: Session, name: str) -> str:
    """Why nobody is served a record; empty where somebody is. Raises NotFound for what names no record."""
    return (_no_article if name.startswith("A-") else _no_resolution)(session, name)


def _no_resolution(session: Session, name: str) -> str:
    """Why a resolution answers nobody; empty where it does."""
    found = resolutions.load(session, resolution_number(name))
    if found is None:
        return f"There is no resolution {name}."
    return "" if found.resolution.served else f"Nobody is served {name}: it is archived, or says no answer."


def _no_article(session: Session, name: str) -> str:
    number = article_number(name)
    if articles.load(session, number) is None:
        return f"There is no article {name}."
    if not articles.published(session, numbers=[number]):
        return f"Nobody is served {name}: it is not published."
    return "" if served_articles(session, [name]).records else f"Nobody is served {name}: it says no answer."
