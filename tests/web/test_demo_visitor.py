"""The demo signs its visitor in by itself, on this machine and nowhere else."""

from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from pipelines.domain.errors import ConfigurationError
from service.app import build_app, create_app
from service.commands.serving import serve_demo
from service.settings import Settings
from service.store.engine import Database
from service.usecases import access
from service.usecases.actors import UserRole
from service.web.auth import SESSION_COOKIE
from service.web.loopback import host_name, is_loopback
from tests.web.installation import Installation, services_over

HTML = {"Accept": "text/html"}


@pytest.fixture
def demo(sqlite_database: Database, tmp_path: Path) -> Installation:
    return Installation(services_over(sqlite_database, tmp_path), demo=True)


@pytest.fixture
def visitor(demo: Installation) -> Iterator[TestClient[Any]]:
    with demo.client(address="127.0.0.1") as client:
        yield client


def test_a_visitor_from_this_machine_is_an_administrator_at_once(visitor: TestClient[Any]) -> None:
    response = visitor.get("/", headers=HTML)
    assert 200 == response.status_code
    cookie = SimpleCookie(response.headers["set-cookie"])[SESSION_COOKIE]
    assert (True, "lax") == (cookie["httponly"], cookie["samesite"])
    again = visitor.get("/", headers=HTML)
    assert (200, None) == (again.status_code, again.headers.get("set-cookie"))
    assert 200 == visitor.get("/api/v1/drafts").status_code


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "127.3.2.1:80", "LOCALHOST"])
def test_every_name_of_this_machine_will_do(visitor: TestClient[Any], host: str) -> None:
    assert 200 == visitor.get("/", headers={**HTML, "Host": host}).status_code


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "10.0.0.1", ""]
)
def test_a_name_that_was_made_to_point_here_signs_nobody_in(visitor: TestClient[Any], host: str) -> None:
    """A page of another site can let its own name resolve to 127.0.0.1."""
    response = visitor.get("/", headers={**HTML, "Host": host})
    assert (303, None) == (response.status_code, response.headers.get("set-cookie"))


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via"])
def test_who_comes_through_a_proxy_is_not_taken_for_this_machine(visitor: TestClient[Any], name: str) -> None:
    assert 303 == visitor.get("/", headers={**HTML, name: "127.0.0.1"}).status_code


def test_who_calls_from_elsewhere_has_to_sign_in(demo: Installation) -> None:
    with demo.client(address="192.168.1.20") as client:
        assert 303 == client.get("/", headers=HTML).status_code


def test_calls_of_programs_sign_nobody_in(visitor: TestClient[Any]) -> None:
    answers = [
        visitor.get("/api/v1/drafts"),
        visitor.post("/api/v1/suggestions", json={"subject": "x"}),
        visitor.post("/", data={"subject": "x"}),
    ]
    assert [(401, None)] * 3 == [(answer.status_code, answer.headers.get("set-cookie")) for answer in answers]


def test_the_visitor_can_look_through_each_role_and_come_back(demo: Installation, visitor: TestClient[Any]) -> None:
    visitor.get("/", headers=HTML)
    csrf = _csrf(demo, visitor)
    for role in (UserRole.AGENT, UserRole.KB_MANAGER, UserRole.LEAD, UserRole.ADMIN):
        headers = {"Referer": "http://127.0.0.1:8000/queue?state=linked"}
        response = visitor.post("/demo/role", data={"role": role.value, "_csrf": csrf}, headers=headers)
        assert (303, "/queue") == (response.status_code, response.headers["location"])
        found = access.session_actor(demo.services.db, visitor.cookies[SESSION_COOKIE])
        assert found is not None
        assert role is found[0].role
        may_build = role in {UserRole.KB_MANAGER, UserRole.ADMIN}
        built = visitor.post("/api/v1/gap-reports", headers={"X-CSRF-Token": csrf})
        assert (201 if may_build else 403) == built.status_code


@pytest.mark.parametrize(("role", "status"), [("integration", 403), ("king", 400), ("", 400)])
def test_the_visitor_can_be_nothing_else(demo: Installation, visitor: TestClient[Any], role: str, status: int) -> None:
    visitor.get("/", headers=HTML)
    response = visitor.post("/demo/role", data={"role": role, "_csrf": _csrf(demo, visitor)})
    assert status == response.status_code


def test_a_role_is_switched_by_our_own_form_alone(demo: Installation, visitor: TestClient[Any]) -> None:
    visitor.get("/", headers=HTML)
    assert 403 == visitor.post("/demo/role", data={"role": "agent"}).status_code
    visitor.cookies.clear()
    assert 401 == visitor.post("/demo/role", data={"role": "agent"}).status_code
    assert _csrf(demo, visitor) == ""


def test_without_the_demo_nobody_is_signed_in_and_no_role_can_be_switched(installation: Installation) -> None:
    with installation.client(address="127.0.0.1") as client:
        assert 303 == client.get("/", headers=HTML).status_code
        assert 404 == client.post("/demo/role", data={"role": "admin"}).status_code


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "support.example.com"])  # noqa: S104
def test_a_demo_that_others_could_reach_does_not_start(sqlite_database: Database, tmp_path: Path, host: str) -> None:
    services = services_over(sqlite_database, tmp_path, host=host)
    with pytest.raises(ConfigurationError, match="demo"):
        build_app(services, demo=True)
    with pytest.raises(ConfigurationError, match="demo"):
        create_app(Settings(data_dir=tmp_path / "untouched", host=host), demo=True)
    with pytest.raises(ConfigurationError, match="demo"):
        serve_demo(Settings(data_dir=tmp_path / "untouched", host=host), lambda _said: None)
    assert not (tmp_path / "untouched").exists()
    assert build_app(services) is not None


@given(st.ip_addresses())
def test_of_all_addresses_only_those_of_loopback_are_this_machine(address: Any) -> None:
    assert address.is_loopback == is_loopback(str(address))


@given(st.ip_addresses(v=4) | st.sampled_from(["localhost", "a.example"]), st.integers(1, 65535))
def test_a_host_is_known_with_and_without_its_port(host: Any, port: int) -> None:
    assert str(host) == host_name(str(host)) == host_name(f"{host}:{port}")


def _csrf(demo: Installation, client: TestClient[Any]) -> str:
    found = access.session_actor(demo.services.db, client.cookies.get(SESSION_COOKIE) or "")
    return found[1] if found else ""
