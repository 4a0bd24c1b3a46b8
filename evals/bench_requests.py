"""Requests to a running server, timed beside the bare calls that somebody would write instead."""

import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.bench_installation import command, environment
from pipelines.domain.suggestions import Query

WAIT = 120

_ROUND = 24
"""Requests of one kind in a row: few, so that a noisy machine is noisy for all kinds; more than there are clients."""

Ask = Callable[[Query], object]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to ask, and the seconds of processor time that the process has used so far that answers."""

    ask: Ask
    processor: Callable[[], float] = time.process_time


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds. `processor`: of processor time for a request, which other programs on the machine disturb least."""

    median: float
    p99: float
    processor: float

    @classmethod
    def of(cls, milliseconds: Sequence[float], processor: float) -> "Times":
        ordered = sorted(milliseconds)
        p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
        return cls(ordered[len(ordered) // 2], p99, processor / len(ordered))


@dataclass(frozen=True, slots=True)
class Served:
    """A server in a process of its own."""

    port: int
    process: "subprocess.Popen[bytes]"

    def peak_mib(self) -> float:
        """The most memory that it held so far. Linux only; elsewhere 0."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found.group(1)) / 1024 if found else 0.0

    def processor(self) -> float:
        """Seconds of processor time that it used so far. Linux only; elsewhere 0."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def server(folder: Path) -> Iterator[Served]:
    """A server that is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(command(["serve"]), env={**environment(folder), "PRECEDENT_PORT": str(port)})
    try:
        _wait_ready(port, process)
        yield Served(port, process)
    finally:
        process.terminate()
        process.wait(WAIT)


def _wait_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            pass  # it does not listen yet
        finally:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError("the server did not become ready")


def ready_seconds(folder: Path) -> float:
    """From starting the program to its first `ready`."""
    started = time.perf_counter()
    with server(folder):
        return time.perf_counter() - started


def requests_to(folder: Path, served: Served) -> Ask:
    """Asks the server over HTTP as an agent; each thread keeps a connection of its own open."""
    token = subprocess.run(
        command(["token", "create", "--role", "agent"]), env=environment(folder), check=True, capture_output=True
    ).stdout.decode()
    headers = {"Authorization": f"Bearer {token.strip()}", "Content-Type": "application/json"}
    kept = threading.local()

    def ask(query: Query) -> object:
        if not hasattr(kept, "connection"):
            kept.connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=WAIT)
        body = json.dumps({"subject": query.subject, "body": query.body[:100_000]})
        try:
            kept.connection.request("POST", "/api/v1/suggestions", body, headers)
            answer = kept.connection.getresponse()
        except ConnectionError:  # closed by the server while others had their turn; it opens itself again
            kept.connection.close()
            kept.connection.request("POST", "/api/v1/suggestions", body, headers)
            answer = kept.connection.getresponse()
        content: bytes = answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"POST /api/v1/suggestions answered {answer.status}")
        return content

    return ask


def compare(kinds: Mapping[str, Kind], asked: Sequence[Query], clients: int) -> dict[str, Times]:
    """Each question once to each kind, in rounds that take turns; within a round `clients` ask at once."""
    spent: dict[str, list[float]] = {name: [] for name in kinds}
    used = dict.fromkeys(kinds, 0.0)
    with ThreadPoolExecutor(clients) as pool:
        for start in range(0, len(asked), _ROUND):
            part = asked[start : start + _ROUND]
            for name, kind in kinds.items():
                before = kind.processor()
                spent[name] += pool.map(lambda query, kind=kind: _milliseconds(kind.ask, query), part)
                used[name] += kind.processor() - before
    return {name: Times.of(times, used[name] * 1000) for name, times in spent.items()}


def _milliseconds(ask: Ask, query: Query) -> float:
    started = time.perf_counter()
    ask(query)
    return (time.perf_counter() - started) * 1000
