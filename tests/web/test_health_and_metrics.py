"""What operators see: liveness, readiness, Prometheus."""

from typing import Any

import pytest
from litestar.testing import TestClient
from prometheus_client.parser import text_string_to_metric_families

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.domain.errors import IndexUnavailable
from service.usecases.actors import UserRole
from tests.web.examples import TICKET, send
from tests.web.installation import DIMENSION, Installation


class DownIndex(MemoryIndex):
    """An index that does not answer."""

    def count(self) -> int:
        raise IndexUnavailable("the index does not answer")


def test_a_process_that_answers_is_alive(anonymous: TestClient[Any]) -> None:
    response = anonymous.get("/health/live")
    assert (200, {"status": "ok"}) == (response.status_code, response.json())


def test_an_installation_whose_parts_all_answer_is_ready_and_tells_no_more(anonymous: TestClient[Any]) -> None:
    response = anonymous.get("/health/ready")
    assert (200, {"status": "ok"}) == (response.status_code, response.json())


def test_one_with_a_part_that_does_not_answer_is_not_and_says_which(installation: Installation) -> None:
    installation.services.vectors = DownIndex(DIMENSION)
    installation.services.worker_alive = lambda: True
    with installation.client() as client:
        response = client.get("/health/ready")
    assert 503 == response.status_code
    components = {"database": True, "embedder": True, "index": False, "worker": True}
    assert {"status": "unavailable", "components": components} == response.json()


def test_metrics_count_requests_by_route_and_what_is_stored(installation: Installation) -> None:
    with installation.client(UserRole.INTEGRATION) as client:
        send(client, TICKET)
        client.get("/api/v1/resolutions/R-1")
        client.get("/api/v1/resolutions/R-2")
        client.get("/api/v1/made-up")
        client.request("BREW", "/api/v1/resolutions")
        installation.work()
        response = client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert 1 == response.headers["content-type"].count("charset=utf-8")
    values = _values(response.text)
    route = {"method": "GET", "route": "/api/v1/resolutions/{resolution_id}", "status": "404"}
    assert 2 == values["precedent_http_request_seconds_count", *sorted(route.items())]
    unmatched = {"method": "GET", "route": "unmatched", "status": "404"}
    assert 1 == values["precedent_http_request_seconds_count", *sorted(unmatched.items())]
    assert 1 == values["precedent_drafts", ("state", "pending")]
    assert 1 == values["precedent_jobs", ("kind", "draft"), ("state", "done")]
    assert 1 == values["precedent_tickets", ("state", "drafted")]
    assert 0 == values["precedent_resolutions",]
    assert 0 == values["precedent_index_drift",]
    assert not any("BREW" in str(key) or "made-up" in str(key) for key in values)


def test_two_applications_in_one_process_count_apart(installation: Installation) -> None:
    other = Installation(installation.services)
    with installation.client() as client:
        client.get("/health/live")
    with other.client(UserRole.ADMIN) as client:
        assert "precedent_http_request_seconds_count" not in client.get("/metrics").text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {"Host": "[::1]:8000"}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 401),
        ("127.0.0.1", {"Host": "metrics.example.com"}, 401),
        ("127.0.0.1", {"Authorization": "Bearer wrong"}, 401),
        ("203.0.113.9", {}, 401),
    ],
)
def test_this_machine_may_read_metrics_without_a_token(
    installation: Installation, address: str, headers: dict[str, str], status: int
) -> None:
    with installation.client(address=address) as client:
        assert status == client.get("/metrics", headers=headers).status_code


def _values(text: str) -> dict[Any, float]:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
