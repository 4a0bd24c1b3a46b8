"""Contradictions between resolutions: found, settled, listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, func, or_, select, update

from pipelines.domain.contradictions import Settlement
from pipelines.domain.resolutions import Confidence
from service.store.tables import ContradictionRow, ResolutionRow


class ContradictionRecord(NamedTuple):
    """`resolution` was there first; `other` is None where a draft was linked to it instead of becoming another."""

    number: int
    resolution: int
    other: int | None
    draft: int | None
    settlement: Settlement | None
    conditions: str | None
    settled_by: str | None
    opened_at: datetime
    settled_at: datetime | None


def found(session: Session, one: int, other: int, now: datetime) -> int | None:
    """Keep that two resolutions contradict one another; its number, None where that stood on record before."""
    first, second = sorted((one, other))
    known = session.exec(
        select(ContradictionRow.id).where(ContradictionRow.resolution_id == first, ContradictionRow.other_id == second)
    ).one_or_none()
    if known is not None:
        return None
    row = ContradictionRow(resolution_id=first, other_id=second, opened_at=now)
    session.add(row)
    session.flush()
    return row.id


def linked(session: Session, resolution: int, draft: int, actor: str, now: datetime) -> None:
    """Keep that a draft which contradicted a resolution was linked to it."""
    session.add(
        ContradictionRow(
            resolution_id=resolution,
            draft_id=draft,
            settlement=Settlement.LINKED.value,
            settled_by=actor,
            opened_at=now,
            settled_at=now,
        )
    )


def settle(session: Session, number: int, how: Settlement, conditions: str | None, actor: str, now: datetime) -> None:
    session.exec(
        update(ContradictionRow)
        .where(col(ContradictionRow.id) == number)
        .values(settlement=how.value, conditions=conditions, settled_by=actor, settled_at=now)
    )


def load(session: Session, number: int, *, lock: bool = False) -> ContradictionRecord | None:
    statement = select(ContradictionRow).where(ContradictionRow.id == number)
    row = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    return _record(row) if row else None


def between(session: Session, one: int, other: int) -> ContradictionRecord | None:
    first, second = sorted((one, other))
    statement = select(ContradictionRow).where(
        ContradictionRow.resolution_id == first, ContradictionRow.other_id == second
    )
    row = session.exec(statement).one_or_none()
    return _record(row) if row else None


def of_resolution(session: Session, number: int) -> list[ContradictionRecord]:
    """All that concern a resolution, the open ones first, then newest first."""
    either = or_(ContradictionRow.resolution_id == number, ContradictionRow.other_id == number)
    rows = session.exec(select(ContradictionRow).where(either).order_by(col(ContradictionRow.id).desc())).all()
    return sorted(map(_record, rows), key=lambda record: record.settlement is not None)


def listed(
    session: Session, *, settled: bool = False, before: int | None = None, limit: int = 50
) -> list[ContradictionRecord]:
    """The open or the settled ones, newest first, from below the number `before`."""
    statement = select(ContradictionRow).where(_settled() if settled else _open())
    if before is not None:
        statement = statement.where(col(ContradictionRow.id) < before)
    rows = session.exec(statement.order_by(col(ContradictionRow.id).desc()).limit(limit))
    return [_record(row) for row in rows]


def count_open(session: Session) -> int:
    return session.exec(select(func.count()).select_from(ContradictionRow).where(_open())).one()


def supersede(session: Session, number: int, by: int) -> None:
    """Point a resolution to the one that took its place."""
    session.exec(update(ResolutionRow).where(col(ResolutionRow.id) == number).values(superseded_by=by))


def not_superseded(session: Session, number: int) -> None:
    """A resolution is taken out of the archive: nothing stands in its place."""
    session.exec(update(ResolutionRow).where(col(ResolutionRow.id) == number).values(superseded_by=None))


def superseded_by(session: Session, number: int) -> int | None:
    return session.exec(select(ResolutionRow.superseded_by).where(ResolutionRow.id == number)).one_or_none()


def conditions_of(session: Session, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """What was written on contradictions of these resolutions."""
    either = or_(col(ContradictionRow.resolution_id).in_(numbers), col(ContradictionRow.other_id).in_(numbers))
    rows = session.exec(select(ContradictionRow).where(either, col(ContradictionRow.conditions).is_not(None)))
    return [(row.id, row.conditions) for row in rows if row.id is not None and row.conditions]


def rewrite_conditions(session: Session, number: int, text: str) -> None:
    """Put other words into what was written: only erasure does."""
    session.exec(update(ContradictionRow).where(col(ContradictionRow.id) == number).values(conditions=text))


def _open() -> ColumnElement[bool]:
    """Open, and neither of the two archived: what nobody is shown contradicts nothing."""
    archived = select(ResolutionRow.id).where(ResolutionRow.confidence == Confidence.ARCHIVED.value)
    return and_(
        col(ContradictionRow.settlement).is_(None),
        col(ContradictionRow.resolution_id).not_in(archived),
        col(ContradictionRow.other_id).not_in(archived),
    )


def _settled() -> ColumnElement[bool]:
    return col(ContradictionRow.settlement).is_not(None)


def _record(row: ContradictionRow) -> ContradictionRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    return ContradictionRecord(
        row.id,
        row.resolution_id,
        row.other_id,
        row.draft_id,
        Settlement(row.settlement) if row.settlement else None,
        row.conditions,
        row.settled_by,
        row.opened_at,
        row.settled_at,
    )
