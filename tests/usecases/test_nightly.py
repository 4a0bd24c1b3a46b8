"""The report of every night is queued once, whoever starts, fails or is killed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from service.jobs.kinds import GIVEN_UP
from service.jobs.runner import Worker
from service.settings import NEVER
from service.store import jobs
from service.store.tables import GapReportRow, JobRow, JobState
from service.usecases import clock
from service.usecases.nightly import GAPS_JOB, NIGHTLY, next_night, queue_nightly
from service.usecases.services import Services
from tests.doubles import UnreachableIndex
from tests.usecases.cases import work
from tests.usecases.test_report_gaps import badges

EVENING = datetime(2026, 3, 2, 21, tzinfo=UTC)
NIGHT = datetime(2026, 3, 3, 2, 10, tzinfo=UTC)


def queue(services: Services, at: str = "02:10", now: datetime = EVENING) -> None:
    with pytest.MonkeyPatch.context() as patch, services.db.write() as session:
        patch.setattr(clock, "now", lambda: now)
        queue_nightly(session, at)


def waiting(services: Services) -> list[datetime]:
    with services.db.read() as session:
        return list(session.exec(select(JobRow.run_at).where(JobRow.state == JobState.QUEUED.value)))


def reports(services: Services) -> int:
    with services.db.read() as session:
        return len(session.exec(select(GapReportRow.id)).all())


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (EVENING, NIGHT),
        (NIGHT - timedelta(seconds=1), NIGHT),
        (NIGHT, NIGHT + timedelta(days=1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, 2, 10, tzinfo=UTC)),
    ],
)
def test_the_next_night_is_the_first_such_time_after_now(now: datetime, due: datetime) -> None:
    assert due == next_night("02:10", now)


def test_however_many_workers_start_one_report_waits_at_the_time_that_is_set(services: Services) -> None:
    queue(services)
    queue(services)
    assert [NIGHT] == waiting(services)
    queue(services, "23:00")
    assert [EVENING.replace(hour=23)] == waiting(services)
    queue(services, "02:10")
    assert [NIGHT] == waiting(services)
    queue(services, "never")
    assert [] == waiting(services)


def test_a_night_that_nobody_worked_is_made_up_for_at_the_next_start(services: Services) -> None:
    queue(services)
    queue(services, now=NIGHT + timedelta(hours=5))
    assert [NIGHT] == waiting(services)


def test_a_report_that_is_built_leaves_the_next_one_waiting_and_one_alone(services: Services) -> None:
    queue(services)  # long overdue by the clock of the machine
    assert 1 == Worker(services).run_until_idle()
    (due,) = waiting(services)
    assert (1, "02:10", True) == (reports(services), due.strftime("%H:%M"), due > datetime.now(UTC))
    assert due - datetime.now(UTC) <= timedelta(days=1)


def test_a_worker_that_is_killed_midway_neither_loses_nor_doubles_the_night(services: Services) -> None:
    queue(services)
    first = jobs.claim(services.db, [GAPS_JOB], "killed", -1)  # its lease has run out, as after kill -9
    assert first is not None
    assert [] == waiting(services)
    assert 1 == Worker(services).run_until_idle()
    assert (1, 1) == (reports(services), len(waiting(services)))
    with pytest.raises(jobs.LostLease), services.db.write() as session:
        jobs.complete(session, first)


def test_a_report_that_fails_for_good_is_tried_again_a_day_later(services: Services) -> None:
    badges(services, 1, 2)
    work(services)
    services.vectors = UnreachableIndex(256)
    queue(services)
    worker = Worker(services)
    for _ in range(jobs.MOST_FAILURES):
        assert 1 == worker.run_until_idle()
        with services.db.write() as session:
            for job in session.exec(select(JobRow).where(JobRow.state == JobState.QUEUED.value, JobRow.failures > 0)):
                job.run_at = NIGHT
                session.add(job)
    (due,) = waiting(services)
    assert timedelta(hours=23) < due - datetime.now(UTC) <= timedelta(days=1)
    assert 0 == reports(services)


def test_a_report_on_demand_that_is_given_up_is_not_tried_again(services: Services) -> None:
    with services.db.write() as session:
        GIVEN_UP[GAPS_JOB](services, session, "latest", "index_unavailable")
    assert [] == waiting(services)
    with services.db.write() as session:
        GIVEN_UP[GAPS_JOB](services, session, NIGHTLY, "index_unavailable")
    assert 1 == len(waiting(services))


def test_a_report_that_is_given_up_is_not_tried_again_where_none_is_wanted_any_more(services: Services) -> None:
    services.settings = services.settings.model_copy(update={"gaps_at": NEVER})
    with services.db.write() as session:
        GIVEN_UP[GAPS_JOB](services, session, NIGHTLY, "index_unavailable")
    assert [] == waiting(services)
