"""Articles on pages without scripts and over the API: a KB manager's walk, and what is escaped or refused."""

from typing import Any

import pytest
from litestar.testing import TestClient

from service.usecases.actors import UserRole
from tests.web.examples import TICKET, send
from tests.web.installation import Installation

EVIL = "<b>printer</b> prints blank badges"


@pytest.fixture
def gap(admin: TestClient[Any]) -> TestClient[Any]:
    """A client of an installation with one gap of two open tickets, G-1."""
    for number in (1, 2):
        message = {"id": "m1", "at": "2026-05-01T08:00:00Z", "role": "customer", "body": f"Our {EVIL} since 4.1."}
        ticket = {**TICKET, "id": f"B-{number}", "subject": f"Badge {EVIL}", "status": "open", "closed_at": None}
        send(admin, {**ticket, "product_area": "Badges", "messages": [message]})
    assert 201 == admin.post("/api/v1/gap-reports").status_code
    return admin


@pytest.mark.usefixtures("gap")
def test_a_kb_manager_gets_from_the_gap_to_a_published_file_with_forms_alone(installation: Installation) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.KB_MANAGER)

        def post(path: str, **form: Any) -> Any:
            return client.post(path, data={"_csrf": csrf, **form})

        assert 'href="/gaps/G-1/article"' in client.get("/gaps/G-1").text
        start = client.get("/gaps/G-1/article").text
        assert "Not enough to write it" in start
        assert "no confirmed fix" in start
        assert "works on jira/B-1" in start
        assert 422 == post("/gaps/G-1/article", how="draft", audience="customer").status_code
        begun = post("/gaps/G-1/article", how="by_hand", audience="customer")
        assert (303, "/articles/A-1/edit") == (begun.status_code, begun.headers["location"])
        edit = client.get("/articles/A-1/edit").text
        assert "&lt;b&gt;printer&lt;/b&gt;" in edit
        assert "<b>printer</b>" not in edit
        form = {
            "title": "Blank badges",
            "issue": "Badges stay blank.",
            "audience": "public",
            "governance": "experience",
        }
        saved = post(
            "/articles/A-1/edit", version="1", resolution="Install <i>4.1.2</i>.", **form, **{"affected.1": "4.1"}
        )
        assert (303, "/articles/A-1") == (saved.status_code, saved.headers["location"])
        assert 303 == post("/articles/A-1/submit", version="2").status_code
        assert 303 == post("/articles/A-1/publish", version="3").status_code
        page = client.get("/articles/A-1").text
        assert "precedent articles export DIR --audience public" in page
        assert "Install &lt;i&gt;4.1.2&lt;/i&gt;." in page
        assert "closed" in client.get("/gaps/G-1").text
        file = client.get("/articles/A-1/export.md")
        assert 'filename="a-1-blank-badges.md"' in file.headers["content-disposition"]
        assert "Install \\<i\\>4.1.2\\</i\\>." in file.text
        assert "<i>" not in client.get("/articles/A-1/export.html").text
        assert "Blank badges" in client.get("/articles?q=blank&status=published&audience=public").text
        assert "Nothing found" in client.get("/articles?area=Nowhere").text
        assert "Version 3" in client.get("/articles/A-1/history").text


def test_who_was_slower_keeps_what_was_typed(installation: Installation, gap: TestClient[Any]) -> None:
    assert 201 == gap.post("/api/v1/articles", json={"by_hand": True, "title": "Badges"}).status_code
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.KB_MANAGER)
        form = {"_csrf": csrf, "version": "1", "title": "Badges", "audience": "customer", "governance": "experience"}
        assert 303 == client.post("/articles/A-1/edit", data={**form, "cause": "The first."}).status_code
        late = client.post("/articles/A-1/edit", data={**form, "cause": "The second."})
        assert 412 == late.status_code
        assert "The second.</textarea>" in late.text
        assert "The first." in late.text
        assert 'name="version" value="2"' in late.text
        assert 412 == client.post("/articles/A-1/submit", data={"_csrf": csrf, "version": "1"}).status_code
        empty = client.post("/articles/A-1/edit", data={**form, "version": "2", "title": "", "cause": "Kept."})
        assert (400, True) == (empty.status_code, "Kept.</textarea>" in empty.text)


def test_the_api_takes_a_change_only_with_the_version_it_was_made_on(confirmed: TestClient[Any]) -> None:
    made = confirmed.post("/api/v1/articles", json={"resolutions": ["R-1"], "audience": "customer"})
    assert (201, '"1"') == (made.status_code, made.headers["etag"])
    body = made.json()
    assert [("Upgrade to 6.4.3", "R-1", "fix")] == [
        (s["text"], s["sources"][0]["record"], s["sources"][0]["field"])
        for s in body["parts"]["resolution"]["sentences"]
    ]
    assert {"root_cause"} == {out["field"] for out in body["drafting"]["left_out"]}
    path, change = "/api/v1/articles/A-1", {"cause": "A lock is kept."}
    assert 428 == confirmed.patch(path, json=change).status_code
    assert 412 == confirmed.patch(path, json=change, headers={"If-Match": '"7"'}).status_code
    assert '"2"' == confirmed.patch(path, json=change, headers={"If-Match": '"1"'}).headers["etag"]
    assert 409 == confirmed.post(f"{path}/publish", json={}, headers={"If-Match": '"2"'}).status_code
    assert 428 == confirmed.post(f"{path}/submit", json={}).status_code
    assert 200 == confirmed.post(f"{path}/submit", json={}, headers={"If-Match": '"2"'}).status_code


