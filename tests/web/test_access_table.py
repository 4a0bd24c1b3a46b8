"""Who may call what: every route, every role and nobody, against one table written out by hand."""

from typing import Any

import pytest
from litestar import Litestar, get
from litestar.routes import HTTPRoute

from pipelines.domain.errors import ConfigurationError
from service.usecases.actors import UserRole
from service.web.guards import check_routes
from tests.web.installation import Installation

AGENT, KB, LEAD, ADMIN, PROGRAM = UserRole
PEOPLE = {AGENT, KB, LEAD, ADMIN}
ALL = {*UserRole}
EVERYBODY = None
"""Open: signed in or not."""

MAY_CALL: dict[tuple[str, str], set[UserRole] | None] = {
    ("POST", "/api/v1/webhooks/{source}"): EVERYBODY,  # its signature says who sends it
    ("PUT", "/api/v1/tickets/{source}/{id}"): {ADMIN, PROGRAM},
    ("GET", "/api/v1/tickets/{source}/{id}"): ALL,
    ("DELETE", "/api/v1/tickets/{source}/{id}"): {ADMIN},
    ("GET", "/api/v1/drafts"): PEOPLE,
    ("GET", "/api/v1/drafts/{draft_id}"): PEOPLE,
    ("POST", "/api/v1/drafts/{draft_id}/confirm"): PEOPLE,
    ("POST", "/api/v1/drafts/{draft_id}/link"): PEOPLE,
    ("POST", "/api/v1/drafts/{draft_id}/reject"): PEOPLE,
    ("POST", "/api/v1/drafts/{draft_id}/checklist"): PEOPLE,
    ("GET", "/api/v1/contradictions"): ALL,
    ("POST", "/api/v1/contradictions/{contradiction_id}/settle"): PEOPLE,
    ("GET", "/api/v1/capture/figures"): {KB, LEAD, ADMIN},
    ("GET", "/api/v1/capture/figures.csv"): {KB, LEAD, ADMIN},
    ("GET", "/api/v1/resolutions"): ALL,
    ("GET", "/api/v1/resolutions/{resolution_id}"): ALL,
    ("PATCH", "/api/v1/resolutions/{resolution_id}"): PEOPLE,
    ("POST", "/api/v1/resolutions/{resolution_id}/merge"): PEOPLE,
    ("GET", "/api/v1/resolutions/{resolution_id}/track-record"): ALL,
    ("GET", "/api/v1/resolutions/{resolution_id}/changes"): ALL,
    ("POST", "/api/v1/suggestions"): ALL,
    ("GET", "/api/v1/suggestions/{suggestion_id}"): ALL,
    ("GET", "/api/v1/similar-tickets"): ALL,
    ("POST", "/api/v1/suggestions/{suggestion_id}/outcome"): ALL,
    ("GET", "/api/v1/gap-reports/latest"): ALL,
    ("POST", "/api/v1/gap-reports"): {KB, ADMIN},
    ("GET", "/api/v1/gap-reports"): ALL,
    ("GET", "/api/v1/gap-reports/{report_id}"): ALL,
    ("GET", "/api/v1/gap-reports/{report_id}/changes"): ALL,
    ("GET", "/api/v1/gaps/{gap_id}"): ALL,
    ("PATCH", "/api/v1/gaps/{gap_id}"): {KB, ADMIN},
    ("POST", "/api/v1/gaps/{gap_id}/merge"): {KB, ADMIN},
    ("POST", "/api/v1/gaps/{gap_id}/split"): {KB, ADMIN},
    ("POST", "/api/v1/gaps/{gap_id}/tickets"): {KB, ADMIN},
    ("POST", "/api/v1/gaps"): {KB, ADMIN},
    ("GET", "/api/v1/single-questions"): ALL,
    ("GET", "/api/v1/gaps/{gap_id}/article-start"): ALL,
    ("GET", "/api/v1/articles"): ALL,
    ("POST", "/api/v1/articles"): PEOPLE,
    ("GET", "/api/v1/articles/{article_id}"): ALL,
    ("PATCH", "/api/v1/articles/{article_id}"): {KB, ADMIN},
    ("GET", "/api/v1/articles/{article_id}/check"): ALL,
    ("GET", "/api/v1/articles/{article_id}/export"): ALL,
    ("POST", "/api/v1/articles/{article_id}/submit"): {KB, ADMIN},
    ("POST", "/api/v1/articles/{article_id}/return"): {KB, ADMIN},
    ("POST", "/api/v1/articles/{article_id}/publish"): {KB, ADMIN},
    ("POST", "/api/v1/articles/{article_id}/archive"): {KB, ADMIN},
    ("GET", "/health/live"): EVERYBODY,
    ("GET", "/health/ready"): EVERYBODY,
    ("GET", "/metrics"): {ADMIN, PROGRAM},
    ("GET", "/"): ALL,
    ("POST", "/"): ALL,
    ("POST", "/triage/results"): ALL,
    ("POST", "/triage/similar"): ALL,
    ("GET", "/suggestions/{suggestion_id}"): ALL,
    ("POST", "/triage/outcome"): ALL,
    ("GET", "/queue"): PEOPLE,
    ("GET", "/confirm/{draft_id}"): PEOPLE,
    ("POST", "/confirm/{draft_id}"): PEOPLE,
    ("POST", "/confirm/{draft_id}/fill"): PEOPLE,
    ("POST", "/confirm/{draft_id}/link"): PEOPLE,
    ("POST", "/confirm/{draft_id}/reject"): PEOPLE,
    ("POST", "/confirm/{draft_id}/work"): PEOPLE,
    ("POST", "/confirm/{draft_id}/later"): PEOPLE,
    ("POST", "/confirm/{draft_id}/restart"): PEOPLE,
    ("POST", "/confirm/{draft_id}/checklist"): PEOPLE,
    ("GET", "/contradictions"): ALL,
    ("POST", "/contradictions/{contradiction_id}"): PEOPLE,
    ("GET", "/capture"): {KB, LEAD, ADMIN},
    ("GET", "/resolutions"): ALL,
    ("GET", "/resolutions/{resolution_id}"): ALL,
    ("GET", "/resolutions/{resolution_id}/history"): ALL,
    ("GET", "/resolutions/{resolution_id}/edit"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/edit"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/archive"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/unarchive"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/reviewed"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/merge"): PEOPLE,
    ("POST", "/resolutions/{resolution_id}/reveal"): ALL,  # all of them may read tickets
    ("GET", "/gaps"): ALL,
    ("GET", "/gaps/changes"): ALL,
    ("GET", "/gaps/export.csv"): ALL,
    ("GET", "/gaps/export.json"): ALL,
    ("GET", "/gaps/single"): ALL,
    ("POST", "/gaps/single"): {KB, ADMIN},
    ("POST", "/gaps/rebuild"): {KB, ADMIN},
    ("GET", "/gaps/{gap_id}"): ALL,
    ("POST", "/gaps/{gap_id}"): {KB, ADMIN},
    ("POST", "/gaps/{gap_id}/close"): {KB, ADMIN},
    ("POST", "/gaps/{gap_id}/merge"): {KB, ADMIN},
    ("POST", "/gaps/{gap_id}/split"): {KB, ADMIN},
    ("GET", "/gaps/{gap_id}/article"): PEOPLE,
    ("POST", "/gaps/{gap_id}/article"): PEOPLE,
    ("GET", "/articles"): ALL,
    ("POST", "/articles"): PEOPLE,
    ("GET", "/articles/{article_id}"): ALL,
    ("GET", "/articles/{article_id}/history"): ALL,
    ("GET", "/articles/{article_id}/export.md"): ALL,
    ("GET", "/articles/{article_id}/export.html"): ALL,
    ("GET", "/articles/{article_id}/edit"): {KB, ADMIN},
    ("POST", "/articles/{article_id}/edit"): {KB, ADMIN},
    ("POST", "/articles/{article_id}/submit"): {KB, ADMIN},
    ("POST", "/articles/{article_id}/return"): {KB, ADMIN},
    ("POST", "/articles/{article_id}/publish"): {KB, ADMIN},
    ("POST", "/articles/{article_id}/archive"): {KB, ADMIN},
    ("GET", "/tickets/{source}/{identifier}"): ALL,
    ("GET", "/sign-in"): EVERYBODY,
    ("POST", "/sign-in"): EVERYBODY,
    ("POST", "/sign-out"): EVERYBODY,
    ("GET", "/static/{file_path}"): EVERYBODY,
    ("HEAD", "/static/{file_path}"): EVERYBODY,
    ("GET", "/schema/openapi.json"): EVERYBODY,
    ("GET", "/schema"): EVERYBODY,
    ("GET", "/schema/{path}"): EVERYBODY,
}


def routes(app: Litestar) -> set[tuple[str, str]]:
    """Method and path of every route; OPTIONS, which Litestar answers itself, left out."""
    return {
        (method, route.path_format or "/")
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method != "OPTIONS"
    }


def test_the_table_names_every_route_and_no_other(installation: Installation) -> None:
    assert set(MAY_CALL) == routes(installation.app)


@pytest.mark.parametrize("role", [None, *UserRole], ids=lambda role: role or "nobody")
def test_each_route_answers_those_whom_the_table_names_and_refuses_the_others(
    installation: Installation, role: UserRole | None
) -> None:
    with installation.client(role) as client:
        wrong = {}
        for (method, path), allowed in MAY_CALL.items():
            expected = (
                None if allowed is EVERYBODY or role in allowed else ("not_signed_in", "not_permitted")[bool(role)]
            )
            response = client.request(method, _address(path))
            found = _refusal(response)
            if expected != found:
                wrong[method, path] = found
    assert {} == wrong


def test_who_is_not_signed_in_is_told_how_to(installation: Installation) -> None:
    with installation.client() as client:
        response = client.get("/api/v1/drafts")
    assert (401, "Bearer") == (response.status_code, response.headers["www-authenticate"])


def test_an_unknown_token_opens_nothing_even_with_a_good_session_beside_it(installation: Installation) -> None:
    with installation.client() as client:
        installation.sign_in(client)
        assert 200 == client.get("/api/v1/drafts").status_code
        response = client.get("/api/v1/drafts", headers={"Authorization": "Bearer prec_made-up"})
    assert (401, "not_signed_in") == (response.status_code, response.json()["code"])


def test_another_scheme_of_authorization_leaves_the_session_alone(installation: Installation) -> None:
    """A proxy with its own password check passes Authorization on."""
    with installation.client() as client:
        installation.sign_in(client)
        assert 200 == client.get("/api/v1/drafts", headers={"Authorization": "Basic eDp5"}).status_code


@pytest.mark.parametrize("opt", [{}, {"open": False}, {"permission": "read_drafts "}])
def test_an_application_with_a_route_that_names_no_permission_is_not_built(opt: dict[str, Any]) -> None:
    @get("/forgotten", opt=opt, sync_to_thread=False)
    def forgotten() -> None: ...

    app = Litestar([forgotten], openapi_config=None)
    with pytest.raises(ConfigurationError, match="/forgotten"):
        check_routes(app)


def _address(path: str) -> str:
    """An address of that form, of nothing that exists."""
    values = {
        "file_path": "app.css",
        "source": "nowhere",
        "draft_id": "D-9",
        "resolution_id": "R-9",
        "gap_id": "G-9",
        "report_id": "99",
    }
    values |= {"contradiction_id": "C-9", "article_id": "A-9"}
    values |= {"suggestion_id": "S-9", "id": "T-9", "identifier": "T-9", "path": "nothing"}
    return path.format(**values)


def _refusal(response: Any) -> str | None:
    """The problem's code where it is one of access, and None for any other answer."""
    if response.headers.get("content-type") != "application/problem+json":
        return None
    code: str = response.json()["code"]
    return code if code in {"not_signed_in", "not_permitted", "cross_site"} else None
