"""One process owns an embedded index: others that would open it are told whose it is, the rest work beside it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.journeys import examples
from tests.processes import Program


def test_commands_that_open_the_index_are_refused_and_name_the_owner_and_the_others_work(
    program: Program, tmp_path: Path
) -> None:
    file = str(examples.write_file(tmp_path / "tickets.jsonl", [examples.ticket(1)]))
    owning = [["worker"], ["reindex"], ["suggest", "it hangs"], ["import", file, "--accept-drafts"], ["serve"]]
    beside = [["import", file], ["token", "create", "--role", "agent"], ["doctor"], ["migrate"]]
    with program.serve() as server, ThreadPoolExecutor(3) as pool:
        refused = dict(zip(map(tuple, owning), pool.map(lambda c: program.run(*c), owning), strict=True))
        taken = dict(zip(map(tuple, beside), pool.map(lambda c: program.run(*c), beside), strict=True))
        user = program.run("user", "create", "Kim", "--role", "agent", said="a long enough password\n")
        no_report = program.run("gaps", "show")

        for command, result in refused.items():
            assert (command, 1) == (command, result.returncode), result.stderr
            assert f"process {server.pid}" in result.stderr
            assert "Traceback" not in result.stderr
        for command, result in taken.items():
            assert (command, 0) == (command, result.returncode), result.stderr
        token = taken["token", "create", "--role", "agent"].stdout.strip()
        opened = httpx.get(f"{program.url}/api/v1/drafts", headers={"Authorization": f"Bearer {token}"}, timeout=60)
        assert 200 == opened.status_code
        assert (0, "") == (user.returncode, user.stdout)
        assert "no gap report yet" in no_report.stderr
        server.kill()

    freed = program.run("reindex")

    assert 0 == freed.returncode, freed.stderr