def test_the_api_names_each_sentence_that_readers_may_not_have(confirmed: TestClient[Any]) -> None:
    assert 201 == confirmed.post("/api/v1/articles", json={"resolutions": ["R-1"], "audience": "internal"}).status_code
    path = "/api/v1/articles/A-1"
    confirmed.patch(path, json={"audience": "public"}, headers={"If-Match": '"1"'})
    confirmed.post(f"{path}/submit", json={}, headers={"If-Match": '"2"'})
    refused = confirmed.post(f"{path}/publish", json={}, headers={"If-Match": '"3"'})
    assert (422, "not_publishable") == (refused.status_code, refused.json()["code"])
    assert "cause.1" in [one["place"] for one in refused.json()["amiss"]]
    assert "cause.1" in [one["place"] for one in confirmed.get(f"{path}/check").json()["items"]]
    assert [] == confirmed.get(f"{path}/check?audience=internal").json()["items"]


def test_an_editor_is_told_in_words_where_an_article_says_too_much(
    confirmed: TestClient[Any], installation: Installation
) -> None:
    confirmed.post("/api/v1/articles", json={"resolutions": ["R-1"], "audience": "internal"})
    confirmed.patch("/api/v1/articles/A-1", json={"audience": "public"}, headers={"If-Match": '"1"'})
    confirmed.post("/api/v1/articles/A-1/submit", json={}, headers={"If-Match": '"2"'})
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.KB_MANAGER)
        assert "Cause, sentence 1" in client.get("/articles/A-1").text
        refused = client.post("/articles/A-1/publish", data={"_csrf": csrf, "version": "3"})
        assert 422 == refused.status_code
        assert "cause.1:" not in refused.text


def test_an_editor_confirms_on_the_page_of_a_resolution_what_customers_may_read(
    confirmed: TestClient[Any], installation: Installation
) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.KB_MANAGER)
        assert "I confirm it for these readers: Root cause" in client.get("/resolutions/R-1/edit").text
        found = confirmed.get("/api/v1/resolutions/R-1").json()
        texts = {name: field["text"] or "" for name, field in found["fields"].items()}
        form = {"_csrf": csrf, "version": "1", "title": found["title"], **texts, "audience": "customer"}
        assert 303 == client.post("/resolutions/R-1/edit", data={**form, "cleared": "root_cause"}).status_code
        assert "confirmed for customer readers so far" in client.get("/resolutions/R-1/edit").text
    begun = confirmed.post("/api/v1/articles", json={"resolutions": ["R-1"], "audience": "customer"}).json()
    assert ["root_cause"] == [said["sources"][0]["field"] for said in begun["parts"]["cause"]["sentences"]]


def test_drafts_that_wait_are_told_to_those_alone_who_may_read_drafts(
    gap: TestClient[Any], installation: Installation
) -> None:
    message = {"id": "m1", "at": "2026-05-01T08:00:00Z", "role": "customer", "body": f"Our {EVIL} since 4.1."}
    send(gap, {**TICKET, "id": "B-3", "subject": f"Badge {EVIL}", "product_area": "Badges", "messages": [message]})
    installation.work()
    gap.post("/api/v1/gap-reports")
    assert ["jira/B-3"] == [d["ticket"] for d in gap.get("/api/v1/gaps/G-1/article-start").json()["waiting"]]
    with installation.client(UserRole.INTEGRATION) as program:
        assert [] == program.get("/api/v1/gaps/G-1/article-start").json()["waiting"]


def test_the_api_says_what_a_gap_is_missing(gap: TestClient[Any]) -> None:
    answer = gap.post("/api/v1/articles", json={"gap": "G-1"})
    assert (422, "not_enough_to_write") == (answer.status_code, answer.json()["code"])
    assert "resolution" in [one["part"] for one in answer.json()["missing"]]
    assert gap.get("/api/v1/gaps/G-1/article-start").json()["enough"] is False
    for body in ({"gap": "G-9"}, {"resolutions": ["R-9"]}):
        assert 404 == gap.post("/api/v1/articles", json=body).status_code
    assert 400 == gap.post("/api/v1/articles", json={}).status_code
    assert "draft: true" in self_made(gap)


def self_made(client: TestClient[Any]) -> str:
    client.post("/api/v1/articles", json={"by_hand": True, "title": "By hand", "audience": "public"})
    found: str = client.get("/api/v1/articles/A-1/export").json()["text"]
    return found


@pytest.mark.usefixtures("confirmed")
def test_an_agent_may_start_an_article_and_is_shown_no_form_that_would_be_refused(installation: Installation) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client, UserRole.AGENT)
        assert 'name="resolution" value="R-1"' in client.get("/resolutions/R-1").text
        begun = client.post("/articles", data={"_csrf": csrf, "resolution": "R-1", "audience": "customer"})
        assert (303, "/articles/A-1") == (begun.status_code, begun.headers["location"])
        page = client.get("/articles/A-1").text
        assert "Hand to review" not in page
        assert 'href="/articles/A-1"' in client.get("/resolutions/R-1").text
