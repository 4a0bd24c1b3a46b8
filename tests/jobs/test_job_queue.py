"""The queue: order, leases, fences, retries and keys."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from service.store.engine import Database
from service.store.jobs import (
    MOST_FAILURES,
    MOST_LOST_LEASES,
    Claimed,
    LostLease,
    backoff,
    claim,
    complete,
    count_jobs,
    enqueue,
    fail,
    heartbeat,
    prune_jobs,
    release,
    retry_dead,
)
from service.store.tables import AuditEventRow, JobRow, JobState

LEASE = 60.0
SOON = timedelta(seconds=5)


def later(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def put(database: Database, subject: str = "1", key: str | None = None, **other: object) -> int:
    with database.write() as session:
        return enqueue(session, "draft", subject, key, **other)  # type: ignore[arg-type]


def take(database: Database, now: datetime | None = None) -> Claimed | None:
    return claim(database, ["draft"], "w", LEASE, now or later(1))


def taken(database: Database, now: datetime | None = None) -> Claimed:
    found = take(database, now)
    assert found is not None
    return found


def finish(database: Database, claimed: Claimed) -> None:
    with database.write() as session:
        complete(session, claimed)


def failed(database: Database, claimed: Claimed, retry_in: timedelta | None = SOON) -> JobState:
    with database.write() as session:
        return fail(session, claimed, "summariser_failed", retry_in)


def states(database: Database) -> dict[JobState, int]:
    with database.read() as session:
        return {state: number for (_, state), number in count_jobs(session).items()}


def test_a_job_is_claimed_once_and_done_once(database: Database) -> None:
    put(database, "42")
    claimed = taken(database)
    assert ("draft", "42", 1) == (claimed.kind, claimed.subject, claimed.attempt)
    assert take(database) is None
    finish(database, claimed)
    assert {JobState.DONE: 1} == states(database)
    assert take(database, later(9999)) is None


def test_a_job_that_its_transaction_took_back_was_never_queued(database: Database) -> None:
    def interrupted() -> None:
        with database.write() as session:
            enqueue(session, "draft", "1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert {} == states(database)


def test_priority_goes_first_then_age(database: Database) -> None:
    for subject, priority in (("old", 0), ("new", 0), ("urgent", 5)):
        put(database, subject, priority=priority)
    assert ["urgent", "old", "new"] == [taken(database).subject for _ in range(3)]


def test_a_job_waits_for_its_time_and_for_a_worker_of_its_kind(database: Database) -> None:
    put(database, run_at=later(100))
    assert take(database) is None
    assert claim(database, ["index"], "w", LEASE, later(200)) is None
    assert take(database, later(101)) is not None


def test_a_waiting_job_absorbs_another_of_its_key_and_takes_the_earlier_time_and_higher_priority(
    database: Database,
) -> None:
    first = put(database, "1", "k", run_at=later(500), priority=3)
    assert first == put(database, "1", "k", run_at=later(-5), priority=1)
    assert first != put(database, "1", "other")
    assert {JobState.QUEUED: 2} == states(database)
    assert first == taken(database).id


def test_a_running_job_does_not_absorb_and_holds_back_the_next_of_its_key(database: Database) -> None:
    put(database, "1", "k")
    running = taken(database)
    second = put(database, "1", "k")
    assert take(database) is None

    finish(database, running)

    assert second == taken(database).id


def test_the_next_of_a_key_is_not_held_back_for_ever_by_a_lost_worker(database: Database) -> None:
    put(database, "1", "k")
    taken(database)
    put(database, "1", "k")
    assert {take(database, later(LEASE + 2)) is None} == {False}


def test_a_job_whose_lease_ran_out_is_taken_over_and_the_slow_worker_is_rolled_back(database: Database) -> None:
    put(database)
    slow = taken(database)
    fast = taken(database, later(LEASE + 2))
    assert (slow.id, 2) == (fast.id, fast.attempt)

    def finish_late() -> None:
        with database.write() as session:
            session.add(AuditEventRow(at=datetime.now(UTC), actor="slow", action="effect", subject="x"))
            complete(session, slow)

    with pytest.raises(LostLease):
        finish_late()
    finish(database, fast)

    with database.read() as session:
        assert [] == session.exec(select(AuditEventRow)).all()
    assert {JobState.DONE: 1} == states(database)


MOVES: dict[str, Callable[[Session, Claimed], object]] = {
    "heartbeat": lambda session, job: heartbeat(session, job, LEASE),
    "complete": complete,
    "fail": lambda session, job: fail(session, job, "x", None),
    "release": release,
}


@pytest.mark.parametrize("move", MOVES)
def test_nothing_can_be_done_with_a_lost_job(database: Database, move: str) -> None:
    put(database)
    lost = taken(database)
    taken(database, later(LEASE + 2))
    with pytest.raises(LostLease), database.write() as session:
        MOVES[move](session, lost)


def test_a_heartbeat_keeps_the_job(database: Database) -> None:
    put(database)
    claimed = taken(database)
    with database.write() as session:
        heartbeat(session, claimed, 1000)
    assert take(database, later(LEASE + 2)) is None


def test_a_failed_job_comes_back_after_its_wait_and_dies_after_too_many_failures(database: Database) -> None:
    put(database)
    for turn in range(1, MOST_FAILURES):
        assert JobState.QUEUED is failed(database, taken(database, later(10)))
        assert take(database) is None, turn
    assert JobState.DEAD is failed(database, taken(database, later(10)))
    with database.read() as session:
        row = session.exec(select(JobRow)).one()
    assert ("dead", "summariser_failed", MOST_FAILURES) == (row.state, row.error_code, row.failures)


def test_a_job_that_cannot_succeed_is_dead_at_once_and_can_be_retried_by_hand(database: Database) -> None:
    put(database, "1", "k")
    assert JobState.DEAD is failed(database, taken(database), None)
    assert take(database, later(9999)) is None
    with database.write() as session:
        assert (0, 1) == (retry_dead(session, "index"), retry_dead(session, "draft"))
    again = taken(database)
    assert 0 == again.failures


def test_of_dead_jobs_of_one_key_one_is_retried_and_none_beside_a_waiting_one(database: Database) -> None:
    for _ in range(2):
        put(database, "1", "k")
        failed(database, taken(database), None)
    with database.write() as session:
        assert (1, 0) == (retry_dead(session), retry_dead(session))
    assert {JobState.DEAD: 1, JobState.QUEUED: 1} == states(database)


def test_a_released_job_is_due_at_once_and_no_failure_is_counted(database: Database) -> None:
    put(database)
    claimed = taken(database)
    with database.write() as session:
        assert JobState.QUEUED is release(session, claimed)
    again = taken(database)
    assert (2, 0) == (again.attempt, again.failures)


@pytest.mark.parametrize("ending", ["fail", "release"])
def test_a_job_given_back_beside_a_waiting_one_of_its_key_is_absorbed(database: Database, ending: str) -> None:
    put(database, "1", "k")
    claimed = taken(database)
    waiting = put(database, "1", "k")
    with database.write() as session:
        ended = release(session, claimed) if ending == "release" else fail(session, claimed, "x", SOON)
    assert JobState.ABSORBED is ended
    assert waiting == taken(database).id
    assert take(database, later(9999)) is not None  # only the lease of the waiting one ran out


def test_a_job_that_keeps_losing_its_worker_is_dead(database: Database) -> None:
    put(database)
    for turn in range(MOST_LOST_LEASES):
        assert take(database, later(turn * (LEASE + 1) + 1)) is not None
    assert take(database, later((MOST_LOST_LEASES + 1) * (LEASE + 1))) is None
    with database.read() as session:
        row = session.exec(select(JobRow)).one()
    assert ("dead", "worker_lost") == (row.state, row.error_code)


def test_waits_grow_and_have_an_end() -> None:
    waits = [backoff(Claimed(1, "draft", "1", 1, failures)).total_seconds() for failures in range(8)]
    assert [5.0, 20.0, 80.0, 320.0, 1280.0, 1800.0, 1800.0, 1800.0] == waits


def test_old_finished_jobs_are_pruned_and_dead_ones_stay(database: Database) -> None:
    put(database)
    finish(database, taken(database))
    put(database)
    failed(database, taken(database), None)
    with database.write() as session:
        assert (0, 1) == (prune_jobs(session, later(-60)), prune_jobs(session, later(60)))
    assert {JobState.DEAD: 1} == states(database)


def test_many_workers_at_once_share_the_jobs_without_doubles(database: Database) -> None:
    with database.write() as session:
        for number in range(100):
            enqueue(session, "draft", str(number))

    def drain(_: int) -> list[str]:
        subjects = []
        while (claimed := take(database)) is not None:
            finish(database, claimed)
            subjects.append(claimed.subject)
        return subjects

    with ThreadPoolExecutor(8) as threads:
        done = [subject for subjects in threads.map(drain, range(8)) for subject in subjects]

    assert sorted(map(str, range(100))) == sorted(done)


def test_a_worker_never_starts_a_waiting_job_whose_newest_reason_is_not_committed(database: Database) -> None:
    put(database, "1", "k")
    seen: list[Claimed | None] = []
    with database.write() as session:
        enqueue(session, "draft", "1", "k")
        worker = threading.Thread(target=lambda: seen.append(take(database)))
        worker.start()
        worker.join(0.3)  # SQLite's worker waits for the lock; PostgreSQL's finds the job locked and skips it
        early = list(seen)
    worker.join()
    assert early in ([], [None])
    assert 1 == len([c for c in [*seen, take(database)] if c is not None])
