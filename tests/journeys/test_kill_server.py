"""The server is killed while clients send tickets and agents confirm drafts; what was acknowledged is there."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys import examples, state
from tests.processes import Program, wait_until

KILLS = 3
CLOSES_TWICE = 3
"""Every so manieth ticket is reopened and closed once more."""

SAMPLE = 4
"""Resolutions that are asked for in the end: those confirmed last."""


@dataclass
class Clients:
    """A helpdesk and an agent that go on whatever happens, and note what the server has acknowledged."""

    url: str
    token: str
    stopping: threading.Event = field(default_factory=threading.Event)
    tickets: dict[int, int] = field(default_factory=dict)
    """Closings acknowledged, by ticket."""
    confirmations: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Resolution and version acknowledged, by draft."""
    numbers: dict[int, int] = field(default_factory=dict)
    """The ticket of each confirmed draft."""
    surprises: list[str] = field(default_factory=list)

    def helpdesk(self) -> None:
        for number in range(1000):
            if self.stopping.is_set():
                return
            self._send(examples.ticket(number))
            closings = 1
            if number % CLOSES_TWICE == 0:
                closings += self._send(examples.reopened(number)) and self._send(examples.ticket(number))
            if not self.stopping.is_set():
                self.tickets[number] = closings
            self.stopping.wait(0.1)

    def _send(self, ticket: dict[str, Any]) -> bool:
        """Send until it is taken; False where it was not before the end."""
        while not self.stopping.is_set():
            answer = self._call(lambda c: c.put(f"/tickets/made/{ticket['id']}", json=ticket))
            if answer is not None:
                self._expect(answer, 200, 201)
                return True
        return False

    def agent(self) -> None:
        while not self.stopping.is_set():
            page = self._call(lambda c: c.get("/drafts", params={"limit": 20}))
            for line in page.json()["items"] if page else ():
                self._confirm(line)
            self.stopping.wait(0.1)

    def _confirm(self, line: dict[str, Any]) -> None:
        number = int(line["ticket"].rpartition("-")[2])
        decision = examples.decision(number)
        tag = {"If-Match": '"1"'}
        answer = self._call(lambda c: c.post(f"/drafts/{line['id']}/confirm", json=decision, headers=tag))
        if answer is None:
            return
        # 412: it was confirmed before the answer could be sent, or its ticket has closed once more.
        self._expect(answer, 201, 412)
        if answer.status_code == 201:
            draft = int(line["id"].removeprefix("D-"))
            body = answer.json()
            self.confirmations[draft] = (body["resolution_id"], body["version"])
            self.numbers[draft] = number

    def _call(self, call: Callable[[httpx.Client], httpx.Response]) -> httpx.Response | None:
        """The answer; None where the server died before it answered."""
        headers = {"Authorization": f"Bearer {self.token}"}
        try:
            with httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30) as client:
                return call(client)
        except httpx.TransportError:
            time.sleep(0.05)
            return None

    def _expect(self, answer: httpx.Response, *statuses: int) -> None:
        if answer.status_code not in statuses:
            self.surprises.append(f"{answer.request.method} {answer.request.url.path}: {answer.text}")


@pytest.mark.timeout(300)
def test_what_was_acknowledged_is_there_once_however_often_the_server_is_killed(
    program_on_each_database: Program, exported_model: Path
) -> None:
    program = program_on_each_database
    clients = Clients(program.url, program.token)
    _serve_and_kill(program, clients)

    with program.serve() as server, program.database() as database, program.client() as client:
        wait_until(lambda: state.at_rest(database), 60, "the jobs were not done")
        _everything_once(clients, program)
        for draft, (resolution, _) in sorted(clients.confirmations.items())[-SAMPLE:]:
            answer = client.post("/suggestions", json=examples.question(clients.numbers[draft])).json()
            assert [] == answer["degraded"]
            assert resolution in examples.names(answer["suggestions"])
        assert 0 == server.stop()
        meant = {name: version for name, (version, _) in state.resolutions(database).items()}
    assert meant == state.indexed(program.data_dir, exported_model)


def _serve_and_kill(program: Program, clients: Clients) -> None:
    chance = random.Random(7)
    threads = [threading.Thread(target=work) for work in (clients.helpdesk, clients.agent)]
    try:
        for kill in range(KILLS):
            with program.serve() as server:
                if not kill:
                    for thread in threads:
                        thread.start()
                confirmed = len(clients.confirmations)
                wait_until(lambda seen=confirmed: len(clients.confirmations) > seen, 30, "nothing was confirmed")  # type: ignore[misc]
                time.sleep(chance.uniform(0, 1.5))
                server.kill()
    finally:
        clients.stopping.set()
        for thread in threads:
            if thread.ident:
                thread.join()


def _everything_once(clients: Clients, program: Program) -> None:
    with program.database() as database:
        closings, drafts = state.closings(database), state.drafts_of_closings(database)
        decisions, resolutions = state.confirmed(database), state.resolutions(database)
    assert [] == clients.surprises
    assert KILLS <= len(clients.confirmations)
    for number, times in clients.tickets.items():
        name = f"T-{number}"
        assert (name, times) == (name, closings.get(name))
        assert (name, 1) == (name, drafts[name, times])
    assert {1} == set(drafts.values())
    acknowledged = {draft: [(int(name[2:]), version)] for draft, (name, version) in clients.confirmations.items()}
    assert acknowledged == {draft: decisions[draft] for draft in acknowledged}
    assert {1} == {len(made) for made in decisions.values()}
    assert len(resolutions) == len(decisions)
    assert dict.fromkeys(resolutions, (1, 1)) == resolutions
