"""The gap report as a page and as files: one part of the demand, and no text that becomes markup or a formula."""

import csv
import io
from typing import Any

import pytest
from litestar.testing import TestClient

from service.usecases.actors import UserRole
from service.web.pages import gaps as gaps_page
from tests.doubles import UnreachableIndex
from tests.web.examples import TICKET, send
from tests.web.installation import DIMENSION, Installation

SUBJECT = "=Badge <b>printer</b> prints blank badges"


@pytest.fixture
def reported(admin: TestClient[Any]) -> TestClient[Any]:
    """A client of an installation whose newest report has one gap of two open tickets, G-1."""
    for number in (1, 2):
        message = {
            "id": "m1",
            "at": "2026-05-01T08:00:00Z",
            "role": "customer",
            "body": "blank badges since the update",
        }
        ticket = {**TICKET, "id": f"B-{number}", "subject": SUBJECT, "status": "open", "closed_at": None}
        send(admin, {**ticket, "product_area": "Badges", "messages": [message]})
    assert 201 == admin.post("/api/v1/gap-reports").status_code
    return admin


def exported(client: TestClient[Any], query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"/gaps/export.csv{query}").text)))


def test_the_page_draws_the_report_and_escapes_what_customers_wrote(reported: TestClient[Any]) -> None:
    page = reported.get("/gaps").text
    assert 2 == page.count("<svg")
    assert '<span class="small muted">G-1</span> <a href="/gaps/G-1">' in page
    assert "&lt;b&gt;printer&lt;/b&gt;" in page
    assert "<b>printer</b>" not in page
    assert "Hours = sum over the tickets" in page


def test_of_very_many_gaps_the_most_wanted_are_listed_and_all_on_request(
    reported: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        message = {"id": "m1", "at": "2026-05-01T08:00:00Z", "role": "customer", "body": "calendar takes ages"}
        ticket = {**TICKET, "id": f"S-{number}", "subject": "Sync slow on tablets", "status": "open", "closed_at": None}
        send(reported, {**ticket, "product_area": "Sync", "messages": [message]})
    assert 2 == len(reported.post("/api/v1/gap-reports").json()["gaps"])
    everything = reported.get("/gaps").text
    assert ("/gaps/G-1" in everything, "/gaps/G-2" in everything, "most wanted of" in everything) == (True, True, False)
    monkeypatch.setattr(gaps_page, "LISTED", 1)
    short = reported.get("/gaps").text
    assert 1 == sum(f'href="/gaps/G-{number}"' in short for number in (1, 2))
    assert "The 1 most wanted of 2" in short
    assert everything == reported.get("/gaps?all=1").text
    assert '<datalist id="into-gaps">' not in reported.get("/gaps/G-1").text
    monkeypatch.setattr(gaps_page, "LISTED", 0)
    assert '<datalist id="into-gaps">' in reported.get("/gaps/G-1").text


def test_files_hold_the_part_that_was_asked_for(reported: TestClient[Any]) -> None:
    assert [("G-1", "2")] == [(row["id"], row["tickets"]) for row in exported(reported, "?area=Badges")]
    assert [] == exported(reported, "?area=Billing")
    assert ["G-1"] == [gap["id"] for gap in reported.get("/gaps/export.json").json()["gaps"]]


def test_a_spreadsheet_takes_no_title_for_a_formula(reported: TestClient[Any]) -> None:
    assert ["'" + SUBJECT] == [row["title"] for row in exported(reported)]


def test_a_dismissed_gap_leaves_the_list_and_is_found_among_the_dismissed(reported: TestClient[Any]) -> None:
    change = {"status": "dismissed", "note": "out of support"}
    assert 200 == reported.patch("/api/v1/gaps/G-1", json=change).status_code
    assert [] == exported(reported)
    assert ["G-1"] == [row["id"] for row in exported(reported, "?dismissed=1")]


def test_a_gap_is_closed_on_its_page_by_a_record_that_is_served(
    reported: TestClient[Any],
    confirmed: TestClient[Any],  # noqa: ARG001 - the same client: there is R-1
) -> None:
    refused = reported.post("/gaps/G-1/close", data={"by": "R-77"})
    assert (400, True) == (refused.status_code, "There is no resolution R-77" in refused.text)
    assert 'value="R-77"' in refused.text
    assert 400 == reported.patch("/api/v1/gaps/G-1", json={"status": "closed"}).status_code
    assert 400 == reported.patch("/api/v1/gaps/G-1", json={"closed_by": "R-77"}).status_code
    assert 303 == reported.post("/gaps/G-1/close", data={"by": "R-1"}).status_code
    detail = reported.get("/api/v1/gaps/G-1").json()
    assert ("closed", "R-1", ["created", "closed"]) == (
        detail["status"],
        detail["closed_by"],
        [move["kind"] for move in detail["history"]],
    )
    page = reported.get("/gaps/G-1").text
    assert 'closed by <a href="/resolutions/R-1">' in page


def test_a_closed_gap_says_on_page_and_over_the_api_what_became_of_its_demand(
    reported: TestClient[Any],
    confirmed: TestClient[Any],  # noqa: ARG001 - the same client: there is R-1
) -> None:
    reported.post("/gaps/G-1/close", data={"by": "R-1"})
    assert "the next report looks at its demand" in reported.get("/gaps/G-1").text
    report = reported.post("/api/v1/gap-reports").json()
    (closed,) = report["closed"]
    assert ("G-1", "R-1", "watching", 0) == (
        closed["id"],
        closed["closed_by"],
        closed["watch"]["verdict"],
        closed["watch"]["weeks"],
    )
    assert "Watching, 0 weeks so far." in reported.get("/gaps/G-1").text
    assert "Closed gaps" in reported.get("/gaps").text
    assert ["G-1"] == [gap["id"] for gap in reported.get("/gaps/export.json").json()["closed"]]


def test_a_split_whose_report_has_to_wait_is_told_as_done_on_page_and_over_the_api(
    reported: TestClient[Any], installation: Installation
) -> None:
    installation.services.vectors = UnreachableIndex(DIMENSION)
    split = reported.post("/api/v1/gaps/G-1/split", json={"tickets": ["jira/B-1"], "title": "Another printer"})
    assert (201, "G-2", True) == (split.status_code, split.json()["id"], split.json()["report_follows"])
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.KB_MANAGER)
        merged = client.post("/gaps/G-2/merge", data={"_csrf": csrf, "into": "G-1"})
        assert (303, "/gaps/G-1") == (merged.status_code, merged.headers["location"])
        assert "The two are one gap now. The report follows." in client.get("/gaps/G-1").text
        assert "This gap is part of" in client.get("/gaps/G-2").text


def test_what_changed_between_two_reports_is_a_page(reported: TestClient[Any]) -> None:
    assert "Nothing to compare with yet" in reported.get("/gaps/changes").text
    reported.post("/api/v1/gap-reports")
    page = reported.get("/gaps/changes").text
    assert "Nothing changed" in page
    assert "(report 1)</option>" in page
    assert "Nothing changed" in reported.get("/gaps/changes?since=1").text
    assert 404 == reported.get("/gaps/changes?since=99").status_code
    assert 400 == reported.get("/api/v1/gap-reports/1/changes?since=2").status_code
    listed = reported.get("/api/v1/gap-reports?limit=1").json()
    assert (["2"], "2") == ([line["id"] for line in listed["items"]], listed["next_cursor"])
    assert "1" == reported.get("/api/v1/gap-reports/1").json()["id"]
    assert {"report", "since", "changes"} == set(reported.get("/api/v1/gap-reports/2/changes").json())
