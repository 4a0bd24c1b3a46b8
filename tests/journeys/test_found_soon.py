"""What an agent has confirmed is found by the next one at once."""

import time

import pytest

from tests.journeys import examples, state
from tests.processes import Program, wait_until

MEANT, ALLOWED = 2.0, 10.0
"""Seconds: what is promised, and what a machine that is busy with other things may take."""


def test_a_confirmed_resolution_is_found_by_words_and_by_meaning_within_seconds(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    with program.serve() as server, program.client() as client, program.database() as database:
        assert client.put("/tickets/made/T-7", json=examples.ticket(7)).is_success
        drafted = wait_until(lambda: client.get("/drafts").json()["items"], ALLOWED, "no draft was made")
        tag = {"If-Match": '"1"'}
        confirmed = client.post("/drafts/D-1/confirm", json=examples.decision(7), headers=tag)
        started = time.monotonic()
        assert 201 == confirmed.status_code, confirmed.text
        name = confirmed.json()["resolution_id"]

        def suggested() -> bool:
            answer = client.post("/suggestions", json=examples.question(7)).json()
            return name in examples.names(answer["suggestions"])

        wait_until(suggested, ALLOWED, "it was not suggested")
        by_words = time.monotonic() - started
        wait_until(lambda: state.resolutions(database)[name] == (1, 1), ALLOWED, "it was not indexed")
        by_meaning = time.monotonic() - started
        assert 0 == server.stop()
    with capsys.disabled():
        times = f"drafted in {drafted:.2f} s; found by words in {by_words:.2f} s, by meaning in {by_meaning:.2f} s"
        print(f"\n{times} after the 201 (promised: {MEANT:.0f} s)")  # noqa: T201 - the figure is what the test is about
    assert by_meaning < ALLOWED
