"""Triage over the API: the exact shape of an answer, and what is done with it."""

from typing import Any

import pytest
from litestar.testing import TestClient

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.domain.errors import IndexUnavailable
from pipelines.ports import VectorHit, Vectors
from tests.usecases.test_article_suggestions import BLANK, publish, text
from tests.web.examples import TICKET, send
from tests.web.installation import DIMENSION, Installation

ANSWER = {"id", "verdict", "degraded", "suggestions", "near_misses", "question", "near_gap"}
SUGGESTION = {"resolution_id", "rank", "score", "probability", "title", "symptom", "root_cause", "fix", "fix_kind"} | {
    "environment",
    "versions",
    "applicability",
    "reasons",
    "track_record",
    "kind",
    "article_id",
    "article",
    "told_by",
}
ASKED = {"subject": "Nightly export hangs", "body": "ERR-4207 since the upgrade, the export worker waits"}


class DownIndex(MemoryIndex):
    """An index that does not answer."""

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:  # noqa: ARG002 (the port's)
        raise IndexUnavailable("the index does not answer")


def test_a_known_problem_is_answered_in_exactly_the_agreed_shape(confirmed: TestClient[Any]) -> None:
    response = confirmed.post("/api/v1/suggestions", json={**ASKED, "version": "6.4.1", "k": 3})
    answer = response.json()
    assert 200 == response.status_code
    assert ANSWER == set(answer)
    assert ("suggested", [], None) == (answer["verdict"], answer["degraded"], answer["question"])
    found = answer["suggestions"][0]
    assert SUGGESTION == set(found)
    expected = {
        "resolution_id": "R-1",
        "kind": "resolution",
        "article_id": None,
        "rank": 1,
        "title": "Export hangs on the mail queue",
        "symptom": "The nightly export hangs with ERR-4207",
        "fix": "Upgrade to 6.4.3",
        "fix_kind": "fix",
        "environment": None,
        "versions": {"affected": ["6.4.1"], "fixed_in": ["6.4.3"]},
    }
    assert expected == {key: found[key] for key in expected}
    assert "applies" == found["applicability"]["verdict"]
    assert {"verdict", "why"} == set(found["applicability"])
    assert {"kind": "code", "text": "ERR-4207"} in found["reasons"]
    assert {"shown", "reused", "held", "failed", "open"} == set(found["track_record"])
    assert 0 <= found["probability"] <= 1


def test_an_article_is_marked_named_and_takes_an_outcome(
    installation: Installation, confirmed: TestClient[Any]
) -> None:
    article = publish(installation.services, text(record="R-1"), records=["R-1"])
    answer = confirmed.post("/api/v1/suggestions", json={"subject": "Invoice PDF is blank", "body": BLANK}).json()
    found = answer["suggestions"][0]
    assert (article, "article", article) == (found["resolution_id"], found["kind"], found["article_id"])
    assert ("/articles/A-1", "internal", ["R-1"]) == tuple(
        found["article"][key] for key in ("link", "audience", "sources")
    )
    outcome = {"resolution_id": article, "outcome": "fixed"}
    assert 201 == confirmed.post(f"/api/v1/suggestions/{answer['id']}/outcome", json=outcome).status_code
    kept = confirmed.get(f"/api/v1/suggestions/{answer['id']}").json()["given"][0]
    assert (article, "fixed") == (kept["resolution_id"], kept["outcome"])


def test_a_ticket_asks_by_its_name_what_it_says(confirmed: TestClient[Any]) -> None:
    send(confirmed, {**TICKET, "id": "T-2", "status": "open", "closed_at": None})
    answer = confirmed.post("/api/v1/suggestions", json={"ticket": "jira/T-2"}).json()
    assert ["R-1"] == [found["resolution_id"] for found in answer["suggestions"]]


def test_an_unknown_problem_is_answered_with_an_abstention_that_recommends_nothing(
    confirmed: TestClient[Any],
) -> None:
    answer = confirmed.post("/api/v1/suggestions", json={"subject": "Where can I find my invoice?"}).json()
    assert ("abstained", []) == (answer["verdict"], answer["suggestions"])
    assert ANSWER == set(answer)


def test_without_the_index_words_alone_answer_and_the_answer_says_so(
    installation: Installation, confirmed: TestClient[Any]
) -> None:
    installation.services.vectors = DownIndex(DIMENSION)
    answer = confirmed.post("/api/v1/suggestions", json=ASKED).json()
    assert ["index"] == answer["degraded"]
    shown = answer["suggestions"] + answer["near_misses"]
    assert ["R-1"] == [found["resolution_id"] for found in shown]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subject": " ", "body": "\n"},
        {"ticket": "jira/T-1", "subject": "both"},
        {"ticket": "T-1"},
        {"ticket": ""},
        {"ticket": 7},
        {"subject": "x", "k": 0},
        {"subject": "x", "k": 21},
        {"subject": "x", "k": 1.5},
        {"subject": None},
        {"subject": "x", "versions": "6.4"},
    ],
)
def test_a_question_is_either_a_ticket_or_a_text_and_nothing_else(admin: TestClient[Any], body: dict[str, Any]) -> None:
    response = admin.post("/api/v1/suggestions", json=body)
    assert (400, "invalid_input") == (response.status_code, response.json()["code"])


def test_the_first_and_the_last_allowed_number_of_suggestions_are_taken(admin: TestClient[Any]) -> None:
    assert [200, 200] == [admin.post("/api/v1/suggestions", json={"subject": "x", "k": k}).status_code for k in (1, 20)]


def test_a_ticket_that_nobody_sent_cannot_ask(admin: TestClient[Any]) -> None:
    assert 404 == admin.post("/api/v1/suggestions", json={"ticket": "jira/T-404"}).status_code


def test_an_outcome_counts_in_the_track_record(confirmed: TestClient[Any]) -> None:
    first = confirmed.post("/api/v1/suggestions", json=ASKED).json()
    body = {"resolution_id": "R-1", "outcome": "fixed", "ticket": "jira/T-1"}
    response = confirmed.post(f"/api/v1/suggestions/{first['id']}/outcome", json=body)
    assert (201, {}) == (response.status_code, response.json())
    track = confirmed.get("/api/v1/resolutions/R-1").json()["track_record"]
    assert (1, 1) == (track["shown"], track["reused"])


@pytest.mark.parametrize(
    ("path", "change", "status"),
    [
        ("S-1", {"outcome": "great"}, 400),
        ("S-1", {"ticket": "T-1"}, 400),
        ("S-1", {"resolution_id": None}, 400),
        ("S-1", {"note": "x"}, 400),
        ("S-1", {"resolution_id": "R-404"}, 404),
        ("S-404", {}, 404),
        ("nothing", {}, 404),
    ],
)
def test_an_outcome_of_nothing_that_was_shown_is_refused(
    confirmed: TestClient[Any], path: str, change: dict[str, Any], status: int
) -> None:
    confirmed.post("/api/v1/suggestions", json=ASKED)
    body = {"resolution_id": "R-1", "outcome": "fixed", "ticket": "jira/T-1", **change}
    assert status == confirmed.post(f"/api/v1/suggestions/{path}/outcome", json=body).status_code
