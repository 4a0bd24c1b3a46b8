"""The worker: prompt, one job to one worker, nothing lost when it stops, is interrupted or is too slow."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pipelines.domain.errors import Conflict, SummariserFailed
from service.jobs import runner
from service.jobs.runner import Worker
from service.store import jobs
from service.store.engine import Database
from service.store.tables import JobState
from service.usecases.services import Services
from tests.web.installation import services_over

Work = Callable[[Services, jobs.Claimed], object]


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    return services_over(database, tmp_path, job_lease=5)


@pytest.fixture
def started() -> Iterator[list[Worker]]:
    """Workers to stop at the end, whatever the test came to."""
    found: list[Worker] = []
    yield found
    for worker in found:
        worker.stop(grace=5)


def does(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    """Jobs of the kind `probe` do this."""
    monkeypatch.setattr(runner, "WORK", {"probe": work})


def finish(services: Services, claimed: jobs.Claimed) -> None:
    with services.db.write() as session:
        jobs.complete(session, claimed)


def put(services: Services, *subjects: str) -> None:
    with services.db.write() as session:
        for subject in subjects:
            jobs.enqueue(session, "probe", subject)


def states(services: Services) -> dict[JobState, int]:
    with services.db.read() as session:
        return {state: number for (_, state), number in jobs.count_jobs(session).items()}


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def test_a_woken_worker_starts_at_once(
    services: Services, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own look at the queue would come in a minute."""
    monkeypatch.setattr(runner, "LOOK_EVERY", 60)
    does(monkeypatch, finish)
    worker = Worker(services)
    started.append(worker)
    worker.start()
    for turn in range(1, 21):
        put(services, str(turn))
        worker.wake()
        assert eventually(lambda turn=turn: states(services).get(JobState.DONE) == turn, 5), turn  # type: ignore[misc]


def test_a_wake_between_looking_and_waiting_is_not_missed(
    services: Services, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "LOOK_EVERY", 60)
    does(monkeypatch, finish)
    worker = Worker(services)
    looked = threading.Event()
    one = worker._one

    def look_and_be_woken_just_after() -> bool:
        worked = one()
        if not worked and not looked.is_set():
            put(services, "late")
            worker.wake()
            looked.set()
        return worked

    monkeypatch.setattr(worker, "_one", look_and_be_woken_just_after)
    started.append(worker)
    worker.start()
    assert eventually(lambda: states(services) == {JobState.DONE: 1})


