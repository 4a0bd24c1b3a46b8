"""What holds for every answer: headers, ids, caching, and a log without a word of what was asked."""

import json
import re
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from pipelines.domain.errors import InvalidInput, PreconditionMissing
from service.usecases.actors import UserRole
from service.web.etag import etag, optional_version, required_version
from service.web.security_headers import cache_control
from tests.web.installation import Installation

CANARY = "canary-5c1d"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/queue"),
        ("GET", "/nothing"),
        ("GET", "/api/v1/drafts"),
        ("DELETE", "/api/v1/drafts"),
        ("OPTIONS", "/api/v1/drafts"),
        ("GET", "/health/live"),
        ("GET", "/static/app.css"),
        ("GET", "/schema/openapi.json"),
        ("POST", "/sign-in"),
    ],
)
def test_every_answer_says_what_a_browser_may_do_with_it(admin: TestClient[Any], method: str, path: str) -> None:
    headers = admin.request(method, path).headers
    assert [POLICY] == headers.get_list("content-security-policy")
    assert "nosniff" == headers["x-content-type-options"]
    assert "same-origin" == headers["referrer-policy"]
    assert "same-origin" == headers["cross-origin-opener-policy"]
    assert "same-origin" == headers["cross-origin-resource-policy"]
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/api/v1/drafts", "/nothing", "/static/nothing.css?v=1", "/health/live"])
def test_what_tickets_say_is_kept_by_no_cache(admin: TestClient[Any], path: str) -> None:
    assert "no-store" == admin.get(path).headers["cache-control"]


def test_files_addressed_by_their_content_may_be_kept_for_good(anonymous: TestClient[Any]) -> None:
    page = anonymous.get("/sign-in", headers={"Accept": "text/html"}).text
    [address] = re.findall(r'href="(/static/app\.css\?v=[0-9a-f]+)"', page)
    assert "public, max-age=31536000, immutable" == anonymous.get(address).headers["cache-control"]
    plain = anonymous.get("/static/app.css")
    assert "no-cache" == plain.headers["cache-control"]
    assert "text/css; charset=utf-8" == plain.headers["content-type"]


@given(st.text(max_size=20), st.binary(max_size=20), st.sampled_from([200, 304, 401, 404, 500]))
def test_nothing_but_found_static_files_may_be_kept(path: str, query: bytes, status: int) -> None:
    kept = cache_control(path, query, status) != "no-store"
    assert (path.startswith("/static/") and status in {200, 304}) == kept


def test_every_answer_has_an_id_that_its_log_line_has_too(admin: TestClient[Any]) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as events:
        response = admin.get("/api/v1/drafts")
    [event] = [event for event in events if event["event"] == "http.request"]
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])
    assert event["request_id"] == response.headers["x-request-id"]
    assert ("GET", "/api/v1/drafts", 200, "admin") == tuple(event[k] for k in ("method", "route", "status", "role"))
    assert event["milliseconds"] >= 0


def test_the_callers_own_request_id_is_kept_where_a_log_can_take_it(admin: TestClient[Any]) -> None:
    def answered(sent: str) -> str:
        return str(admin.get("/health/live", headers={"X-Request-ID": sent}).headers["x-request-id"])

    assert "trace-1234.5" == answered("trace-1234.5")
    assert "x" * 65 != answered("x" * 65)
    assert "line break" not in answered("line break")


def test_the_log_holds_no_query_no_body_and_no_token(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket = {
        "id": "T-1",
        "subject": CANARY,
        "status": "closed",
        "created_at": "2026-01-01T00:00:00Z",
        "messages": [{"id": "m1", "at": "2026-01-01T00:00:00Z", "body": f"Fix: {CANARY}"}],
    }
    with structlog.testing.capture_logs() as events, installation.client() as client:
        client.headers["Authorization"] = f"Bearer {CANARY}"
        client.get("/api/v1/drafts")
        client.headers["Authorization"] = f"Bearer {installation.token(UserRole.ADMIN)}"
        client.put("/api/v1/tickets/jira/T-1", json=ticket)
        client.put("/api/v1/tickets/jira/T-1", json={**ticket, "created_at": CANARY})
        client.put("/api/v1/tickets/jira/T-1", content=f"{{{CANARY}")
        client.get("/api/v1/resolutions", params={"text": CANARY, "limit": CANARY})
        client.get("/api/v1/resolutions", params={"text": CANARY})
        client.post("/api/v1/suggestions", json={"subject": CANARY, "body": CANARY})
        client.post("/api/v1/suggestions", json={"subject": CANARY, "k": CANARY})
        client.post("/", data={"subject": CANARY})
        client.post("/sign-in", data={"name": CANARY, "password": CANARY})
        installation.work()
    assert len(events) > 9
    assert CANARY not in json.dumps(events, default=str)
    printed = capsys.readouterr()
    assert CANARY not in printed.out


@given(st.integers(0, 10**15 - 1))
def test_a_version_comes_back_from_its_tag_strong_or_weak(version: int) -> None:
    assert version == required_version(etag(version)) == required_version(f"W/{etag(version)}")
    assert version == optional_version(f" {etag(version)} ")


@pytest.mark.parametrize("header", ["*", "3", '"3', "three", '"1", "2"', 'w/"1"', '"\xfc"'])
def test_what_is_no_single_tag_of_ours_is_the_callers_error(header: str) -> None:
    with pytest.raises(InvalidInput):
        required_version(header)


@pytest.mark.parametrize("header", ['"three"', '""', '"-1"', '"01"', '"1' + "0" * 40 + '"', 'W/"x"'])
def test_a_tag_that_was_never_given_is_of_no_version_there_is(header: str) -> None:
    assert 0 == required_version(header) == optional_version(header)


@pytest.mark.parametrize("header", [None, "", "  "])
def test_a_missing_tag_is_missing_where_one_is_required_and_none_where_not(header: str | None) -> None:
    assert optional_version(header) is None
    with pytest.raises(PreconditionMissing):
        required_version(header)
