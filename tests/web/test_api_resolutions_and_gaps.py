"""Resolutions and gap reports over the API, and the description of it all."""

from typing import Any

import pytest
from litestar.testing import TestClient

from service.usecases.actors import UserRole
from tests.web.examples import TICKET, send
from tests.web.installation import Installation


def test_a_resolution_is_read_with_its_evidence_history_and_use(confirmed: TestClient[Any]) -> None:
    response = confirmed.get("/api/v1/resolutions/R-1")
    found = response.json()
    assert ('"1"', 1, True) == (response.headers["etag"], found["version"], found["indexed"])
    assert ("stated", "edited") == (found["fields"]["fix"]["state"], found["fields"]["fix"]["origin"])
    assert ("not_applicable", None) == tuple(found["fields"]["environment"][k] for k in ("state", "text"))
    assert {"jira/T-1"} == {quote["ticket"] for quote in found["evidence"]}
    assert [(1, "confirmed")] == [(entry["version"], entry["why"]) for entry in found["history"]]
    assert [("jira/T-1", "source")] == [(use["ticket"], use["kind"]) for use in found["uses"]]


def test_resolutions_are_found_by_word_area_and_confidence(confirmed: TestClient[Any]) -> None:
    def found(**params: str) -> list[str]:
        return [line["id"] for line in confirmed.get("/api/v1/resolutions", params=params).json()["items"]]

    assert ["R-1"] == found()
    assert ["R-1"] == found(text="export", product_area="Exports", confidence="not_validated")
    assert [] == found(confidence="validated")
    assert [] == found(product_area="Billing")
    assert 400 == confirmed.get("/api/v1/resolutions?confidence=sure").status_code


@pytest.mark.parametrize("address", ["/resolutions?text=%00", "/resolutions/R-1%00", "/drafts?assignee=a%00b"])
def test_an_address_with_a_nul_in_it_is_the_callers_error(admin: TestClient[Any], address: str) -> None:
    assert (400, "invalid_input") == ((answer := admin.get(f"/api/v1{address}")).status_code, answer.json()["code"])


def test_a_correction_makes_the_next_version(confirmed: TestClient[Any]) -> None:
    change = {"fix": "Upgrade to 6.4.3 or later", "affected": ["6.4.0", "6.4.1"], "why": "also seen on 6.4.0"}
    response = confirmed.patch("/api/v1/resolutions/R-1", json=change, headers={"If-Match": '"1"'})
    found = response.json()
    assert (200, '"2"', 2) == (response.status_code, response.headers["etag"], found["version"])
    assert "Upgrade to 6.4.3 or later" == found["fields"]["fix"]["text"]
    assert ["6.4.0", "6.4.1"] == found["versions"]["affected"]
    assert ["fix", "versions"] == found["history"][-1]["changed_fields"]
    stale = confirmed.patch("/api/v1/resolutions/R-1", json=change, headers={"If-Match": '"1"'})
    assert (412, {"version": 2}) == (stale.status_code, stale.json()["current"])
    assert 200 == confirmed.patch("/api/v1/resolutions/R-1", json={"title": "Shorter"}).status_code


def test_a_state_moves_only_where_the_rules_let_it(confirmed: TestClient[Any]) -> None:
    moves = ("validated", "archived", "validated")
    answers = [confirmed.patch("/api/v1/resolutions/R-1", json={"confidence": wanted}) for wanted in moves]
    assert [200, 200, 409] == [answer.status_code for answer in answers]
    assert "illegal_move" == answers[-1].json()["code"]


@pytest.mark.parametrize("change", [{"confidence": "sure"}, {"evidence": []}, {"title": "a\x00"}, {"title": " "}, []])
def test_a_correction_that_means_nothing_is_refused(confirmed: TestClient[Any], change: Any) -> None:
    assert 400 == confirmed.patch("/api/v1/resolutions/R-1", json=change).status_code


