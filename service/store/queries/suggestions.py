"""What triage was shown, what it said about it, and how resolutions fared."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert
from sqlalchemy import select as grouped
from sqlmodel import Session, col, func, select, update

from pipelines.domain.gaps import DemandKind
from pipelines.domain.suggestions import Outcome, TrackRecord
from service.store.tables import (
    DemandSignalRow,
    ResolutionRow,
    ReuseRow,
    SuggestionOutcomeRow,
    SuggestionRow,
    TicketRow,
)
from service.store.tables.columns import table_of


class SuggestionRecord(NamedTuple):
    id: int
    ticket_id: int | None
    query: Mapping[str, Any]
    resolutions: tuple[str, ...]


def add(
    session: Session,
    *,
    ticket_id: int | None,
    query: Mapping[str, Any],
    verdict: str,
    degraded: Sequence[str],
    answer: Mapping[str, Any],
    model_id: str | None,
    ranking_id: str | None,
    actor_id: int | None,
    now: datetime,
) -> int:
    values = {
        "ticket_id": ticket_id,
        "query": dict(query),
        "verdict": verdict,
        "degraded": list(degraded),
        "answer": dict(answer),
        "model_id": model_id,
        "ranking_id": ranking_id,
        "actor_id": actor_id,
        "at": now,
    }
    made = session.connection().execute(_ADD, values)
    number: int = made.inserted_primary_key[0]  # type: ignore[index]
    return number


def load(session: Session, number: int) -> SuggestionRecord | None:
    row = session.get(SuggestionRow, number)
    if row is None or row.id is None:
        return None
    given = [*row.answer.get("suggestions", ()), *row.answer.get("near_misses", ())]
    return SuggestionRecord(row.id, row.ticket_id, row.query, tuple(item["resolution_id"] for item in given))


class GivenRecord(NamedTuple):
    """A kept answer with everything that was kept of it."""

    ticket: str | None
    query: Mapping[str, Any]
    verdict: str
    degraded: tuple[str, ...]
    answer: Mapping[str, Any]
    model_id: str | None
    ranking_id: str | None
    at: datetime
    outcomes: Mapping[int, str]
    """The latest outcome of each resolution, by its number."""


def given(session: Session, number: int) -> GivenRecord | None:
    row = session.get(SuggestionRow, number)
    if row is None:
        return None
    ticket = session.get(TicketRow, row.ticket_id) if row.ticket_id is not None else None
    said = session.exec(
        select(SuggestionOutcomeRow.resolution_id, SuggestionOutcomeRow.outcome)
        .where(SuggestionOutcomeRow.suggestion_id == number)
        .order_by(col(SuggestionOutcomeRow.id))
    )
    return GivenRecord(
        f"{ticket.source}/{ticket.external_id}" if ticket else None,
        row.query,
        row.verdict,
        tuple(row.degraded),
        row.answer,
        row.model_id,
        row.ranking_id,
        row.at,
        dict(said.all()),
    )


def add_signal(
    session: Session,
    kind: DemandKind,
    text: str,
    now: datetime,
    *,
    ticket_id: int | None = None,
    suggestion_id: int | None = None,
    product_area: str | None = None,
) -> None:
    """Keep a sign of missing knowledge. Without a ticket it carries no person."""
    session.add(
        DemandSignalRow(
            kind=kind.value,
            ticket_id=ticket_id,
            suggestion_id=suggestion_id,
            text=text,
            product_area=product_area,
            at=now,
        )
    )


def count_shown(session: Session, numbers: Sequence[int]) -> None:
    """Note that these were recommended to somebody. Being shown is no success."""
    session.connection().execute(_COUNT_SHOWN, {"numbers": list(numbers)})


def track_records(session: Session, numbers: Iterable[int]) -> dict[int, TrackRecord]:
    """How each of the resolutions fared. A reuse held where its ticket closed, was not called wrong and stayed away."""
    wanted = list(numbers)
    if not wanted:
        return {}
    shown = dict(
        session.exec(select(ResolutionRow.id, ResolutionRow.shown).where(col(ResolutionRow.id).in_(wanted))).all()
    )
    return fared(session, {number: shown.get(number, 0) for number in wanted})


def fared(session: Session, shown: Mapping[int, int]) -> dict[int, TrackRecord]:
    """The same for resolutions of which it is known already how often they were shown."""
    rows = session.connection().execute(_USES, {"numbers": list(shown)}).all() if shown else ()
    counts = {number: {"reused": 0, "held": 0, "failed": 0, "open": 0} for number in {row[0] for row in rows}}
    for number, outcome, status, came_back, times in rows:
        if outcome == Outcome.NOT_RELEVANT:
            continue
        tally = counts[number]
        tally["reused"] += times
        failed = outcome == Outcome.WRONG or came_back
        tally["failed" if failed else "held" if status == "closed" else "open"] += times
    return {
        number: TrackRecord(shown=times, **counts[number]) if number in counts else _never_used(times)
        for number, times in shown.items()
    }


@lru_cache(maxsize=1024)
def _never_used(shown: int) -> TrackRecord:
    return TrackRecord(shown=shown)


_ADD = insert(table_of(SuggestionRow))
_COUNT_SHOWN = (
    update(ResolutionRow)
    .where(col(ResolutionRow.id).in_(bindparam("numbers", expanding=True)))
    .values(shown=ResolutionRow.shown + 1)
)
_CAME_BACK = col(ReuseRow.came_back).is_not(None)
# Made once: every question counts the uses of dozens, and to put the statement together costs as much as to run it.
_USES = (
    grouped(col(ReuseRow.resolution_id), col(ReuseRow.outcome), col(TicketRow.status), _CAME_BACK, func.count())
    .where(col(ReuseRow.resolution_id).in_(bindparam("numbers", expanding=True)), col(ReuseRow.kind) != "source")
    .where(col(TicketRow.id) == col(ReuseRow.ticket_id))
    .group_by(col(ReuseRow.resolution_id), col(ReuseRow.outcome), col(TicketRow.status), _CAME_BACK)
)


def count_by_verdict(session: Session) -> dict[str, int]:
    return dict(session.exec(select(SuggestionRow.verdict, func.count()).group_by(SuggestionRow.verdict)).all())
