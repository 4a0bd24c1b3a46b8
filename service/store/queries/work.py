"""What the queue holds, for those who look after it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from service.store.tables import JobRow, JobState

WORKER_LOST = "worker_lost"
"""The error code that service.store.jobs gives a job that lost its worker once too often."""


class DeadJob(NamedTuple):
    id: int
    kind: str
    subject: str
    error_code: str | None
    failures: int
    finished_at: datetime | None


def finish_queued(session: Session, dedupe_key: str) -> None:
    """The work of a job that waits was done in another way, in the caller's transaction."""
    session.exec(
        update(JobRow)
        .where(col(JobRow.dedupe_key) == dedupe_key, col(JobRow.state) == JobState.QUEUED.value)
        .values(state=JobState.DONE.value, finished_at=datetime.now(UTC))
    )


def waiting_until(session: Session, dedupe_key: str) -> datetime | None:
    """When the waiting job of a key is due; None where none waits."""
    return session.exec(
        select(JobRow.run_at).where(JobRow.dedupe_key == dedupe_key, JobRow.state == JobState.QUEUED.value)
    ).one_or_none()


def under_way(session: Session, kind: str, now: datetime) -> bool:
    """Whether a job of the kind is worked on, or due."""
    waits = (col(JobRow.state) == JobState.QUEUED.value) & (col(JobRow.run_at) <= now)
    statement = select(JobRow.id).where(JobRow.kind == kind, (col(JobRow.state) == JobState.RUNNING.value) | waits)
    return session.exec(statement.limit(1)).one_or_none() is not None


def dead(session: Session, limit: int = 20) -> list[DeadJob]:
    """Jobs that were given up, newest first."""
    rows = session.exec(
        select(JobRow).where(JobRow.state == JobState.DEAD.value).order_by(col(JobRow.id).desc()).limit(limit)
    )
    return [_dead(row) for row in rows]


def _dead(row: JobRow) -> DeadJob:
    return DeadJob(row.id or 0, row.kind, row.subject, row.error_code, row.failures, row.finished_at)


def lost(session: Session, kinds: Sequence[str]) -> bool:
    """Whether a job of these kinds died of losing its workers, and nobody has said so yet."""
    return session.exec(select(JobRow.id).where(*_lost(kinds)).limit(1)).one_or_none() is not None


def take_lost(session: Session, kinds: Sequence[str]) -> list[DeadJob]:
    """Those jobs, each to one caller alone: they lose the name of the worker that they had."""
    rows = session.exec(select(JobRow).where(*_lost(kinds)).order_by(col(JobRow.id)).with_for_update(skip_locked=True))
    found = rows.all()
    for row in found:
        row.worker = None
        session.add(row)
    return [_dead(row) for row in found]


def _lost(kinds: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        col(JobRow.state) == JobState.DEAD.value,
        col(JobRow.error_code) == WORKER_LOST,
        col(JobRow.worker).is_not(None),
        col(JobRow.kind).in_(list(kinds)),
    )


def next_due(session: Session) -> datetime | None:
    """When the next waiting job is due; None where none waits."""
    return session.exec(
        select(JobRow.run_at).where(JobRow.state == JobState.QUEUED.value).order_by(col(JobRow.run_at)).limit(1)
    ).one_or_none()