def test_a_gap_report_has_the_agreed_shape_and_its_gaps_can_be_worked_on(installation: Installation) -> None:
    with installation.client(UserRole.KB_MANAGER) as client, installation.client(UserRole.INTEGRATION) as helpdesk:
        assert 404 == client.get("/api/v1/gap-reports/latest").status_code
        for number in range(6):
            send(helpdesk, {**TICKET, "id": f"T-{number}", "status": "open", "closed_at": None})
        built = client.post("/api/v1/gap-reports")
        report = built.json()
        assert 201 == built.status_code
        agreed = {"id", "built_at", "window", "inputs_sha256", "gaps", "unseen"}
        assert agreed | {"signals", "single", "answered_since", "answered", "closed"} == set(report)
        assert {"estimate", "low", "high", "once", "twice", "tells"} == set(report["unseen"])
        assert {"from", "to"} == set(report["window"])
        [gap] = report["gaps"]
        assert {"id", "title", "type", "demand", "escalations", "hours", "growth"} < set(gap)
        assert {"tickets": 6, "accounts": 0, "searches": 0} == gap["demand"]
        assert report == client.get("/api/v1/gap-reports/latest").json()
        changed = client.patch(f"/api/v1/gaps/{gap['id']}", json={"owner": "Kim", "status": "assigned", "note": "soon"})
        assert (200, "Kim", "assigned", "soon") == (
            changed.status_code,
            *(changed.json()[key] for key in ("owner", "status", "note")),
        )
        detail = helpdesk.get(f"/api/v1/gaps/{gap['id']}").json()
        assert {f"jira/T-{n}" for n in range(6)} == {line["key"] for line in detail["tickets"]}
        assert 400 == client.patch(f"/api/v1/gaps/{gap['id']}", json={"status": "gone"}).status_code


def test_the_api_describes_itself_and_draws_nothing_from_other_hosts(anonymous: TestClient[Any]) -> None:
    response = anonymous.get("/schema/openapi.json")
    described = response.json()
    assert "application/vnd.oai.openapi+json" == response.headers["content-type"]
    paths = {path.removeprefix("/api/v1") for path in described["paths"] if path.startswith("/api/v1")}
    assert {
        "/webhooks/{source}",
        "/tickets/{source}/{id}",
        "/drafts",
        "/drafts/{draft_id}",
        "/drafts/{draft_id}/confirm",
        "/drafts/{draft_id}/link",
        "/drafts/{draft_id}/reject",
        "/drafts/{draft_id}/checklist",
        "/contradictions",
        "/contradictions/{contradiction_id}/settle",
        "/capture/figures",
        "/capture/figures.csv",
        "/resolutions",
        "/resolutions/{resolution_id}",
        "/resolutions/{resolution_id}/merge",
        "/resolutions/{resolution_id}/track-record",
        "/resolutions/{resolution_id}/changes",
        "/suggestions",
        "/suggestions/{suggestion_id}",
        "/similar-tickets",
        "/suggestions/{suggestion_id}/outcome",
        "/gap-reports/latest",
        "/gap-reports",
        "/gap-reports/{report_id}",
        "/gap-reports/{report_id}/changes",
        "/gaps/{gap_id}",
        "/gaps/{gap_id}/merge",
        "/gaps/{gap_id}/article-start",
        "/articles",
        "/articles/{article_id}",
        "/articles/{article_id}/archive",
        "/articles/{article_id}/check",
        "/articles/{article_id}/export",
        "/articles/{article_id}/publish",
        "/articles/{article_id}/return",
        "/articles/{article_id}/submit",
        "/gaps/{gap_id}/split",
        "/gaps/{gap_id}/tickets",
        "/gaps",
        "/single-questions",
    } == paths
    assert not any(path.startswith(("/queue", "/sign", "/static", "/metrics")) for path in described["paths"])
    confirm = described["paths"]["/api/v1/drafts/{draft_id}/confirm"]["post"]
    assert {"If-Match", "draft_id"} == {parameter["name"] for parameter in confirm["parameters"]}
    assert 404 == anonymous.get("/schema/swagger").status_code
