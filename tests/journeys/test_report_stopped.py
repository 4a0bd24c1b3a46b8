"""A worker that is told to stop in the middle of a gap report gives it back soon, and the next one builds it."""

import time
from pathlib import Path
from typing import Any

from sqlmodel import func, select

from service.store import jobs
from service.store.engine import Database
from service.store.tables import GapReportRow, JobRow, JobState, TextVectorRow
from service.usecases.nightly import GAPS_JOB
from tests.journeys import examples
from tests.journeys.conftest import NewProgram
from tests.processes import wait_until

TICKETS = 550
LONG = " ".join(f"The worker of shift {number} waits for the queue of hall {number * 7}." for number in range(60))
"""Makes reading take long enough to be caught in it."""

GRACE = 240.0
"""Longer than the whole report takes: who does not look whether to stop is found out by a finished report."""

SOON = 60.0


def asked(number: int) -> dict[str, Any]:
    ticket = examples.reopened(number)
    ticket["messages"] = [{**ticket["messages"][0], "body": f"{ticket['messages'][0]['body']} {number}: {LONG}"}]
    return ticket


def count(database: Database, kind: type[TextVectorRow | GapReportRow]) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(kind)).one()


def report_job(database: Database) -> tuple[str, int]:
    """Its state, and how often it failed."""
    with database.read() as session:
        row = session.exec(select(JobRow).where(JobRow.subject == "latest")).one()
        return row.state, row.failures


def test_a_report_that_is_stopped_in_the_middle_is_given_back_soon_and_built_by_the_next_worker(
    new_program: NewProgram, tmp_path: Path
) -> None:
    program = new_program(capture="none", stop_grace=GRACE, gaps_at="never")
    file = examples.write_file(tmp_path / "tickets.jsonl", [asked(number) for number in range(TICKETS)])
    assert 0 == program.run("import", str(file)).returncode
    with program.database() as database:
        with database.write() as session:
            jobs.enqueue(session, GAPS_JOB, "latest", dedupe_key=GAPS_JOB)
        with program.start("worker") as worker:
            wait_until(lambda: count(database, TextVectorRow), 120, "nothing was read")
            told = time.monotonic()
            assert 0 == worker.stop(GRACE), worker.written
            took = time.monotonic() - told
        read = count(database, TextVectorRow)
        assert ((JobState.QUEUED.value, 0), 0) == (report_job(database), count(database, GapReportRow))
        assert took < SOON

        finished = program.run("worker", "--until-idle", seconds=GRACE)
        assert 0 == finished.returncode, finished.stderr
        assert ((JobState.DONE.value, 0), 1) == (report_job(database), count(database, GapReportRow))
        assert read < count(database, TextVectorRow)