def test_jobs_that_nobody_woke_it_for_are_found_by_looking(
    services: Services, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    does(monkeypatch, finish)
    worker = Worker(services)
    started.append(worker)
    worker.start()
    put(services, "1")
    assert eventually(lambda: states(services) == {JobState.DONE: 1})
    assert worker.alive


def test_two_workers_never_do_one_job_twice(
    services: Services, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def count(services: Services, claimed: jobs.Claimed) -> None:
        done.append(claimed.subject)
        finish(services, claimed)

    does(monkeypatch, count)
    subjects = [str(number) for number in range(60)]
    put(services, *subjects)
    for _ in range(2):
        worker = Worker(services)
        started.append(worker)
        worker.start()
    assert eventually(lambda: states(services) == {JobState.DONE: 60}, 30)
    assert sorted(subjects) == sorted(done)


def test_a_stop_waits_for_the_job_in_hand(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def slow(services: Services, claimed: jobs.Claimed) -> None:
        begun.set()
        time.sleep(0.3)
        finish(services, claimed)

    does(monkeypatch, slow)
    put(services, "1", "2")
    worker = Worker(services)
    worker.start()
    assert begun.wait(5)
    worker.stop(grace=10)
    assert {JobState.DONE: 1, JobState.QUEUED: 1} == states(services)
    assert not worker.alive


def test_a_job_that_takes_longer_than_the_grace_is_given_back_and_its_late_end_has_no_effect(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, end, ended = threading.Event(), threading.Event(), threading.Event()

    def stuck(services: Services, claimed: jobs.Claimed) -> None:
        begun.set()
        end.wait(10)
        try:
            finish(services, claimed)
        finally:
            ended.set()

    does(monkeypatch, stuck)
    put(services, "1")
    worker = Worker(services)
    worker.start()
    assert begun.wait(5)
    before = time.monotonic()
    worker.stop(grace=0.1)
    assert time.monotonic() - before < 5
    assert {JobState.QUEUED: 1} == states(services)
    end.set()
    assert ended.wait(5)
    assert {JobState.QUEUED: 1} == states(services)
    does(monkeypatch, finish)
    assert 1 == Worker(services).run_until_idle()


def test_a_long_job_that_can_be_done_again_stops_between_two_parts_and_is_given_back(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def long(services: Services, _claimed: jobs.Claimed) -> None:
        while True:
            services.go_on()
            begun.set()
            time.sleep(0.01)

    does(monkeypatch, long)
    put(services, "1")
    worker = Worker(services)
    worker.start()
    assert begun.wait(5)
    before = time.monotonic()
    worker.stop(grace=20)
    assert time.monotonic() - before < 10
    assert {JobState.QUEUED: 1} == states(services)


def test_the_lease_is_renewed_while_a_job_is_finished_within_the_grace(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is shorter than the grace: without renewal another worker would take the job."""
    services.settings = services.settings.model_copy(update={"job_lease": 0.6})
    begun = threading.Event()

    def slow(services: Services, claimed: jobs.Claimed) -> None:
        begun.set()
        time.sleep(2)
        finish(services, claimed)

    does(monkeypatch, slow)
    put(services, "1")
    worker = Worker(services)
    worker.start()
    assert begun.wait(5)
    stopping = threading.Thread(target=worker.stop, kwargs={"grace": 10})
    stopping.start()
    time.sleep(1.2)
    assert jobs.claim(services.db, ["probe"], "thief", 5) is None
    stopping.join()
    assert {JobState.DONE: 1} == states(services)


def test_ctrl_c_gives_the_job_back_at_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_services: Services, _claimed: jobs.Claimed) -> None:
        raise KeyboardInterrupt

    does(monkeypatch, interrupted)
    put(services, "1")
    with pytest.raises(KeyboardInterrupt):
        Worker(services).run_until_idle()
    assert {JobState.QUEUED: 1} == states(services)


def test_a_worker_that_lost_its_lease_leaves_the_job_to_the_other(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    taken: list[jobs.Claimed | None] = []

    def overtaken(services: Services, claimed: jobs.Claimed) -> None:
        taken.append(jobs.claim(services.db, ["probe"], "other", 60, datetime.now(UTC) + timedelta(seconds=6)))
        finish(services, claimed)

    does(monkeypatch, overtaken)
    put(services, "1")
    assert 1 == Worker(services).run_until_idle()
    assert {JobState.RUNNING: 1} == states(services)
    assert taken[0] is not None
    finish(services, taken[0])
    assert {JobState.DONE: 1} == states(services)


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (SummariserFailed("timeout", "m", permanent=False), JobState.QUEUED, "timeout"),
        (SummariserFailed("refused", "m", permanent=True), JobState.DEAD, "refused"),
        (Conflict("m"), JobState.QUEUED, "conflict"),
        (ValueError("ticket text"), JobState.QUEUED, "ValueError"),
    ],
)
def test_a_failure_is_noted_by_its_code_and_tried_again_where_that_can_help(
    services: Services, monkeypatch: pytest.MonkeyPatch, error: Exception, state: JobState, code: str
) -> None:
    def fails(_services: Services, _claimed: jobs.Claimed) -> None:
        raise error

    does(monkeypatch, fails)
    put(services, "1")
    with capture_logs() as logs:
        assert 1 == Worker(services).run_until_idle()
    assert {state: 1} == states(services)
    assert [code] == [entry["error"] for entry in logs if entry["event"] == "job.failed"]


def test_work_until_idle_can_be_given_up_between_jobs(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    does(monkeypatch, finish)
    put(services, "1", "2", "3")
    answers = iter([False, True])
    assert 1 == Worker(services).run_until_idle(lambda: next(answers))
    assert {JobState.DONE: 1, JobState.QUEUED: 2} == states(services)


def test_a_worker_goes_on_after_the_database_was_away(
    services: Services, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    does(monkeypatch, finish)
    worker = Worker(services)
    one, away = worker._one, threading.Event()

    def once_away() -> bool:
        if not away.is_set():
            away.set()
            raise OSError
        return one()

    monkeypatch.setattr(worker, "_one", once_away)
    put(services, "1")
    started.append(worker)
    worker.start()
    assert eventually(lambda: states(services) == {JobState.DONE: 1})
