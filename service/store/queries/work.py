"""What the queue holds, for those who look after it."""

from datetime import UTC, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select, update

from service.store.tables import JobRow, JobState


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


def dead(session: Session, limit: int = 20) -> list[DeadJob]:
    """Jobs that were given up, newest first."""
    rows = session.exec(
        select(JobRow).where(JobRow.state == JobState.DEAD.value).order_by(col(JobRow.id).desc()).limit(limit)
    )
    return [DeadJob(r.id or 0, r.kind, r.subject, r.error_code, r.failures, r.finished_at) for r in rows]


def next_due(session: Session) -> datetime | None:
    """When the next waiting job is due; None where none waits."""
    return session.exec(
        select(JobRow.run_at).where(JobRow.state == JobState.QUEUED.value).order_by(col(JobRow.run_at)).limit(1)
    ).one_or_none()
