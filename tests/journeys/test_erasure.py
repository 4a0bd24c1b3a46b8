"""Erasing tickets of a real installation: beside a running server, over its API, and with nobody running."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlmodel import select

from pipelines.adapters.vector_checks import unit_vector
from service.store.tables import JobRow, JobState, TextVectorRow
from tests.erasure import files_with, tables_with
from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.journeys.test_log_canary import SECRET, deliver
from tests.processes import PROGRAM, ROOT, Program, wait_until

CANARY = "Ulmenquokkabirnen"
NEEDLE = "quokkabirn"
"""What is left of the canary where the word index shortens it at both ends."""

TAG = {"If-Match": '"1"'}


def marked(number: int, **changes: Any) -> dict[str, Any]:
    """A ticket with the canary wherever the customer's side of it can stand."""
    made = examples.ticket(number, reporter="Rita Quokkabirner", labels=[CANARY], **changes)
    made["subject"] += f" at {CANARY}"
    made["account"] = {"id": "QUOKKABIRN-1", "name": "Quokkabirnia Limited", "tier": "gold"}
    made["fields"] = {CANARY: CANARY, "environment": f"{CANARY} on Debian 12", "affects_versions": [CANARY]}
    made["links"] = [{"url": CANARY}]
    made["messages"][0] |= {"author": "Rita Quokkabirner", "body": f"{made['messages'][0]['body']} We are {CANARY}."}
    return made


def decision(number: int) -> dict[str, Any]:
    made = examples.decision(number)
    made["title"] += f" at {CANARY}"
    made["fields"]["symptom"]["text"] += f" on the host {CANARY}"
    made["versions"]["affected"].append(CANARY)
    return made


def put(client: httpx.Client, ticket: dict[str, Any]) -> None:
    answer = client.put(f"/tickets/made/{ticket['id']}", json=ticket)
    assert answer.is_success, answer.text


def draft_of(client: httpx.Client, number: int) -> str:
    """The newest draft of a ticket, waited for."""
    drafts: list[str] = []

    def made() -> bool:
        drafts[:] = client.get(f"/tickets/made/T-{number}").json()["drafts"]
        return bool(drafts)

    wait_until(made, 30, "no draft was made")
    return drafts[0]


def confirm(client: httpx.Client, number: int, decided: dict[str, Any]) -> str:
    answer = client.post(f"/drafts/{draft_of(client, number)}/confirm", json=decided, headers=TAG)
    assert 201 == answer.status_code, answer.text
    return str(answer.json()["resolution_id"])


def plant(program: Program, client: httpx.Client) -> dict[int, str]:
    """The canary in all that an installation can make of tickets 11 to 15; the resolutions by their ticket."""
    for number in (14, 15):  # one question asked twice, and by somebody who is not the canary
        put(client, marked(number, status="open", closed_at=None) | {"subject": f"Badges are blank at {CANARY}"})
    put(
        client, examples.reopened(16) | {"subject": "Badges are blank", "messages": examples.ticket(14)["messages"][:1]}
    )
    assert client.post("/gap-reports").is_success
    body = json.dumps(marked(11, status="open", closed_at=None)).encode()
    assert 202 == deliver(program, body, SECRET)
    first = marked(11)
    first["messages"][0]["body"] += f" Edited: {CANARY}."
    put(client, first)
    put(client, marked(11))
    put(client, examples.ticket(1))
    made = {1: confirm(client, 1, examples.decision(1)), 11: confirm(client, 11, decision(11))}
    put(client, marked(12))
    linking = {"resolution_id": made[1], "add": ["symptom", "environment", "versions"], "seconds": 3}
    linked = client.post(f"/drafts/{draft_of(client, 12)}/link", json=linking, headers=TAG)
    assert linked.is_success, linked.text
    put(client, marked(13))
    rejecting = {"reason": "no_knowledge", "note": f"ask {CANARY}", "seconds": 3}
    assert client.post(f"/drafts/{draft_of(client, 13)}/reject", json=rejecting, headers=TAG).is_success
    ask(client)
    return made


def ask(client: httpx.Client) -> None:
    for number in (11, 12, 13, 14):
        ticket = {"ticket": f"made/T-{number}"}
        answer = client.post("/suggestions", json=ticket).json()
        for suggested in (answer["suggestions"] + answer["near_misses"])[:1]:
            told = {"resolution_id": suggested["resolution_id"], "outcome": "wrong", **ticket}
            assert client.post(f"/suggestions/{answer['id']}/outcome", json=told).is_success
    pasted = {"subject": marked(13)["subject"], "body": marked(13)["messages"][0]["body"]}
    assert client.post("/suggestions", json=pasted).is_success


def at_rest(program: Program) -> None:
    with program.database() as database:
        wait_until(lambda: state.at_rest(database), 60, "jobs were left")


def remaining(program: Program, vectors: list[bytes]) -> tuple[list[str], list[str], list[str]]:
    """The tables and the files that hold the canary, and the files that hold any of the vectors."""
    with program.database() as database:
        tables = tables_with(database, NEEDLE)
    files = files_with(program.data_dir, NEEDLE) if "PRECEDENT_DATABASE_URL" not in program.environment else []
    kept = [form for vector in vectors for form in (vector, as_indexed(vector))]
    return tables, files, files_with(program.data_dir, *kept)


