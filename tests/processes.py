"""Runs the program as its users do, as processes of their own, in a data directory that a test may destroy."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import httpx

from service.store.engine import Database, open_engine
from service.usecases import access
from service.usecases.actors import UserRole

ROOT = Path(__file__).parents[1]
PROGRAM = "from service.cli import main; main()"

START_SECONDS = 90.0
"""A start takes two or three seconds where nobody else wants the processors."""


class Process:
    """A command that runs. What it writes, to both streams, is kept in one file: `written`."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    @property
    def written(self) -> str:
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power failure would: it is told nothing and can do nothing."""
        self._popen.kill()
        self._popen.wait()

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def wait(self, seconds: float = 60.0) -> int:
        """Its exit status, negative where a signal ended it. Raises TimeoutExpired."""
        return self._popen.wait(seconds)

    def stop(self, seconds: float = 60.0) -> int:
        """Ask it to stop and return its exit status."""
        self.send(signal.SIGTERM)
        return self.wait(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.kill()


class Program:
    """The program with one data directory and one set of settings; `settings` are named as in service.settings."""

    def __init__(self, data_dir: Path, model_dir: Path, **settings: object) -> None:
        self.data_dir = data_dir
        self.model = model_dir / "all-MiniLM-L6-v2"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.logs = data_dir.with_name(f"{data_dir.name}-logs")
        self.logs.mkdir(exist_ok=True)
        own = {name: value for name, value in os.environ.items() if not name.startswith("PRECEDENT_")}
        given = {"data_dir": data_dir, "model_dir": model_dir, "port": self.port, **settings}
        self.environment = own | {f"PRECEDENT_{name.upper()}": str(value) for name, value in given.items()}
        self._token = ""

    def run(self, *arguments: str, said: str = "", seconds: float = 120.0) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end; `said` is its standard input."""
        command = [sys.executable, "-c", PROGRAM, *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def start(self, *arguments: str, program: str = PROGRAM) -> Process:
        """Start a command; `program` is the Python text that runs it."""
        log = self.logs / f"{len(list(self.logs.iterdir()))}-{arguments[0]}.log"
        return Process([sys.executable, "-c", program, *arguments], self.environment, log)

    def serve(self, *, program: str = PROGRAM) -> Process:
        """Start a server and wait until it answers."""
        server = self.start("serve", program=program)
        try:
            wait_until(lambda: self._answers(server), START_SECONDS, "the server did not answer")
        except BaseException:
            server.kill()
            raise
        return server

    def _answers(self, server: Process) -> bool:
        assert server.running, server.written
        try:
            return httpx.get(f"{self.url}/health/live", timeout=5).is_success
        except httpx.TransportError:
            return False

    @property
    def token(self) -> str:
        """An administrator's bearer token. A server has made the database by then."""
        if not self._token:
            with self.database() as database:
                self._token = access.create_token(database, UserRole.ADMIN, "tests")
        return self._token

    @contextmanager
    def client(self) -> Iterator[httpx.Client]:
        """A client of this installation's server, as an administrator."""
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60) as client:
            yield client

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database, which may be in use by others."""
        default = f"sqlite:///{self.data_dir / 'precedent.db'}"
        database = Database(open_engine(self.environment.get("PRECEDENT_DATABASE_URL", default), 4))
        try:
            yield database
        finally:
            database.dispose()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_until(condition: Callable[[], object], seconds: float, otherwise: str) -> float:
    """Ask until it is so, and return how long that took. Fails with `otherwise` after so many seconds."""
    started = time.monotonic()
    while not condition():
        waited = time.monotonic() - started
        assert waited < seconds, f"{otherwise} within {seconds:.0f} seconds"
        time.sleep(0.02)
    return time.monotonic() - started
