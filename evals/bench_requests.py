"""Requests to a running server, timed beside the bare calls that somebody would write instead."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench_installation import command, environment
from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.domain.suggestions import Query
from pipelines.retrieve.query import prepare

WAIT = 120


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds."""

    median: float
    p99: float

    @classmethod
    def of(cls, milliseconds: Sequence[float]) -> "Times":
        ordered = sorted(milliseconds)
        return cls(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])


@contextmanager
def server(folder: Path) -> Iterator[http.client.HTTPConnection]:
    """A server on its own process, ready, and a connection that is kept open."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(command(["serve"]), env={**environment(folder), "PRECEDENT_PORT": str(port)})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
    try:
        _wait_ready(connection, process)
        yield connection
    finally:
        connection.close()
        process.terminate()
        process.wait(WAIT)


def _wait_ready(connection: http.client.HTTPConnection, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            answer.read()
            if answer.status == http.client.OK:
                return
        except OSError:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError("the server did not become ready")


def ready_seconds(folder: Path) -> float:
    """From starting the program to its first `ready`."""
    started = time.perf_counter()
    with server(folder):
        return time.perf_counter() - started


def compare_requests(folder: Path, asked: Sequence[Query], bare: Callable[[Query], object]) -> tuple[Times, Times]:
    """Each question once to the server and once to `bare`, in turn, after a warm-up of ten."""
    token = subprocess.run(
        command(["token", "create", "--role", "agent"]), env=environment(folder), check=True, capture_output=True
    ).stdout.decode()
    headers = {"Authorization": f"Bearer {token.strip()}", "Content-Type": "application/json"}
    ours: list[float] = []
    theirs: list[float] = []
    with server(folder) as connection:
        for place, query in enumerate([*asked[:10], *asked]):
            body = json.dumps({"subject": query.subject, "body": query.body[:100_000]})
            started = time.perf_counter()
            connection.request("POST", "/api/v1/suggestions", body, headers)
            answer = connection.getresponse()
            answer.read()
            between = time.perf_counter()
            if answer.status not in (200, 201):
                raise RuntimeError(f"POST /api/v1/suggestions answered {answer.status}")
            bare(query)
            if place >= 10:  # noqa: PLR2004 (the warm-up)
                ours.append((between - started) * 1000)
                theirs.append((time.perf_counter() - between) * 1000)
    return Times.of(ours), Times.of(theirs)


def bare_search(folder: Path, embedder: Any) -> Callable[[Query], object]:
    """Embedding the question and one `collection.query` on a copy of the same index: no filter, no words, no SQL."""
    copy = folder.with_name(folder.name + "-bare")
    shutil.copytree(folder / "chroma", copy, dirs_exist_ok=True)
    index = ChromaIndex.embedded(copy, embedder.model_id, embedder.dimension)

    def ask(query: Query) -> object:
        return index.query(embedder.embed_query(prepare(query).text), 10)

    return ask
