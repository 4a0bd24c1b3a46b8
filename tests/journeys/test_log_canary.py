"""A journey with a canary in every text that comes in: no log of any process holds it, whatever goes wrong."""

import hashlib
import hmac
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys import examples
from tests.journeys.conftest import NewProgram
from tests.openai_server import MODEL, OpenAiServer, Received, Reply, text
from tests.processes import PROGRAM, Program, wait_until

CANARY = "zanzibarquokka"
SECRET = "a shared secret"

CRASHING = f"""
import service.usecases.draft as draft
import service.usecases.suggest as suggest

def crash(*arguments, **named):
    raise ValueError(f"cannot take {{arguments!r:.20000}} {{named!r}}")

draft.capture = crash
suggest.prepare = crash
{PROGRAM}
"""
"""The program with a fault in the middle of drafting and of suggesting, whose message quotes all it was given."""


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    made = examples.ticket(number, reporter=f"Rita {CANARY}", assignee=f"Sam {CANARY}", **changes)
    made["subject"] += f" {CANARY}"
    made["account"] = {"id": CANARY, "name": f"{CANARY} Limited", "tier": CANARY}
    made["fields"] = {CANARY: CANARY, "environment": CANARY}
    made["labels"] = [CANARY]
    for message in made["messages"]:
        message["author"] = f"Rita {CANARY}"
        message["body"] += f" {CANARY} {CANARY}@mail.example"
    return made


def decision(number: int) -> dict[str, Any]:
    made = examples.decision(number)
    made["title"] += f" {CANARY}"
    made["fields"]["fix"]["text"] += f" {CANARY}"
    return made


def deliver(program: Program, body: bytes, secret: str, delivery: str = "d-1") -> int:
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "X-Precedent-Timestamp": stamp,
        "X-Precedent-Delivery": delivery,
        "X-Precedent-Signature": f"sha256={signature}",
        "Content-Type": "application/json",
    }
    return httpx.post(f"{program.url}/api/v1/webhooks/generic", content=body, headers=headers, timeout=60).status_code


def everything_a_client_can_do(program: Program, client: httpx.Client) -> list[int]:
    """The statuses of good and of bad requests, each with the canary wherever text can stand."""
    asked = {"subject": CANARY, "body": f"{CANARY} hangs", "product_area": CANARY, "environment": CANARY, "k": 3}
    body = json.dumps(ticket(2)).encode()
    calls = [
        client.put("/tickets/made/T-1", json=ticket(1)),
        client.put("/tickets/made/T-1", json=ticket(3)),
        client.put("/tickets/made/T-3", json=ticket(3, status=CANARY)),
        client.put("/tickets/made/T-3", content=f'{{"id": "T-3", "{CANARY}": {CANARY}'.encode()),
        client.put("/tickets/made/T-3", content=CANARY.encode() + b"\xff\xfe"),
        client.post("/suggestions", json=asked),
        client.post("/suggestions", json={"ticket": "made/T-1"}),
        client.post("/suggestions", json=asked | {"k": CANARY}),
        client.post("/suggestions", json={"ticket": f"made/{CANARY[:3]}"}),
        client.post("/drafts/D-99/confirm", json=decision(1), headers={"If-Match": '"1"'}),
        client.post("/drafts/D-99/reject", json={"reason": CANARY, "note": CANARY}, headers={"If-Match": '"1"'}),
        client.get("/drafts", params={"assignee": CANARY, "cursor": CANARY}),
    ]
    hooks = [deliver(program, body, SECRET), deliver(program, body, SECRET), deliver(program, body, CANARY, "d-2")]
    return [*(call.status_code for call in calls), *hooks, deliver(program, CANARY.encode(), SECRET, "d-3")]


def logs(program: Program) -> str:
    """All that its processes wrote: their streams, and any file with a log's name in the data directory."""
    files = [*program.logs.iterdir(), *(f for f in program.data_dir.rglob("*") if f.suffix in (".log", ".txt"))]
    return "\n".join(file.read_text(errors="replace") for file in files)


def lines_with_the_canary(program: Program) -> list[str]:
    found = logs(program)
    assert "http.request" in found  # there is a log to look at
    return [line[:400] for line in found.splitlines() if CANARY in line]


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_whole_journey_leaves_no_ticket_text_in_any_log(
    new_program: NewProgram, chroma_server: str, form: str
) -> None:
    with OpenAiServer() as llm:
        llm.default = _quoting_nonsense
        program = new_program(
            capture="all",
            llm_model=MODEL,
            llm_base_url=llm.base_url,
            webhook_secret_generic=SECRET,
            log_level="debug",
            log_format=form,
            chroma_url=chroma_server,
        )
        with program.serve() as server, program.start("worker") as worker, program.client() as client:
            statuses = everything_a_client_can_do(program, client)
            wait_until(lambda: len(client.get("/drafts").json()["items"]) == 2, 60, "no draft was made")
            tag = {"If-Match": '"1"'}
            unsettled = {"title": CANARY, "fields": {}}
            assert 422 == client.post("/drafts/D-1/confirm", json=unsettled, headers=tag).status_code
            assert 201 == client.post("/drafts/D-1/confirm", json=decision(1), headers=tag).status_code
            assert 412 == client.post("/drafts/D-1/confirm", json=decision(1), headers=tag).status_code
            assert 200 == client.post("/suggestions", json=examples.question(1)).status_code
            assert (0, 0) == (worker.stop(), server.stop())

    assert [201, 400, 400, 400, 400, 200, 200, 400, 404, 404, 400, 400, 202, 202, 401, 400] == statuses
    assert [] == lines_with_the_canary(program)


def test_a_fault_in_the_middle_of_the_code_leaves_no_ticket_text_in_the_log(new_program: NewProgram) -> None:
    program = new_program(capture="all", log_level="debug")
    with program.serve(program=CRASHING) as server, program.client() as client:
        assert 201 == client.put("/tickets/made/T-1", json=ticket(1)).status_code
        asked = client.post("/suggestions", json={"subject": CANARY})
        wait_until(lambda: "job.crashed" in server.written, 30, "the job did not crash")
        assert 0 == server.stop()

    assert (500, False) == (asked.status_code, CANARY in asked.text)
    assert "ValueError" in server.written
    assert [] == lines_with_the_canary(program)


def test_a_command_that_fails_says_nothing_of_what_tickets_say(new_program: NewProgram, tmp_path: Path) -> None:
    program = new_program(capture="all", log_level="debug")
    file = examples.write_file(tmp_path / "tickets.jsonl", [ticket(1), ticket(2, created_at=CANARY), ticket(3)])
    whole = program.run("import", str(file), "--accept-drafts")

    crash = program.start("suggest", CANARY, program=CRASHING)

    assert (3, False) == (whole.returncode, CANARY in whole.stdout + whole.stderr)
    assert 1 == crash.wait()
    assert ("ValueError" in crash.written, CANARY in crash.written) == (True, False)


def _quoting_nonsense(request: Received) -> Reply:
    """The thread itself instead of an answer, so that each message about it could quote the thread."""
    return replace(text(request.messages[-1]["content"]), headers={"Content-Type": "application/json"})
