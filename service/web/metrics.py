"""Numbers for Prometheus, in a registry of the application's own: two applications in one process never mix."""

from collections.abc import Iterable, Mapping

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.store.engine import Database
from service.usecases.actors import Permission
from service.usecases.inspect import counts
from service.usecases.services import Services
from service.web.auth import LOCAL, PERMISSION

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0)
_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")
"""Litestar adds the character set, and Prometheus refuses a content type that names it twice."""

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})


class RequestMetrics:
    """How long requests took, by route template, so that an address with an id in it is no series of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "precedent_http_request_seconds",
            "Time to answer a request, from its head to the end of the answer",
            ("method", "route", "status"),
            registry=self.registry,
            buckets=_BUCKETS,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        known = method if method in _METHODS else "other"  # a caller can make methods up
        self._seconds.labels(known, route, str(status)).observe(seconds)


class StoredCounts(Collector):
    """What is in the database at the moment of the scrape: the same numbers whichever process is asked."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def collect(self) -> Iterable[Metric]:
        found = counts(self._db)
        resolutions = found["resolutions"]
        yield _gauge("tickets", "Tickets by where they stand in capture", ("state",), found["tickets"])
        yield _gauge("drafts", "Drafts by state", ("state",), found["drafts"])
        yield _gauge("jobs", "Jobs by kind and state", ("kind", "state"), found["jobs"])
        yield _gauge("suggestions", "Answers given at triage by verdict", ("verdict",), found["suggestions"])
        yield _gauge("resolutions", "Confirmed resolutions", (), {"": resolutions["all"]})
        yield _gauge(
            "index_drift",
            "Resolutions whose version in the index is not the current one",
            (),
            {"": resolutions["unindexed"]},
        )


def _gauge(name: str, title: str, labels: tuple[str, ...], numbers: Mapping[str, int]) -> GaugeMetricFamily:
    """One gauge. Keys hold the values of the labels, joined by slashes where there are several."""
    family = GaugeMetricFamily(f"precedent_{name}", title, labels=labels)
    for key, number in numbers.items():
        family.add_metric(str(key).split("/") if labels else (), number)
    return family


@get("/metrics", opt={PERMISSION: Permission.READ_METRICS, LOCAL: True}, sync_to_thread=True, include_in_schema=False)
def show_metrics(services: NamedDependency[Services], metrics: NamedDependency[RequestMetrics]) -> Response[bytes]:
    """For Prometheus."""
    body = generate_latest(metrics.registry) + generate_latest(_stored(services.db))
    return Response(body, media_type=_MEDIA_TYPE)


def _stored(db: Database) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(StoredCounts(db))
    return registry
