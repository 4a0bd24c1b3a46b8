"""Tickets over the API and by webhook."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from service.helpdesk.generic import sign
from service.store.engine import Database
from service.usecases.actors import UserRole
from tests.web.examples import TICKET, send
from tests.web.installation import Installation, services_over

WEBHOOK = "/api/v1/webhooks/generic"
SECRET = "s3cret"


def test_a_ticket_is_created_updated_and_left_alone(admin: TestClient[Any]) -> None:
    opened = {**TICKET, "status": "open", "closed_at": None}
    answers = [send(admin, ticket) for ticket in (opened, opened, TICKET, TICKET)]
    assert [201, 200, 200, 200] == [answer.status_code for answer in answers]
    assert [
        {"outcome": "created", "draft_queued": False},
        {"outcome": "unchanged", "draft_queued": False},
        {"outcome": "updated", "draft_queued": True},
        {"outcome": "unchanged", "draft_queued": False},
    ] == [answer.json() for answer in answers]


def test_a_ticket_is_read_as_it_was_sent_with_where_it_stands_in_capture(admin: TestClient[Any]) -> None:
    send(admin, {**TICKET, "severity": "S2"})
    found = admin.get("/api/v1/tickets/jira/T-1").json()
    assert TICKET["subject"] == found["subject"]
    assert [m["body"] for m in TICKET["messages"]] == [m["body"] for m in found["messages"]]
    assert {"severity": "S2"} == found["fields"]
    assert "queued" == found["capture_state"]
    mandatory = ["root_cause", "fix", "environment", "version"]
    assert {"open": False, "unconfirmed": mandatory} == found["close_gate"]
    assert [] == found["drafts"]


def test_the_setting_decides_which_closed_tickets_get_a_draft(sqlite_database: Database, tmp_path: Path) -> None:
    escalated = Installation(services_over(sqlite_database, tmp_path, capture="escalated"))
    with escalated.client(UserRole.INTEGRATION) as client:
        assert send(client, TICKET).json()["draft_queued"]
        assert not send(client, {**TICKET, "id": "T-2", "escalated": False}).json()["draft_queued"]


@pytest.mark.parametrize("change", [{"id": "T-2"}, {"source": "zendesk"}])
def test_a_ticket_sent_to_another_tickets_address_is_refused(admin: TestClient[Any], change: dict[str, str]) -> None:
    response = admin.put("/api/v1/tickets/jira/T-1", json={**TICKET, **change})
    assert (400, "invalid_ticket") == (response.status_code, response.json()["code"])
    assert 404 == admin.get("/api/v1/tickets/jira/T-1").status_code


def test_a_ticket_without_a_source_takes_that_of_its_address(admin: TestClient[Any]) -> None:
    ticket = {key: value for key, value in TICKET.items() if key != "source"}
    assert 201 == admin.put("/api/v1/tickets/zendesk/T-1", json=ticket).status_code
    assert "zendesk" == admin.get("/api/v1/tickets/zendesk/T-1").json()["source"]


def test_names_with_spaces_and_letters_of_any_language_are_addresses_too(admin: TestClient[Any]) -> None:
    response = admin.put("/api/v1/tickets/jira/Fall%20%C3%BC%3F1", json={**TICKET, "id": "Fall ü?1"})
    assert 201 == response.status_code
    assert "Fall ü?1" == admin.get("/api/v1/tickets/jira/Fall%20%C3%BC%3F1").json()["id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"id": "T-1"}',
        b'{"id": 1}',
        b'{"id": "T-1", "subject": "\\ud800"}',
        b"[" * 9999,
    ],
)
def test_what_is_no_ticket_is_refused_with_the_reason(admin: TestClient[Any], body: bytes) -> None:
    response = admin.put("/api/v1/tickets/jira/T-1", content=body)
    assert (400, "invalid_ticket") == (response.status_code, response.json()["code"])
    assert "" != response.json()["detail"]


def test_an_unknown_ticket_is_not_found(admin: TestClient[Any]) -> None:
    assert 404 == admin.get("/api/v1/tickets/jira/T-404").status_code


def test_a_signed_delivery_is_taken_once_however_often_it_comes(installation: Installation) -> None:
    woken: list[bool] = []
    installation.services.wake = lambda: woken.append(True)
    with installation.client() as client:
        answers = [_deliver(client, TICKET, delivery="d-1") for _ in range(3)]
        _deliver(client, {**TICKET, "subject": "changed"}, delivery="d-1")
    assert [(202, {})] * 3 == [(answer.status_code, answer.json()) for answer in answers]
    assert [True] == woken
    installation.work()
    with installation.client() as client:
        client.headers["Authorization"] = f"Bearer {installation.token(UserRole.INTEGRATION)}"
        assert TICKET["subject"] == client.get("/api/v1/tickets/jira/T-1").json()["subject"]
        assert ["D-1"] == client.get("/api/v1/tickets/jira/T-1").json()["drafts"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"secret": "another"}, 401, "webhook_refused"),
        ({"age": 301}, 401, "webhook_refused"),
        ({"age": -301}, 401, "webhook_refused"),
        ({"age": 290}, 202, None),
        ({"delivery": ""}, 400, "invalid_ticket"),
        ({"source": "unheard-of"}, 404, "not_found"),
    ],
)
def test_a_delivery_is_judged_by_its_signature_and_age(
    anonymous: TestClient[Any], change: dict[str, Any], status: int, code: str | None
) -> None:
    response = _deliver(anonymous, TICKET, **change)
    assert (status, code) == (response.status_code, response.json().get("code"))


def test_a_delivery_whose_body_was_changed_on_the_way_is_refused(anonymous: TestClient[Any]) -> None:
    signed = _headers(msgspec.json.encode(TICKET))
    body = msgspec.json.encode({**TICKET, "subject": "changed"})
    assert 401 == anonymous.post(WEBHOOK, content=body, headers=signed).status_code


def test_a_signed_delivery_of_no_ticket_is_refused_and_can_be_sent_again(anonymous: TestClient[Any]) -> None:
    assert 400 == _deliver(anonymous, {"id": "T-1"}, delivery="d-1").status_code
    assert 202 == _deliver(anonymous, TICKET, delivery="d-1").status_code


def test_without_a_secret_no_delivery_is_taken(sqlite_database: Database, tmp_path: Path) -> None:
    installation = Installation(services_over(sqlite_database, tmp_path))
    with installation.client() as client:
        response = _deliver(client, TICKET)
    assert (403, "webhook_not_configured") == (response.status_code, response.json()["code"])


def _headers(body: bytes, *, secret: str = SECRET, age: float = 0, delivery: str = "d-0") -> dict[str, str]:
    timestamp = str(int(time.time() - age))
    return {
        "X-Precedent-Timestamp": timestamp,
        "X-Precedent-Delivery": delivery,
        "X-Precedent-Signature": sign(timestamp, body, secret),
    }


def _deliver(client: TestClient[Any], ticket: dict[str, Any], *, source: str = "generic", **signed: Any) -> Any:
    body = msgspec.json.encode(ticket)
    return client.post(f"/api/v1/webhooks/{source}", content=body, headers=_headers(body, **signed))