def as_indexed(vector: bytes) -> bytes:
    """The index brings a vector to length 1 once more, which may change its last bits."""
    numbers = np.frombuffer(vector, dtype="<f4")
    return unit_vector(numbers, len(numbers)).astype("<f4").tobytes()


def kept_vectors(program: Program) -> dict[str, bytes]:
    with program.database() as database, database.read() as session:
        return {row.text_sha256: row.vector for row in session.exec(select(TextVectorRow))}


def test_nothing_of_erased_tickets_remains_in_the_data_directory(
    program_on_each_database: Program, exported_model: Path
) -> None:
    program = program_on_each_database
    program.environment["PRECEDENT_WEBHOOK_SECRET_GENERIC"] = SECRET
    with program.serve() as server, program.client() as client:
        made = plant(program, client)
        at_rest(program)
        vectors = kept_vectors(program)
        tables, _, files = remaining(program, list(vectors.values()))
        assert {"ticket", "message", "draft", "confirmation", "resolution_version", "gap_report"} <= {*tables}
        assert any(file.startswith("chroma/") for file in files)  # vectors can be found there

        by_api, *more = [client.delete(f"/tickets/made/T-{number}") for number in (11, 13, 15)]
        gone = client.get("/tickets/made/T-11").status_code, client.delete("/tickets/made/T-11").status_code
        beside = program.run("erase", "made/T-12")
        at_rest(program)
        answer = client.post("/suggestions", json=examples.question(1)).json()
        assert 0 == server.stop()
    alone = [program.run("erase", f"made/T-{number}") for number in (14, 16, 14)]

    assert (202, [made[11]], (404, 404)) == (by_api.status_code, by_api.json()["resolutions"], gone)
    assert [202, 202] == [answer.status_code for answer in more]
    assert [0, 0, 0, 1] == [result.returncode for result in (beside, *alone)]
    assert "There is no ticket 'made/T-14'." in alone[2].stderr
    assert CANARY not in "".join(result.stderr + result.stdout for result in (beside, *alone))
    assert ([], made[1]) == (answer["degraded"], answer["suggestions"][0]["resolution_id"])
    left = kept_vectors(program)
    erased = [vector for sha256, vector in vectors.items() if sha256 not in left]
    assert len(erased) > 0
    assert ([], [], []) == remaining(program, erased)
    versions = {name: version for name, (version, _) in held(program).items()}
    assert versions == state.indexed(program.data_dir, exported_model)
    assert NEEDLE not in "".join(log.read_text().lower() for log in program.logs.iterdir())


def held(program: Program) -> dict[str, tuple[int, int | None]]:
    with program.database() as database:
        return state.resolutions(database)


def test_an_erasure_that_was_killed_before_it_rewrote_the_files_is_finished_by_the_next_server(
    new_program: NewProgram,
) -> None:
    """The job for it was queued in the transaction that deleted the ticket."""
    program = new_program(capture="all")
    killed = f"""
import os, service.commands.erasing as erasing
erasing.reindex = erasing.rewrite_data = lambda *_: os._exit(9)
{PROGRAM}
"""
    with program.serve() as server, program.client() as client:
        put(client, marked(11))
        confirm(client, 11, decision(11))
        at_rest(program)
        assert 0 == server.stop()
    assert 9 == program.start("erase", "made/T-11", program=killed).wait()
    assert ["precedent.db"] == [f for f in files_with(program.data_dir, NEEDLE) if f == "precedent.db"]
    with program.database() as database, database.write() as session:  # two minutes later
        for row in session.exec(select(JobRow).where(JobRow.state == JobState.QUEUED.value, JobRow.kind == "rewrite")):
            row.run_at = row.enqueued_at
            session.add(row)
    with program.serve() as server:
        at_rest(program)
        assert 0 == server.stop()
    assert [] == files_with(program.data_dir, NEEDLE)


@pytest.mark.parametrize("name", ["T-1", "/T-1", "made/"])
def test_a_name_that_is_no_tickets_is_wrong_usage(program: Program, name: str) -> None:
    result = program.run("erase", name)
    assert (2, True) == (result.returncode, "SOURCE/ID" in result.stderr)


FILLED_ANEW = """
import sys
from pathlib import Path
import numpy as np
from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.ports import VectorRecord

vectors = np.random.default_rng(7).normal(size=(20, 90, 384)).astype("<f4")
vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
folder = Path(sys.argv[1])
index = ChromaIndex.embedded(folder, "test", 384)
former = []
for batch in vectors:
    index.reset()
    index.upsert([VectorRecord(str(n), vector, {}) for n, vector in enumerate(batch[: 80 if not former else 6])])
    index.query(batch[0], 3)
    written = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    print(sum(vector.tobytes() in written for vector in former), sum(vector.tobytes() in written for vector in batch))
    former = list(batch[:80]) if not former else []
"""


def test_an_index_that_is_filled_anew_holds_no_vector_of_before(tmp_path: Path) -> None:
    """Its file has room for more vectors, which Chroma writes as it finds it in the memory of the process."""
    command = [sys.executable, "-c", FILLED_ANEW, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rounds = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    assert 20 == len(rounds)
    assert [] == [former for former, _ in rounds if former]
    assert min(present for _, present in rounds) > 0  # vectors can be found
