"""Drafts written by a model: what it is sent, what the draft says of it, and what happens when it talks nonsense."""

import hashlib
import json
from pathlib import Path
from typing import Any

import prompts
from tests.journeys import examples
from tests.journeys.conftest import NewProgram
from tests.openai_server import MODEL, OpenAiServer
from tests.processes import ROOT, Program, wait_until

SECRETS = {
    "person": "Ottoline Fairweather",
    "agent": "Barnaby Quillfeather",
    "account": "Brackenridge Holdings",
    "e-mail": "ottoline@brackenridge.example",
    "phone": "+44 20 7946 0958",
    "card": "4111 1111 1111 1111",
    "key": "AKIAIOSFODNN7EXAMPLE",
    "token": "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
}


def ticket_with_secrets() -> dict[str, Any]:
    ticket = examples.ticket(5, reporter=SECRETS["person"], assignee=SECRETS["agent"])
    ticket["account"] = {"id": "A-1", "name": SECRETS["account"], "tier": "gold"}
    first, second, third = ticket["messages"]
    first["author"] = SECRETS["person"]
    first["body"] = (
        f"Hello {SECRETS['agent']}, {SECRETS['person']} of {SECRETS['account']} here. {first['body']}\n"
        f"Reach me at {SECRETS['e-mail']} or {SECRETS['phone']}; the card on file is {SECRETS['card']}."
    )
    second["body"] += f"\nThe customer's log shows AWS_ACCESS_KEY_ID={SECRETS['key']} and token {SECRETS['token']}."
    third["author"] = SECRETS["agent"]
    third["body"] += f"\nKind regards\n{SECRETS['agent']}"
    return ticket


def drafted(program: Program, ticket: dict[str, Any]) -> dict[str, Any]:
    """What the API says of the draft of a ticket that is sent to it."""
    with program.serve() as server, program.client() as client:
        assert client.put(f"/tickets/made/{ticket['id']}", json=ticket).is_success
        wait_until(lambda: client.get("/drafts").json()["items"], 60, "no draft was made")
        draft: dict[str, Any] = client.get("/drafts/D-1").json()
        assert 0 == server.stop()
    return draft


def test_a_draft_by_a_model_names_the_prompt_and_the_model_was_sent_nobodys_data(new_program: NewProgram) -> None:
    with OpenAiServer() as llm:
        program = new_program(capture="all", llm_model=MODEL, llm_base_url=llm.base_url)
        draft = drafted(program, ticket_with_secrets())

    prompt = prompts.load("summarise_resolution")
    file = Path(ROOT / "prompts" / "summarise_resolution" / f"v{prompt.version}.md")
    told = draft["provenance"]
    assert ("llm", MODEL, None) == (told["summariser"], told["model"], told["fallback_reason"])
    assert (prompt.id, prompt.version) == (told["prompt_id"], told["prompt_version"])
    assert hashlib.sha256(file.read_bytes()).hexdigest() == told["prompt_sha256"]
    assert "stale handle" in draft["fields"]["root_cause"]["text"]
    assert 1 == len(llm.requests)
    sent = json.dumps([request.body for request in llm.requests], ensure_ascii=False)
    assert examples.code(5) in sent
    assert [] == [what for what, secret in SECRETS.items() if secret in sent]
    parts = [word for name in ("person", "agent", "account") for word in SECRETS[name].split() if word != "Holdings"]
    assert [] == [word for word in parts if word in sent]


def test_when_the_model_talks_nonsense_the_draft_is_made_without_it_and_says_why(new_program: NewProgram) -> None:
    with OpenAiServer("not-json") as llm:
        program = new_program(capture="all", llm_model=MODEL, llm_base_url=llm.base_url)
        draft = drafted(program, examples.ticket(5))

    told = draft["provenance"]
    assert "offline" == told["summariser"]
    assert told["fallback_reason"]
    assert 2 == len(llm.requests)  # asked once more for the agreed form
    assert "stale handle" in draft["fields"]["root_cause"]["text"]
