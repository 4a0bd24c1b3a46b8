"""Questions that stand alone, as a page and over the API: read by everybody, put where they belong by KB managers."""

from typing import Any

import pytest
from litestar.testing import TestClient

from service.usecases.actors import UserRole
from tests.doubles import UnreachableIndex
from tests.web.examples import TICKET, send
from tests.web.installation import DIMENSION, Installation

QUESTIONS = {
    "B-1": ("Badge printer prints blank badges", "Badges", "The badge printer prints blank badges."),
    "B-2": ("Badge printer prints blank badges", "Badges", "The badge printer prints blank badges."),
    "X-1": ("<i>Sync</i> slow", "Calendar", "Calendar sync takes ages. Mail greta@nordwind.example"),
    "Y-1": ("Wrong VAT", "Billing", "Nineteen percent VAT for Norway."),
}


@pytest.fixture
def reported(admin: TestClient[Any]) -> TestClient[Any]:
    """A client of an installation whose newest report has one gap, G-1, and two questions that stand alone."""
    for name, (subject, area, body) in QUESTIONS.items():
        message = {"id": "m1", "at": "2026-05-01T08:00:00Z", "role": "customer", "body": body}
        facts = {"subject": subject, "product_area": area, "status": "open", "closed_at": None, "messages": [message]}
        send(admin, {**TICKET, "id": name, **facts})
    assert 201 == admin.post("/api/v1/gap-reports").status_code
    return admin


def ids(client: TestClient[Any], query: str = "") -> list[str]:
    return [one["id"] for one in client.get(f"/api/v1/single-questions{query}").json()["items"]]


def signed_in(installation: Installation, client: TestClient[Any], role: UserRole) -> str:
    return installation.sign_in(client, role)


def test_the_report_leads_to_the_list_and_the_list_shows_escaped_and_redacted_words(reported: TestClient[Any]) -> None:
    assert '<a href="/gaps/single">2 stood alone</a>' in reported.get("/gaps").text
    page = reported.get("/gaps/single").text
    assert "2 of 2 questions that stood alone" in page
    assert "&lt;i&gt;Sync&lt;/i&gt; slow" in page
    assert ("greta@nordwind" in page, "[email-1]" in page) == (False, True)
    assert "Badge printer prints blank badges." not in page


def test_the_list_is_filtered_and_paged_over_the_api_as_on_the_page(reported: TestClient[Any]) -> None:
    assert ["jira/Y-1"] == ids(reported, "?area=Billing")
    first = reported.get("/api/v1/single-questions?limit=1").json()
    assert (2, 2, "1", True) == (first["single"], first["matching"], first["report"], first["compared"])
    assert ["jira/X-1"] == ids(reported, f"?limit=1&cursor={first['next_cursor']}")
    page = reported.get("/gaps/single?area=Billing").text
    assert ("Wrong VAT" in page, "Calendar sync" in page) == (True, False)
    assert "None in this part" in reported.get("/gaps/single?area=Nowhere").text
    assert 400 == reported.get("/api/v1/single-questions?cursor=zzz").status_code
    assert (2, 4) == tuple(reported.get("/api/v1/gap-reports/latest").json()[name] for name in ("single", "signals"))


def test_a_manager_puts_a_question_into_a_gap_and_starts_one_of_another_on_the_page(
    reported: TestClient[Any], installation: Installation
) -> None:
    with installation.client() as client:
        csrf = signed_in(installation, client, UserRole.KB_MANAGER)
        put = client.post("/gaps/single", data={"_csrf": csrf, "ticket": ["jira/X-1"], "into": "G-1", "put": "1"})
        assert (303, "/gaps/G-1") == (put.status_code, put.headers["location"])
        page = client.get("/gaps/G-1").text
        assert "1 ticket put into it that stood alone" in page
        assert "The chosen tickets are part of this gap now" in page
        new = client.post("/gaps/single", data={"_csrf": csrf, "ticket": "jira/Y-1", "title": "VAT", "start": "1"})
        assert (303, "/gaps/G-2") == (new.status_code, new.headers["location"])
        assert "Nothing stands alone" in client.get("/gaps/single").text
    assert {"G-1": 3, "G-2": 1} == {
        gap["id"]: gap["demand"]["tickets"] for gap in reported.get("/api/v1/gap-reports/latest").json()["gaps"]
    }


@pytest.mark.parametrize(
    ("posted", "why"),
    [
        ({"start": "1", "title": "VAT"}, "Choose at least one ticket."),
        ({"start": "1", "title": " ", "ticket": "jira/Y-1"}, "Give the new gap a title."),
        ({"put": "1", "into": "G-9", "ticket": "jira/Y-1"}, "There is no gap G-9."),
        ({"put": "1", "into": "G-1", "ticket": "jira/B-1"}, "jira/B-1 does not stand alone"),
    ],
)
def test_what_cannot_be_done_is_said_on_the_page_and_what_was_chosen_stays_chosen(
    reported: TestClient[Any], installation: Installation, posted: dict[str, str], why: str
) -> None:
    with installation.client() as client:
        csrf = signed_in(installation, client, UserRole.KB_MANAGER)
        refused = client.post("/gaps/single", data={"_csrf": csrf, **posted})
    assert (400, True) == (refused.status_code, why in refused.text)
    assert ('value="jira/Y-1" aria-label="Choose jira/Y-1" checked' in refused.text) is (
        posted.get("ticket") == "jira/Y-1"
    )
    assert ["jira/Y-1", "jira/X-1"] == ids(reported)


def test_an_agent_reads_the_list_and_is_offered_nothing_to_change(
    reported: TestClient[Any],  # noqa: ARG001 - there is a report
    installation: Installation,
) -> None:
    with installation.client() as client:
        signed_in(installation, client, UserRole.AGENT)
        page = client.get("/gaps/single").text
    assert ("Wrong VAT" in page, "Start a gap" in page, "checkbox" in page) == (True, False, False)


def test_the_api_puts_questions_into_gaps_and_starts_gaps_of_them(
    reported: TestClient[Any], installation: Installation
) -> None:
    put = reported.post("/api/v1/gaps/G-1/tickets", json={"tickets": ["jira/X-1"]})
    assert (200, "G-1", 3, False) == (
        put.status_code,
        put.json()["id"],
        put.json()["demand"]["tickets"],
        put.json()["report_follows"],
    )
    again = reported.post("/api/v1/gaps/G-1/tickets", json={"tickets": ["jira/X-1"]})
    assert (400, "invalid_input") == (again.status_code, again.json()["code"])
    installation.services.vectors = UnreachableIndex(DIMENSION)
    new = reported.post("/api/v1/gaps", json={"tickets": ["jira/Y-1"], "title": "VAT for Norway"})
    assert (201, "G-2", "VAT for Norway", True) == (
        new.status_code,
        new.json()["id"],
        new.json()["title"],
        new.json()["report_follows"],
    )
    listed = reported.get("/api/v1/single-questions").json()
    assert (["jira/Y-1"], False) == ([one["id"] for one in listed["items"]], listed["compared"])
    assert "cannot be looked up just now" in reported.get("/gaps/single").text


def test_without_a_report_there_is_nothing_to_list(admin: TestClient[Any]) -> None:
    assert 404 == admin.get("/api/v1/single-questions").status_code
    assert "No gap report yet" in admin.get("/gaps/single").text
