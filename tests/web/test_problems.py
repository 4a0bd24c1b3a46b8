"""Errors as problem details: one table of codes, and nothing in an answer that quotes what was sent."""

import importlib
import json
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from litestar import Litestar, get, post
from litestar.testing import TestClient
from pydantic import BaseModel, ValidationError

import pipelines
import service
from pipelines.domain.errors import ConfigurationError, InvalidInput, PrecedentError
from service.web.problems import EXCEPTION_HANDLERS, PROBLEMS, problem_of
from service.web.tracebacks import safe_traceback

CANARY = "canary-8f3a"


def test_every_error_of_the_tree_has_a_place_in_the_table() -> None:
    for package in (pipelines, service):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name and ".adapters." not in module.name:
                importlib.import_module(module.name)
    assert [] == sorted(f"{kind.__name__}: {kind.code}" for kind in _tree(PrecedentError) if kind.code not in PROBLEMS)


def test_each_error_of_the_tree_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in _tree(PrecedentError)]
    assert len(set(codes)) == len(codes)


def test_an_error_without_a_place_answers_as_its_parent() -> None:
    class Unlisted(InvalidInput):
        code = "unlisted_for_this_test"

    assert "invalid_input" == problem_of(Unlisted("no"))[0]


def test_a_problem_has_the_members_of_rfc_9457(admin: TestClient[Any]) -> None:
    response = admin.get("/api/v1/drafts/D-404")
    assert (404, "application/problem+json") == (response.status_code, response.headers["content-type"])
    assert {
        "type": "/problems/not_found",
        "title": "There is no such thing",
        "status": 404,
        "detail": "There is no draft D-404.",
        "code": "not_found",
    } == response.json()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/drafts/D-1/nothing", 404),
        ("DELETE", "/api/v1/drafts", 405),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/" + "a" * 300, 404),
        ("GET", "/demo/role", 404),
    ],
)
def test_addresses_and_methods_that_do_not_exist_are_problems_too(
    admin: TestClient[Any], method: str, path: str, status: int
) -> None:
    response = admin.request(method, path)
    assert (status, status) == (response.status_code, response.json()["status"])


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(admin: TestClient[Any]) -> None:
    assert {"GET", "OPTIONS"} == set(admin.delete("/api/v1/drafts").headers["allow"].split(", "))


def test_values_of_the_wrong_kind_are_named_and_not_quoted(admin: TestClient[Any]) -> None:
    bodies: list[dict[str, Any]] = [
        {"subject": "x", "k": CANARY},
        {"subject": [CANARY]},
        {"subject": "x", CANARY + " secret words": 1},
        {"ticket": CANARY},
        {"subject": f"{CANARY}\x00"},
        {"subject": "x", "k": 21},
    ]
    answers = [admin.post("/api/v1/suggestions", json=body) for body in bodies]
    assert [400] * len(bodies) == [answer.status_code for answer in answers]
    named = [[error["field"] for error in answer.json()["errors"]] for answer in answers]
    assert [["k"], ["subject"], [f"{CANARY}_secret_words"], ["ticket"], ["body"], ["k"]] == named
    assert not any(CANARY in answer.text for answer in answers if answer is not answers[2])  # a key is no value


def test_query_values_of_the_wrong_kind_are_named_and_not_quoted(admin: TestClient[Any]) -> None:
    response = admin.get("/api/v1/drafts", params={"state": CANARY, "limit": CANARY})
    assert 400 == response.status_code
    assert {"state", "limit"} == {error["field"] for error in response.json()["errors"]}
    assert "must be one of pending, needs_manual" in response.text
    assert CANARY not in response.text


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff", b'{"subject": "\xff"}', b'{"subject": "\\ud800"}', b"[" * 5000]
)
def test_a_body_that_is_no_object_is_the_callers_error(admin: TestClient[Any], body: bytes) -> None:
    response = admin.post("/api/v1/suggestions", content=body, headers={"content-type": "application/json"})
    assert (400, "invalid_input") == (response.status_code, response.json()["code"])


