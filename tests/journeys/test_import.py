"""An import that is killed or stopped in the middle and run again ends as one that nobody disturbed."""

import json
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import func, select

from service.store.engine import Database
from service.store.schema import migrate
from service.store.tables import DraftRow, JobRow, ResolutionRow, TicketRow
from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.processes import Process, Program, wait_until

TICKETS = 2400
LONG = "\n".join(f"12:00:{second % 60:02} worker {second} waits for the queue" for second in range(400))
"""Makes the import take long enough to be caught in it."""

ACCEPTED = 250


def tickets(number: int) -> list[dict[str, Any]]:
    made = [examples.ticket(index) for index in range(number)]
    for ticket in made:
        ticket["messages"][0]["body"] += "\n" + LONG
    return made


def rows(database: Database, kind: type[TicketRow | ResolutionRow | DraftRow]) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(kind)).one()


def migrated(program: Program) -> None:
    program.data_dir.mkdir()
    with program.database() as database:
        migrate(database.engine)


def end_state(program: Program) -> tuple[dict[str, int], dict[str, str], list[str]]:
    """Closings and capture state by ticket, and the jobs in the order of their subjects."""
    with program.database() as database, database.read() as session:
        captured = session.exec(select(TicketRow.external_id, TicketRow.capture_state)).all()
        jobs = session.exec(select(JobRow.kind, JobRow.subject, JobRow.state)).all()
        return state.closings(database), dict(captured), sorted(" ".join(job) for job in jobs)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_an_import_that_is_stopped_in_the_middle_goes_on_from_there(
    new_program: NewProgram, tmp_path: Path, blow: signal.Signals
) -> None:
    file = examples.write_file(tmp_path / "tickets.jsonl", tickets(TICKETS))
    program, undisturbed = new_program("disturbed"), new_program("undisturbed")
    assert 0 == undisturbed.run("import", str(file), "--capture", "all").returncode
    migrated(program)

    with program.database() as database, program.start("import", str(file), "--capture", "all") as importing:
        wait_until(lambda: rows(database, TicketRow), 60, "no ticket was stored")
        importing.send(blow)
        assert (130 if blow is signal.SIGINT else -blow) == importing.wait()
        stored = rows(database, TicketRow)
    assert 0 < stored < TICKETS

    again = program.run("import", str(file), "--capture", "all")

    assert 0 == again.returncode, again.stderr
    counts = json.loads(again.stdout.splitlines()[-1])
    assert (TICKETS, TICKETS - stored, stored, 0) == (
        counts["read"],
        counts["created"],
        counts["unchanged"],
        counts["rejected"],
    )
    assert end_state(undisturbed) == end_state(program)


def killed_after(program: Program, importing: Process, resolutions: int) -> None:
    with program.database() as database:
        wait_until(lambda: rows(database, ResolutionRow) >= resolutions, 120, "nothing was accepted")
    assert importing.running, importing.written
    importing.kill()


def test_a_bulk_acceptance_that_is_killed_in_the_middle_accepts_and_indexes_each_draft_once(
    program: Program, tmp_path: Path, exported_model: Path
) -> None:
    made = [examples.ticket(index) for index in range(ACCEPTED)]
    file = examples.write_file(tmp_path / "tickets.jsonl", made)
    command = ("import", str(file), "--capture", "all", "--accept-drafts")
    migrated(program)
    for resolutions in (1, 101):
        with program.start(*command) as importing:
            killed_after(program, importing, resolutions)

    assert 0 == program.run(*command).returncode

    with program.database() as database:
        assert {(f"T-{number}", 1): 1 for number in range(ACCEPTED)} == state.drafts_of_closings(database)
        assert {1} == {len(decisions) for decisions in state.confirmed(database).values()}
        resolutions_ = state.resolutions(database)
        assert ACCEPTED == len(resolutions_)
        assert {(1, 1)} == set(resolutions_.values())
        assert state.at_rest(database)
    assert dict.fromkeys(resolutions_, 1) == state.indexed(program.data_dir, exported_model)
