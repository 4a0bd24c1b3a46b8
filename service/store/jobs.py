"""The queue of background work, in the same database as the work's own data, so that both commit together.

A job is claimed under a lease and finished inside the transaction that holds its effect. Whoever lost the lease
meanwhile finds the fence moved and is rolled back: each effect is applied once, whatever dies when. Times are the
caller's clock; a clock that is wrong by less than the lease costs nothing but waiting.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Executable, and_, bindparam, case, delete, exists, func, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from pipelines.domain.errors import Conflict
from service.store.engine import Database
from service.store.tables.columns import UtcDateTime, table_of
from service.store.tables.jobs import JobRow, JobState

MOST_FAILURES = 5
MOST_LOST_LEASES = 10
_FIRST_RETRY = timedelta(seconds=5)
_LAST_RETRY = timedelta(minutes=30)
_JOBS = table_of(JobRow)


class LostLease(Conflict):
    """The job was taken from this worker, which did not renew its lease in time; its effect must be rolled back."""

    code = "lost_lease"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job in a worker's hands. `attempt` is the fence; `failures` counts the attempts that failed before."""

    id: int
    kind: str
    subject: str
    attempt: int
    failures: int


def enqueue(
    session: Session,
    kind: str,
    subject: str,
    dedupe_key: str | None = None,
    run_at: datetime | None = None,
    priority: int = 0,
) -> int:
    """Queue a job within the caller's transaction and return its id; higher `priority` goes first.

    A job with the same key that has not started absorbs it, and keeps the earlier time and the higher priority.
    """
    now = datetime.now(UTC)
    columns = {"kind": kind, "subject": subject, "dedupe_key": dedupe_key, "state": JobState.QUEUED.value}
    counters = {"precedence": -priority, "attempt": 0, "failures": 0, "lost_leases": 0}
    times = {"run_at": run_at or now, "enqueued_at": now}
    dialect = session.connection().dialect.name
    insert: Any = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(_JOBS)
    new = insert.values(columns | counters | times)
    # An update, not "do nothing": it locks the waiting job until this transaction ends, so that no worker starts it
    # and misses the very data for which it is queued again.
    absorbed = new.on_conflict_do_update(
        index_elements=["dedupe_key"],
        # A literal: PostgreSQL cannot match a bound value with the index once the statement is prepared.
        index_where=text("state = 'queued'"),
        set_={
            "run_at": case((new.excluded.run_at < _JOBS.c.run_at, new.excluded.run_at), else_=_JOBS.c.run_at),
            "precedence": case(
                (new.excluded.precedence < _JOBS.c.precedence, new.excluded.precedence), else_=_JOBS.c.precedence
            ),
        },
    )
    return cast("int", session.execute(absorbed.returning(_JOBS.c.id)).scalar_one())


def claim(
    db: Database, kinds: Sequence[str], worker: str, lease_seconds: float, now: datetime | None = None
) -> Claimed | None:
    """The next due job of these kinds, now leased to this worker; None where there is none.

    Two jobs of one dedupe key never run at once. A job whose lease ran out is taken over; one that keeps losing its
    worker is dead.
    """
    due = now or datetime.now(UTC)
    asked = {"due": due, "kinds": list(kinds)}
    claiming = asked | {"claimant": worker, "until": due + timedelta(seconds=lease_seconds)}
    while True:
        with db.read() as session:  # an idle worker never waits for SQLite's write lock
            if not session.execute(_ANY_DUE, asked).scalar():
                return None
        with db.write() as session:
            row = session.execute(_CLAIM, claiming).one_or_none()
        if row is None:
            return None
        if row.state == JobState.RUNNING.value:
            return Claimed(row.id, row.kind, row.subject, row.attempt, row.failures)


# The statements of claiming are built once: building them takes longer than SQLite takes to run them.
_DUE = bindparam("due", type_=UtcDateTime())
_OF_KIND = _JOBS.c.kind.in_(bindparam("kinds", expanding=True))


def _abandoned() -> Any:
    """The running job whose lease ran out first."""
    return (
        select(_JOBS.c.id)
        .where(_JOBS.c.state == JobState.RUNNING.value, _JOBS.c.lease_until <= _DUE, _OF_KIND)
        .order_by(_JOBS.c.lease_until)
        .limit(1)
        .correlate(None)
    )


def _waiting() -> Any:
    """The waiting job that is next, passing over those whose key is running: it would run beside it."""
    other = _JOBS.alias()
    key_is_running = exists().where(
        other.c.dedupe_key == _JOBS.c.dedupe_key, other.c.state == JobState.RUNNING.value, other.c.lease_until > _DUE
    )
    return (
        select(_JOBS.c.id)
        .where(_JOBS.c.state == JobState.QUEUED.value, _JOBS.c.run_at <= _DUE, _OF_KIND, ~key_is_running)
        .order_by(_JOBS.c.precedence, _JOBS.c.run_at, _JOBS.c.id)
        .limit(1)
        .correlate(None)
    )


def _claiming() -> Executable:
    # In the order they are tried: the second is looked for only where the first finds nothing.
    locked = [found.with_for_update(skip_locked=True).scalar_subquery() for found in (_abandoned(), _waiting())]
    was_running = _JOBS.c.state == JobState.RUNNING.value
    worn_out = and_(was_running, _JOBS.c.lost_leases + 1 >= MOST_LOST_LEASES)
    return (
        update(_JOBS)
        .where(_JOBS.c.id == func.coalesce(*locked))
        .values(
            state=case((worn_out, JobState.DEAD.value), else_=JobState.RUNNING.value),
            error_code=case((worn_out, "worker_lost"), else_=_JOBS.c.error_code),
            finished_at=case((worn_out, _DUE), else_=None),
            attempt=_JOBS.c.attempt + 1,
            lost_leases=_JOBS.c.lost_leases + case((was_running, 1), else_=0),
            worker=bindparam("claimant"),
            lease_until=bindparam("until", type_=UtcDateTime()),
            started_at=_DUE,
        )
        .returning(_JOBS.c.id, _JOBS.c.kind, _JOBS.c.subject, _JOBS.c.attempt, _JOBS.c.failures, _JOBS.c.state)
    )


