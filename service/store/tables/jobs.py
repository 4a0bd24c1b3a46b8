"""The queue: what remains to be done, kept beside the data it is about."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field

from service.store.tables.columns import Row, UtcDateTime


class JobState(StrEnum):
    """`absorbed`: another job of the same key, not yet started, does the work. `dead`: given up, for people to see."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    ABSORBED = "absorbed"
    DEAD = "dead"


class JobRow(Row, table=True):
    """One piece of work. The payload is `subject`, an id, so that erasing data leaves nothing behind here.

    `attempt` counts claims and is the fence: whoever holds an older number may not finish the job. `failures` and
    `lost_leases` count how attempts ended; a shutdown that gave the job back counts as neither. `precedence` is the
    priority negated, so that one plain index holds the order in which jobs are claimed.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_queued_key",
            "dedupe_key",
            unique=True,
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index(
            "ix_job_running",
            "dedupe_key",
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        Index("ix_job_due", "state", "precedence", "run_at", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    subject: str
    dedupe_key: str | None = None
    state: str = JobState.QUEUED.value
    precedence: int = 0
    run_at: datetime = Field(sa_type=UtcDateTime)
    attempt: int = 0
    failures: int = 0
    lost_leases: int = 0
    worker: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error_code: str | None = None
    enqueued_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
