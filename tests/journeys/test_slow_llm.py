"""Workers that are killed or stopped while a model takes its time over a draft."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.openai_server import MODEL, OpenAiServer, Received, Reply, honest
from tests.processes import PROGRAM, Program, wait_until

LEASE = 5
GRACE = 3


@pytest.fixture
def llm() -> Iterator[OpenAiServer]:
    """A model that says nothing for a minute, and is itself again after that."""
    with OpenAiServer() as server:
        server.enqueue(Reply(delay=60))
        yield server


def with_a_ticket_to_draft(program: Program) -> None:
    file = examples.write_file(program.data_dir.with_suffix(".jsonl"), [examples.ticket(1)])
    assert 0 == program.run("import", str(file), "--capture", "all").returncode


def test_the_draft_of_a_killed_worker_is_made_by_the_next_one_after_the_lease(
    new_program: NewProgram, llm: OpenAiServer, chroma_server: str
) -> None:
    program = new_program(
        chroma_url=chroma_server, llm_model=MODEL, llm_base_url=llm.base_url, job_lease=LEASE, log_level="info"
    )
    with_a_ticket_to_draft(program)
    with program.start("worker") as unlucky:
        wait_until(lambda: llm.requests, 60, "the model was not asked")
        time.sleep(LEASE)  # the heart keeps the job meanwhile
        unlucky.kill()
    killed = time.monotonic()
    with program.start("worker") as lucky, program.database() as database:
        wait_until(lambda: state.drafts_of_closings(database), 60, "no draft was made")
        waited = time.monotonic() - killed
        assert 0 == lucky.stop()

        assert {("T-1", 1): 1} == state.drafts_of_closings(database)
        assert 2 == len(llm.requests)
        assert waited < LEASE + 20


@pytest.mark.timeout(150)
def test_a_server_that_is_stopped_gives_the_job_in_hand_back_at_once(
    new_program: NewProgram, llm: OpenAiServer
) -> None:
    program = new_program(llm_model=MODEL, llm_base_url=llm.base_url, job_lease=600, stop_grace=GRACE)
    with_a_ticket_to_draft(program)
    with program.serve() as server:
        wait_until(lambda: llm.requests, 60, "the model was not asked")
        started = time.monotonic()
        status = server.stop()
        took = time.monotonic() - started
    assert (0, "job.released" in server.written) == (status, True)
    assert took < GRACE + 20

    done = program.run("worker", "--until-idle")

    assert 0 == done.returncode, done.stderr
    with program.database() as database:
        assert {("T-1", 1): 1} == state.drafts_of_closings(database)
        assert [] == state.jobs_that_failed(database)


def test_a_server_ends_cleanly_though_its_worker_is_inside_the_embedding_model(new_program: NewProgram) -> None:
    program = new_program(stop_grace=1)
    stuck = f"""
import service.jobs.kinds as kinds

def embed_on(services, claimed):
    print("embedding", flush=True)
    while True:
        services.embedder.embed_documents([f"The export stops with error {{n}}." * 20 for n in range(64)])

kinds.WORK["sweep"] = embed_on
{PROGRAM}
"""
    with program.serve(program=stuck) as server:
        wait_until(lambda: "embedding" in server.written, 60, "the worker did not embed")
        status = server.stop()
    assert (0, True) == (status, "job.released" in server.written), server.written
    assert "terminate called" not in server.written


def test_a_worker_that_is_stopped_finishes_the_job_that_it_can_finish_in_time(
    new_program: NewProgram,
) -> None:
    with OpenAiServer() as llm:
        llm.default = _after_two_seconds
        program = new_program(llm_model=MODEL, llm_base_url=llm.base_url)
        with_a_ticket_to_draft(program)
        with program.start("worker") as worker, program.database() as database:
            wait_until(lambda: llm.requests, 60, "the model was not asked")
            worker.send(signal.SIGTERM)
            assert 0 == worker.wait()
            assert {("T-1", 1): 1} == state.drafts_of_closings(database)
            assert 1 == len(llm.requests)


def _after_two_seconds(request: Received) -> Reply:
    return replace(honest(request), delay=2.0)
