"""The gap report as a page and as files: one part of the demand, and no text that becomes markup or a formula."""

import csv
import io
from typing import Any

import pytest
from litestar.testing import TestClient

from tests.web.examples import TICKET, send

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
    assert "&lt;b&gt;printer&lt;/b&gt;" in page
    assert "<b>printer</b>" not in page
    assert "Hours = sum over the tickets" in page


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
