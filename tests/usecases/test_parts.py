"""A ticket that taught two things has two drafts, and is captured once both are decided."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.adapters.openai_chat import OpenAiChat
from pipelines.capture.summarise import LlmSummariser
from pipelines.domain.confirmations import RejectReason
from pipelines.domain.drafts import DraftState
from prompts import load
from service.usecases.confirm import confirm_draft, reject_draft
from service.usecases.parts import next_awaiting, parts_of
from service.usecases.queue import read_draft
from service.usecases.resolutions import list_resolutions
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from tests.openai_server import MODEL, OpenAiServer, text
from tests.usecases.cases import ADA, CAUSE, FIX, SYMPTOM, awaiting, case, decision, drafted


def claim(message: str, said: str) -> dict[str, Any]:
    return {"text": said, "quotes": [{"message": message, "quote": said}]}


def problem(title: str, **stated: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"symptom": None, "root_cause": None, "fix": None, "environment": None, "tried": []}
    return {"title": title, **nothing, "versions": {"affected": [], "fixed_in": [], "quotes": []}, **stated}


TWO = [
    problem("The export stops at night", symptom=claim("m1", SYMPTOM), root_cause=claim("m2", CAUSE)),
    problem("The exporter waits for no lock", fix={**claim("m3", FIX), "kind": "fix"}),
]


@pytest.fixture
def services_with_model(services: Services) -> Iterator[Services]:
    """An installation whose model finds two problems in a thread."""
    with OpenAiServer() as server:
        server.enqueue(text(json.dumps({"problems": TWO})))
        chat = OpenAiChat(MODEL, base_url=server.base_url, api_key=None, timeout=30)
        services.summariser = LlmSummariser(chat, load("summarise_resolution"), count_tokens=len, budget_tokens=24_000)
        yield services


def test_each_part_stands_in_the_queue_with_its_number(services_with_model: Services) -> None:
    drafted(services_with_model)
    lines = awaiting(services_with_model)
    assert [("The exporter waits for no lock", 2, 2), ("The export stops at night", 1, 2)] == [
        (line.title, line.part, line.parts) for line in lines
    ]


def test_the_gate_opens_when_the_last_part_is_decided(services_with_model: Services) -> None:
    services = services_with_model
    drafted(services)
    first, second = (part.id for part in parts_of(services.db, "D-1"))
    confirm_draft(services.db, first, 1, decision(), ADA)
    ticket = read_ticket(services.db, case().key)
    assert ("drafted", False) == (ticket.capture_state, ticket.close_gate.open)
    following = next_awaiting(parts_of(services.db, first), first)
    assert following is not None
    assert (second, 2, DraftState.PENDING) == (following.id, following.number, following.state)
    confirm_draft(services.db, second, read_draft(services.db, second).version, decision(title="The other"), ADA)
    ticket = read_ticket(services.db, case().key)
    assert ("confirmed", True) == (ticket.capture_state, ticket.close_gate.open)
    assert None is next_awaiting(parts_of(services.db, second), second)
    assert 2 == len(list_resolutions(services.db).items)


@pytest.mark.parametrize("reasons", [("wrong", "no_knowledge"), ("no_knowledge", "wrong")])
def test_a_part_rejected_as_wrong_is_still_owed_in_whatever_order(
    services_with_model: Services, reasons: tuple[str, str]
) -> None:
    services = services_with_model
    drafted(services)
    for part, reason in zip(parts_of(services.db, "D-1"), reasons, strict=True):
        reject_draft(services.db, part.id, 1, RejectReason(reason), None, None, ADA)
    ticket = read_ticket(services.db, case().key)
    assert ("rejected", False) == (ticket.capture_state, ticket.close_gate.open)


def test_after_the_last_part_comes_the_first_that_was_left_for_later(services_with_model: Services) -> None:
    drafted(services_with_model)
    parts = parts_of(services_with_model.db, "D-2")
    following = next_awaiting(parts, "D-2")
    assert following is not None
    assert "D-1" == following.id
