"""From a closed ticket to a confirmed resolution over the API, with every refusal on the way."""

from typing import Any

import pytest
from litestar.testing import TestClient

from tests.web.examples import DECISION, FIRST, TICKET, send
from tests.web.installation import Installation


def test_the_queue_lists_whose_drafts_await_and_how_complete_they_are(drafted: TestClient[Any]) -> None:
    page = drafted.get("/api/v1/drafts").json()
    assert page["next_cursor"] is None
    [line] = page["items"]
    expected = {"id": "D-1", "ticket": "jira/T-1", "state": "pending", "assignee": "Kim", "escalated": True}
    assert expected == {key: line[key] for key in expected}
    assert {"items": [], "next_cursor": None} == drafted.get("/api/v1/drafts?state=confirmed").json()
    assert {"items": [], "next_cursor": None} == drafted.get("/api/v1/drafts?assignee=Lee").json()


def test_the_queue_is_read_page_by_page(installation: Installation, admin: TestClient[Any]) -> None:
    for number in range(5):
        send(admin, {**TICKET, "id": f"T-{number}"})
    installation.work()
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = admin.get("/api/v1/drafts", params=params).json()
        assert len(page["items"]) <= 2
        seen += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert ["D-5", "D-4", "D-3", "D-2", "D-1"] == seen


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=%22", "cursor=-1", "state=odd"])
def test_a_list_is_not_read_with_values_that_mean_nothing(admin: TestClient[Any], query: str) -> None:
    assert 400 == admin.get(f"/api/v1/drafts?{query}").status_code


def test_a_draft_carries_its_version_as_etag_and_quotes_what_proves_it(drafted: TestClient[Any]) -> None:
    response = drafted.get("/api/v1/drafts/D-1")
    draft = response.json()
    assert ('"1"', 1) == (response.headers["etag"], draft["version"])
    assert {"verdict": "new", "compared": True, "candidates": []} == draft["dedupe"]
    assert {"symptom", "root_cause", "fix", "environment"} == set(draft["fields"])
    bodies = {message["id"]: message["body"] for message in TICKET["messages"]}
    cause = draft["fields"]["root_cause"]
    assert cause["supported"]
    for quote in cause["evidence"]:
        assert bodies[quote["message"]][quote["start"] : quote["end"]] == quote["quote"] != ""
    assert ["m2"] == [quote["message"] for quote in cause["evidence"]]


def test_confirming_makes_a_resolution_and_opens_the_tickets_gate(confirmed: TestClient[Any]) -> None:
    ticket = confirmed.get("/api/v1/tickets/jira/T-1").json()
    assert ("confirmed", {"open": True, "unconfirmed": []}) == (ticket["capture_state"], ticket["close_gate"])
    draft = confirmed.get("/api/v1/drafts/D-1").json()
    [decision] = draft["decisions"]
    expected = {"kind": "edited", "seconds": 41.5, "resolution_id": "R-1", "resolution_version": 1, "bulk": False}
    assert expected == {key: decision[key] for key in expected}
    assert [] == confirmed.get("/api/v1/drafts").json()["items"]


def test_confirming_answers_with_the_resolution_and_its_version(drafted: TestClient[Any]) -> None:
    response = drafted.post("/api/v1/drafts/D-1/confirm", json=DECISION, headers=FIRST)
    assert (201, {"resolution_id": "R-1", "version": 1}) == (response.status_code, response.json())


@pytest.mark.parametrize("action", ["confirm", "link", "reject"])
def test_a_decision_has_to_name_the_version_it_was_made_on(drafted: TestClient[Any], action: str) -> None:
    body = {"confirm": DECISION, "link": {"resolution_id": "R-1"}, "reject": {"reason": "wrong"}}[action]
    response = drafted.post(f"/api/v1/drafts/D-1/{action}", json=body)
    assert (428, "precondition_missing") == (response.status_code, response.json()["code"])


def test_the_later_of_two_agents_is_told_what_changed(confirmed: TestClient[Any]) -> None:
    response = confirmed.post("/api/v1/drafts/D-1/reject", json={"reason": "wrong"}, headers=FIRST)
    problem = response.json()
    assert (412, "stale_version") == (response.status_code, problem["code"])
    assert (2, "confirmed", "R-1") == tuple(problem["current"][k] for k in ("version", "state", "resolution_id"))
    assert {"title", "root_cause"} <= set(problem["changed_fields"])


