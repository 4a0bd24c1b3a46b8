"""Backup and restore of an installation that goes on serving meanwhile."""

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from service.store.engine import Database
from tests.databases import url_of
from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.processes import Program, wait_until

BEFORE, AFTER = 3, 40


def put(client: httpx.Client, number: int) -> None:
    answer = client.put(f"/tickets/made/T-{number}", json=examples.ticket(number))
    assert answer.is_success, answer.text


def confirm(client: httpx.Client, program: Program, number: int) -> str:
    """Send a ticket, wait for its draft and confirm it; returns the resolution."""
    put(client, number)
    drafts: list[str] = []

    def drafted() -> bool:
        drafts[:] = client.get(f"/tickets/made/T-{number}").json()["drafts"]
        return bool(drafts)

    wait_until(drafted, 30, "no draft was made")
    tag = {"If-Match": '"1"'}
    answer = client.post(f"/drafts/{drafts[0]}/confirm", json=examples.decision(number), headers=tag)
    assert 201 == answer.status_code, answer.text
    with program.database() as database:
        wait_until(lambda: state.at_rest(database), 30, "the resolution was not indexed")
    return str(answer.json()["resolution_id"])


def found(client: httpx.Client, number: int) -> list[str]:
    answer = client.post("/suggestions", json=examples.question(number)).json()
    assert [] == answer["degraded"]
    return examples.names([*answer["suggestions"], *answer["near_misses"]])


@contextmanager
def a_client_that_asks(program: Program) -> Iterator[list[str]]:
    """Somebody reads pairs of tickets that were stored together, and asks, as long as the block lasts."""
    wrong: list[str] = []
    stopping = threading.Event()

    def ask() -> None:
        with program.client() as client:
            while not stopping.is_set():
                answers = [client.get(f"/tickets/made/T-{number}") for number in range(BEFORE)]
                answers.append(client.post("/suggestions", json=examples.question(0)))
                wrong.extend(f"{a.request.url.path}: {a.status_code} {a.text}" for a in answers if not a.is_success)
                stopping.wait(0.01)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield wrong
    finally:
        stopping.set()
        asking.join()


def test_a_restore_brings_the_old_state_and_its_index_back_under_a_running_server(
    program: Program, tmp_path: Path, exported_model: Path
) -> None:
    backup = tmp_path / "backup"
    with program.serve() as server, program.client() as client:
        kept = [confirm(client, program, number) for number in range(BEFORE)]
        with a_client_that_asks(program) as wrong:
            made = program.run("backup", str(backup))
            later = confirm(client, program, AFTER)
            revised = client.patch(
                f"/resolutions/{kept[0]}", json={"confidence": "archived"}, headers={"If-Match": '"1"'}
            )
            assert revised.is_success, revised.text
            assert later in found(client, AFTER)
            assert kept[0] not in found(client, 0)

            restored = program.run("restore", str(backup))
            with program.database() as database:
                wait_until(lambda: state.at_rest(database), 30, "the index was not rebuilt")
            back, gone = found(client, 0), found(client, AFTER)
            unknown = client.get(f"/resolutions/{later}").status_code

        assert ((0, ""), (0, "")) == ((made.returncode, made.stdout), (restored.returncode, restored.stdout))
        assert [] == wrong
        assert kept[0] in back
        assert later not in gone
        assert 404 == unknown
        assert 0 == server.stop()
    assert dict.fromkeys(kept, 1) == state.indexed(program.data_dir, exported_model)


def test_a_damaged_or_foreign_backup_is_refused_and_nothing_is_changed(program: Program, tmp_path: Path) -> None:
    good, damaged, foreign, unnamed = (tmp_path / name for name in ("good", "damaged", "foreign", "unnamed"))
    with program.serve(), program.client() as client:
        put(client, 1)
        assert 0 == program.run("backup", str(good)).returncode
        for copy in (damaged, foreign, unnamed):
            shutil.copytree(good, copy)
        content = bytearray((good / "precedent.db").read_bytes())
        content[4096 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 4096)
        (damaged / "precedent.db").write_bytes(content)
        (foreign / "precedent.db").unlink()
        with sqlite3.connect(foreign / "precedent.db") as other:
            other.execute("CREATE TABLE ticket (id integer)")
        (unnamed / "backup.json").unlink()
        put(client, 2)

        refused = {copy.name: program.run("restore", str(copy)) for copy in (damaged, foreign, unnamed)}

        assert {"damaged": 1, "foreign": 1, "unnamed": 1} == {k: r.returncode for k, r in refused.items()}
        assert "damaged" in refused["damaged"].stderr
        assert "nothing was restored" in refused["foreign"].stderr
        assert "is no backup" in refused["unnamed"].stderr
        assert not any("Traceback" in result.stderr or "line " in result.stderr for result in refused.values())
        assert 200 == client.get("/tickets/made/T-2").status_code


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_an_installation_on_postgresql_is_told_to_use_its_own_tools(
    new_program: NewProgram, postgres_database: Database, tmp_path: Path, command: str
) -> None:
    program = new_program(database_url=url_of(postgres_database))

    result = program.run(command, str(tmp_path / "backup"))

    assert 1 == result.returncode
    assert "pg_dump" in result.stderr
    assert not (tmp_path / "backup").exists()