_ANY_DUE = select(or_(_abandoned().exists(), _waiting().exists()))
_CLAIM = _claiming()


def heartbeat(session: Session, claimed: Claimed, lease_seconds: float) -> None:
    """Renew the lease from now. Raises LostLease."""
    _move(session, claimed, lease_until=datetime.now(UTC) + timedelta(seconds=lease_seconds))


def complete(session: Session, claimed: Claimed) -> None:
    """Finish a job in the transaction that holds its effect. Raises LostLease, and then nothing of it may commit."""
    _move(session, claimed, state=JobState.DONE.value, finished_at=datetime.now(UTC), lease_until=None, error_code=None)


def fail(session: Session, claimed: Claimed, error_code: str, retry_in: timedelta | None) -> JobState:
    """Note that an attempt failed, and return what became of the job: queued again, absorbed, or dead.

    `retry_in` is usually `backoff(claimed)`, or what the failing service asked for; None, or one failure too many,
    makes the job dead. Raises LostLease.
    """
    failures = claimed.failures + 1
    if retry_in is None or failures >= MOST_FAILURES:
        now = datetime.now(UTC)
        _move(
            session,
            claimed,
            state=JobState.DEAD.value,
            failures=failures,
            error_code=error_code,
            finished_at=now,
            lease_until=None,
        )
        return JobState.DEAD
    return _requeue(session, claimed, failures=failures, error_code=error_code, run_at=datetime.now(UTC) + retry_in)


def backoff(claimed: Claimed) -> timedelta:
    """How long to wait after this attempt failed: 5 seconds, four times as long each time, half an hour at most."""
    return min(_FIRST_RETRY * math.pow(4, claimed.failures), _LAST_RETRY)


def release(session: Session, claimed: Claimed) -> JobState:
    """Give a job back unfinished, as at shutdown: it is due at once and no failure is counted. Raises LostLease."""
    return _requeue(session, claimed)


def end_leases(session: Session) -> int:
    """Let the jobs in hand be taken over at once, by whoever knows that their workers are gone; returns how many."""
    in_hand = update(_JOBS).where(_JOBS.c.state == JobState.RUNNING.value)
    return _changed(session, in_hand.values(lease_until=datetime.now(UTC)))


def _requeue(session: Session, claimed: Claimed, **values: Any) -> JobState:
    given_back = {"lease_until": None, "worker": None}
    try:
        with session.begin_nested():
            _move(session, claimed, state=JobState.QUEUED.value, **given_back, **values)
    except IntegrityError:  # a job of the same key was queued meanwhile, and does this one's work
        now = datetime.now(UTC)
        _move(session, claimed, state=JobState.ABSORBED.value, finished_at=now, **given_back)
        return JobState.ABSORBED
    return JobState.QUEUED


def _move(session: Session, claimed: Claimed, **values: Any) -> None:
    """Change a job if it is still this worker's. Raises LostLease."""
    ours = (
        _JOBS.c.id == claimed.id,
        _JOBS.c.attempt == claimed.attempt,
        _JOBS.c.state == JobState.RUNNING.value,
    )
    if _changed(session, update(_JOBS).where(*ours).values(**values)) != 1:
        raise LostLease(f"job {claimed.id} ({claimed.kind}) is no longer held by attempt {claimed.attempt}")


def retry_dead(session: Session, kind: str | None = None, job_id: int | None = None) -> int:
    """Queue dead jobs anew, all, those of a kind, or one; returns how many. A key that is queued already stays dead."""
    other = _JOBS.alias()
    later_twin = exists().where(
        other.c.dedupe_key == _JOBS.c.dedupe_key,
        or_(
            other.c.state == JobState.QUEUED.value,
            and_(other.c.state == JobState.DEAD.value, other.c.id > _JOBS.c.id),
        ),
    )
    statement = update(_JOBS).where(_JOBS.c.state == JobState.DEAD.value, ~later_twin)
    if kind is not None:
        statement = statement.where(_JOBS.c.kind == kind)
    if job_id is not None:
        statement = statement.where(_JOBS.c.id == job_id)
    anew = {"failures": 0, "lost_leases": 0, "finished_at": None, "lease_until": None, "worker": None}
    now = datetime.now(UTC)
    return _changed(session, statement.values(state=JobState.QUEUED.value, run_at=now, **anew))


def count_jobs(session: Session) -> dict[tuple[str, JobState], int]:
    """How many jobs there are of each kind in each state."""
    rows = session.execute(select(_JOBS.c.kind, _JOBS.c.state, func.count()).group_by(_JOBS.c.kind, _JOBS.c.state))
    return {(kind, JobState(state)): number for kind, state, number in rows}


def prune_jobs(session: Session, finished_before: datetime) -> int:
    """Delete jobs that were done or absorbed before a time; the dead stay. Returns how many."""
    over = (JobState.DONE.value, JobState.ABSORBED.value)
    statement = delete(_JOBS).where(_JOBS.c.state.in_(over), _JOBS.c.finished_at < finished_before)
    return _changed(session, statement)


def _changed(session: Session, statement: Executable) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