def test_a_decision_that_leaves_fields_open_is_told_which(drafted: TestClient[Any]) -> None:
    decision = {"title": " ", "fields": {"fix": {"state": "stated", "text": None}}, "fix_kind": "fix"}
    response = drafted.post("/api/v1/drafts/D-1/confirm", json=decision, headers=FIRST)
    assert (422, "unsettled_fields") == (response.status_code, response.json()["code"])
    unsettled = [entry["field"] for entry in response.json()["unsettled"]]
    assert ["title", "root_cause", "fix", "environment", "version"] == unsettled
    assert [] != drafted.get("/api/v1/drafts").json()["items"]


@pytest.mark.parametrize(
    "change",
    [
        {"fields": {"cause": {"state": "stated", "text": "x"}}},
        {"fields": {"fix": {"state": "sure", "text": "x"}}},
        {"fields": {"fix": {"state": "stated", "text": "x", "note": "y"}}},
        {"fix_kind": "miracle"},
        {"versions": {"state": "stated", "affected": "6.4.1"}},
        {"seconds": -1},
        {"seconds": "NaN"},
        {"tite": "x"},
        {"title": "a\x00b"},
    ],
)
def test_a_decision_with_anything_unknown_in_it_is_refused(drafted: TestClient[Any], change: dict[str, Any]) -> None:
    response = drafted.post("/api/v1/drafts/D-1/confirm", json={**DECISION, **change}, headers=FIRST)
    assert (400, "invalid_input") == (response.status_code, response.json()["code"])


def test_a_recurrence_is_linked_and_adds_what_it_knows(installation: Installation, confirmed: TestClient[Any]) -> None:
    send(confirmed, {**TICKET, "id": "T-2"})
    installation.work()
    body = {"resolution_id": "R-1", "add": ["symptom", "environment", "versions"], "seconds": 12}
    response = confirmed.post("/api/v1/drafts/D-2/link", json=body, headers=FIRST)
    assert (201, "R-1", 2) == (response.status_code, response.json()["resolution_id"], response.json()["version"])
    assert ["symptom", "environment"] == [added["part"] for added in response.json()["added"]]
    assert "linked" == confirmed.get("/api/v1/tickets/jira/T-2").json()["capture_state"]
    unknown = {**body, "resolution_id": "R-99"}
    send(confirmed, {**TICKET, "id": "T-3"})
    installation.work()
    assert 404 == confirmed.post("/api/v1/drafts/D-3/link", json=unknown, headers=FIRST).status_code


def test_a_rejected_draft_leaves_the_queue_and_keeps_nothing(drafted: TestClient[Any]) -> None:
    body = {"reason": "no_knowledge", "note": "spam", "seconds": 3}
    response = drafted.post("/api/v1/drafts/D-1/reject", json=body, headers={"If-Match": 'W/"1"'})
    assert (201, {}) == (response.status_code, response.json())
    assert [] == drafted.get("/api/v1/drafts").json()["items"]
    assert [] == drafted.get("/api/v1/resolutions").json()["items"]
    again = drafted.post("/api/v1/drafts/D-1/reject", json=body, headers={"If-Match": '"2"'})
    assert (409, "conflict") == (again.status_code, again.json()["code"])


@pytest.mark.parametrize("draft", ["D-2", "D-0", "X-1", "1", "D-99999999999999999999", "D-%C3%BC"])
def test_a_draft_that_does_not_exist_is_not_found(admin: TestClient[Any], draft: str) -> None:
    assert 404 == admin.get(f"/api/v1/drafts/{draft}").status_code
    assert 404 == admin.post(f"/api/v1/drafts/{draft}/confirm", json=DECISION, headers=FIRST).status_code


def test_what_the_summariser_did_not_read_is_told_message_by_message(
    installation: Installation, admin: TestClient[Any]
) -> None:
    """In the API and on the screen, with the reason."""
    first, *others = TICKET["messages"]
    signed = {**first, "body": f"{first['body']}\n\n-- \nKind regards\nGreta Holm\nNordwind Logistics"}
    send(admin, {**TICKET, "messages": [signed, *others]})
    installation.work()
    [cut] = admin.get("/api/v1/drafts/D-1").json()["provenance"]["cuts"]
    assert (first["id"], "signature") == (cut["message"], cut["why"])
    page = admin.get("/confirm/D-1", headers={"Accept": "text/html"}).text
    assert f"{first['id']}: {cut['characters']} characters, signature" in page
