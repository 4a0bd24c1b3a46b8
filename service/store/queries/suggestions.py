"""What triage was shown, what it said about it, and how resolutions fared."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

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
    actor_id: int | None,
    now: datetime,
) -> int:
    row = SuggestionRow(
        ticket_id=ticket_id,
        query=dict(query),
        verdict=verdict,
        degraded=list(degraded),
        answer=dict(answer),
        model_id=model_id,
        actor_id=actor_id,
        at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def load(session: Session, number: int) -> SuggestionRecord | None:
    row = session.get(SuggestionRow, number)
    if row is None or row.id is None:
        return None
    given = [*row.answer.get("suggestions", ()), *row.answer.get("near_misses", ())]
    return SuggestionRecord(row.id, row.ticket_id, row.query, tuple(item["resolution_id"] for item in given))


def add_outcome(
    session: Session,
    suggestion_id: int,
    resolution_number: int,
    outcome: Outcome,
    ticket_id: int | None,
    actor: tuple[int | None, str],
    now: datetime,
) -> None:
    session.add(
        SuggestionOutcomeRow(
            suggestion_id=suggestion_id,
            resolution_id=resolution_number,
            outcome=outcome.value,
            ticket_id=ticket_id,
            actor_id=actor[0],
            actor_name=actor[1],
            at=now,
        )
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
    session.exec(update(ResolutionRow).where(col(ResolutionRow.id).in_(numbers)).values(shown=ResolutionRow.shown + 1))


def track_records(session: Session, numbers: Iterable[int]) -> dict[int, TrackRecord]:
    """How each of the resolutions fared. A reuse held where its ticket is closed and was not called wrong."""
    wanted = list(numbers)
    if not wanted:
        return {}
    rows = session.exec(
        select(ReuseRow.resolution_id, ReuseRow.outcome, TicketRow.status, func.count())
        .where(col(ReuseRow.resolution_id).in_(wanted), ReuseRow.kind != "source", TicketRow.id == ReuseRow.ticket_id)
        .group_by(col(ReuseRow.resolution_id), col(ReuseRow.outcome), col(TicketRow.status))
    ).all()
    counts = {number: {"reused": 0, "held": 0, "failed": 0, "open": 0} for number in wanted}
    for number, outcome, status, times in rows:
        if outcome == Outcome.NOT_RELEVANT:
            continue
        tally = counts[number]
        tally["reused"] += times
        failed = outcome == Outcome.WRONG
        tally["failed" if failed else "held" if status == "closed" else "open"] += times
    shown = dict(
        session.exec(select(ResolutionRow.id, ResolutionRow.shown).where(col(ResolutionRow.id).in_(wanted))).all()
    )
    return {number: TrackRecord(shown=shown.get(number, 0), **tally) for number, tally in counts.items()}


def count_by_verdict(session: Session) -> dict[str, int]:
    return dict(session.exec(select(SuggestionRow.verdict, func.count()).group_by(SuggestionRow.verdict)).all())
