"""Browser sessions: signing in and out, and requests that other sites make a browser send."""

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from service.store.engine import Database
from service.usecases import access
from service.usecases.actors import UserRole
from service.web.auth import SESSION_COOKIE
from service.web.sign_in import safe_path
from tests.web.installation import PASSWORD, Installation, services_over

HTML = {"Accept": "text/html,application/xhtml+xml"}
HERE = "http://127.0.0.1:8000"


def test_signing_in_opens_a_session_and_leads_back_to_where_one_was(installation: Installation) -> None:
    access.create_user(installation.services.db, "Kim", UserRole.AGENT, PASSWORD)
    with installation.client() as client:
        asked = client.get("/queue?show=mine", headers=HTML)
        assert (303, f"/sign-in?next=/queue{quote('?show=mine')}") == (asked.status_code, asked.headers["location"])
        form = {"name": "Kim", "password": PASSWORD, "next": "/queue?show=mine"}
        signed = client.post("/sign-in", data=form, headers={"Origin": HERE})
        assert (303, "/queue?show=mine") == (signed.status_code, signed.headers["location"])
        assert 200 == client.get("/queue?show=mine", headers=HTML).status_code


def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_other_sites(installation: Installation) -> None:
    with installation.client() as client:
        cookie = _session_cookie(_signed_in(installation, client))
    assert (True, "lax", "/", "") == (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"])
    assert str(installation.services.settings.session_hours * 3600) == cookie["max-age"]


def test_behind_https_the_cookie_is_sent_over_https_alone(sqlite_database: Database, tmp_path: Any) -> None:
    installation = Installation(services_over(sqlite_database, tmp_path, secure_cookies=True))
    with installation.client() as client:
        assert _session_cookie(_signed_in(installation, client))["secure"]


@pytest.mark.parametrize(
    "form", [{}, {"name": "Kim"}, {"name": "Kim", "password": "not this one"}, {"name": "Lee\x00"}]
)
def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(
    installation: Installation, form: dict[str, str]
) -> None:
    access.create_user(installation.services.db, "Kim", UserRole.AGENT, PASSWORD)
    with installation.client() as client:
        response = client.post("/sign-in", data={"next": "/queue", **form})
    assert 401 == response.status_code
    assert "Name or password is wrong." in response.text
    assert 'value="/queue"' in response.text
    assert "set-cookie" not in response.headers


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(installation: Installation) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client)
        kept = client.cookies[SESSION_COOKIE]
        response = client.post("/sign-out", data={"_csrf": csrf})
        assert (303, "/sign-in") == (response.status_code, response.headers["location"])
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, kept)
        assert 401 == client.get("/api/v1/drafts").status_code


def test_signing_in_again_ends_the_earlier_session(installation: Installation) -> None:
    with installation.client() as client:
        installation.sign_in(client)
        earlier = client.cookies[SESSION_COOKIE]
        assert 303 == client.post("/sign-in", data={"name": "Kim", "password": PASSWORD}).status_code
        assert client.cookies[SESSION_COOKIE] != earlier
    assert access.session_actor(installation.services.db, earlier) is None


def test_a_form_of_another_site_cannot_sign_a_visitor_in(installation: Installation) -> None:
    """It would let somebody watch what the visitor then enters under a foreign name."""
    access.create_user(installation.services.db, "Kim", UserRole.AGENT, PASSWORD)
    with installation.client() as client:
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            response = client.post("/sign-in", data={"name": "Kim", "password": PASSWORD}, headers=headers)
            assert (403, "cross_site") == (response.status_code, response.json()["code"])


@pytest.mark.parametrize("where", ["header", "form", "multipart"])
def test_a_change_from_our_own_page_carries_the_sessions_token(installation: Installation, where: str) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client)
        if where == "header":
            response = client.post("/", data={"subject": ""}, headers={"X-CSRF-Token": csrf, "Origin": HERE})
        elif where == "form":
            response = client.post("/", data={"subject": "", "_csrf": csrf}, headers={"Origin": HERE})
        else:
            response = client.post("/sign-out", files={"_csrf": (None, csrf)})
    assert (303 if where == "multipart" else 200) == response.status_code


@pytest.mark.parametrize("sent", ["", "wrong", "schön", None])
def test_a_change_without_the_sessions_token_is_refused(installation: Installation, sent: str | None) -> None:
    with installation.client() as client:
        installation.sign_in(client)
        answers = [
            client.post("/", data={"subject": "x"} | ({"_csrf": sent} if sent is not None else {})),
            client.post("/api/v1/suggestions", json={"subject": "x", "_csrf": sent}),
            client.post("/sign-out", data={"_csrf": sent or ""}),
        ]
    assert [(403, "cross_site")] * 3 == [(answer.status_code, answer.json()["code"]) for answer in answers]


def test_the_token_of_one_session_is_none_of_another(installation: Installation) -> None:
    with installation.client() as first, installation.client() as second:
        of_first = installation.sign_in(first, name="Kim")
        installation.sign_in(second, name="Lee")
        assert 403 == second.post("/", data={"_csrf": of_first}).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_a_change_that_comes_from_another_site_is_refused_even_with_the_token(
    installation: Installation, headers: dict[str, str]
) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client)
        assert 403 == client.post("/", data={"_csrf": csrf}, headers=headers).status_code


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": HERE},
        {"Origin": "https://127.0.0.1:8000"},  # a proxy ended TLS
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_change_that_our_own_page_makes_is_taken(installation: Installation, headers: dict[str, str]) -> None:
    with installation.client() as client:
        csrf = installation.sign_in(client)
        assert 200 == client.post("/", data={"_csrf": csrf}, headers=headers).status_code


def test_programs_with_a_token_need_no_form_token(admin: TestClient[Any]) -> None:
    assert 200 == admin.post("/api/v1/suggestions", json={"subject": "x"}).status_code


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(installation: Installation) -> None:
    with installation.client() as client:
        headers = {**HTML, "Referer": f"{HERE}/confirm/D-1?x=1", "Origin": HERE}
        response = client.post("/confirm/D-1", data={}, headers=headers)
        elsewhere = client.post("/confirm/D-1", data={}, headers={**HTML, "Referer": "https://evil.example/a"})
    assert (303, "/sign-in?next=/confirm/D-1") == (response.status_code, response.headers["location"])
    assert "/sign-in?next=/" == elsewhere.headers["location"]


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "\\evil", "/\t/evil.example", "", "queue"]
)
def test_signing_in_leads_to_no_other_site(path: str) -> None:
    assert "/" == safe_path(path)


@given(st.text(alphabet=st.sampled_from("/\\.:?#@ \t\r\nahttps"), max_size=12))
def test_a_path_after_signing_in_starts_with_one_slash_and_holds_nothing_that_browsers_rewrite(path: str) -> None:
    found = safe_path(path)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert not set(found) & set("\\\t\r\n ")
    assert found in {path, "/"}


def _signed_in(installation: Installation, client: TestClient[Any]) -> Any:
    access.create_user(installation.services.db, "Kim", UserRole.AGENT, PASSWORD)
    return client.post("/sign-in", data={"name": "Kim", "password": PASSWORD})


def _session_cookie(response: Any) -> Any:
    return SimpleCookie(response.headers["set-cookie"])[SESSION_COOKIE]