def test_a_body_over_the_limit_is_refused_before_it_is_read(admin: TestClient[Any]) -> None:
    big = {"resolution_id": "R-1", "note": "x" * (2 * 1024 * 1024)}
    response = admin.post("/api/v1/drafts/D-1/link", json=big, headers={"If-Match": '"1"'})
    assert (413, "too_large") == (response.status_code, response.json()["code"])


def test_tickets_may_be_larger_than_other_bodies_up_to_eight_mebibytes(admin: TestClient[Any]) -> None:
    def ticket(size: int) -> dict[str, Any]:
        part = {"at": "2026-01-01T00:00:00Z", "body": "x" * 1_000_000}
        messages = [{"id": f"m{n}", **part} for n in range(size)]
        times = {"created_at": "2026-01-01T00:00:00Z"}
        return {"id": "T-1", "subject": "s", "status": "open", **times, "messages": messages}

    assert 201 == admin.put("/api/v1/tickets/jira/T-1", json=ticket(7)).status_code
    assert 413 == admin.put("/api/v1/tickets/jira/T-1", json=ticket(9)).status_code


def test_a_person_in_a_browser_gets_a_page_about_the_problem(admin: TestClient[Any]) -> None:
    response = admin.get("/nothing-here", headers={"Accept": "text/html"})
    assert (404, "text/html; charset=utf-8") == (response.status_code, response.headers["content-type"])
    assert "There is nothing at this address." in response.text


def test_what_nobody_foresaw_is_answered_with_a_number_that_the_log_has(capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs() as events, TestClient(_failing(), raise_server_exceptions=False) as client:
        response = client.get("/fail")
    assert (500, "error") == (response.status_code, response.json()["code"])
    [event] = [event for event in events if event["event"] == "http.failed"]
    assert event["error_id"] == response.json()["error_id"]
    assert "in fail" in event["traceback"]
    assert "pydantic_core._pydantic_core.ValidationError" in event["traceback"]
    said = response.text + json.dumps(event) + "".join(capsys.readouterr())
    assert CANARY not in said


def test_a_traceback_tells_the_whole_chain_and_the_words_of_our_own_errors_alone() -> None:
    def first() -> None:
        raise KeyError(CANARY)

    try:
        try:
            first()
        except KeyError as error:
            raise InvalidInput("field is missing") from error
    except InvalidInput as error:
        told = safe_traceback(error)
    assert "builtins.KeyError" in told
    assert told.endswith("pipelines.domain.errors.InvalidInput: field is missing")
    assert "in first" in told
    assert CANARY not in told


def test_what_is_configured_where_is_for_the_log_and_not_for_the_caller() -> None:
    with structlog.testing.capture_logs() as events, TestClient(_failing()) as client:
        answered = client.post("/misconfigured")
    assert (500, "configuration") == (answered.status_code, answered.json()["code"])
    assert "/etc/precedent" not in answered.text
    assert "/etc/precedent is not there" in events[0]["traceback"]


class _Held(BaseModel):
    number: int


def _failing() -> Litestar:
    @get("/fail", sync_to_thread=True)
    def fail() -> None:
        held = CANARY
        try:
            _Held.model_validate({"number": held})
        except ValidationError as error:
            raise ValidationError.from_exception_data("x", error.errors()) from error  # type: ignore[arg-type]

    @post("/misconfigured", sync_to_thread=True)
    def misconfigured() -> None:
        raise ConfigurationError("/etc/precedent is not there")

    return Litestar(
        [fail, misconfigured], exception_handlers=EXCEPTION_HANDLERS, logging_config=None, openapi_config=None
    )


def _tree(kind: type[PrecedentError]) -> Iterator[type[PrecedentError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__.startswith(("pipelines.", "service.")):
            yield from _tree(below)
