"""Each closing gets one draft, or an empty one that says why; nothing is lost silently."""

import pytest

from pipelines.domain.drafts import DraftState
from service.jobs.runner import Worker
from service.store import jobs
from service.store.tables import JobState
from service.usecases.confirm import confirm_draft
from service.usecases.queue import list_drafts, read_draft
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from tests.doubles import ScriptedSummariser, refused, timed_out
from tests.usecases.cases import ADA, awaiting, case, decision, drafted, reclosed, reopened, send, work


def due_now(services: Services) -> None:
    """Waits are over."""
    from sqlalchemy import text  # noqa: PLC0415

    with services.db.write() as session:
        session.execute(text("UPDATE job SET run_at = enqueued_at"))


def states(services: Services) -> dict[JobState, int]:
    with services.db.read() as session:
        return {state: n for (kind, state), n in jobs.count_jobs(session).items() if kind == "draft"}


def test_a_draft_quotes_the_raw_thread(services: Services) -> None:
    view = read_draft(services.db, drafted(services).id)
    bodies = {m.id: m.body for m in view.ticket.messages}
    quoted = {
        name.value: [bodies[e.message][e.start : e.end] for e in field.evidence]
        for name, field in view.content.fields.items()
    }
    assert ["the exporter opens the file before the previous run has released its lock."] == quoted["root_cause"]
    assert ["Debian 12"] == quoted["environment"]
    assert ("offline", None) == (view.provenance.summariser, view.provenance.fallback_reason)


def test_work_done_twice_makes_one_draft(services: Services) -> None:
    drafted(services)
    with services.db.write() as session:
        jobs.enqueue(session, "draft", "1#1")
    work(services)
    assert 1 == len(awaiting(services))


@pytest.mark.parametrize("subject", ["1#2", "77#1"])
def test_a_job_of_another_closing_or_of_no_ticket_makes_nothing(services: Services, subject: str) -> None:
    drafted(services)
    with services.db.write() as session:
        jobs.enqueue(session, "draft", subject)
    work(services)
    assert 1 == len(awaiting(services))
    assert {JobState.DONE: 2} == states(services)


def test_a_summariser_that_fails_for_good_is_stood_in_for_and_the_draft_says_why(services: Services) -> None:
    services.fallback, services.summariser = services.summariser, ScriptedSummariser(refused())
    line = drafted(services)
    assert ("offline", "refused") == (line.summariser, line.fallback_reason)
    assert DraftState.PENDING is line.state


def test_a_failure_that_may_pass_is_tried_again(services: Services) -> None:
    services.fallback, services.summariser = services.summariser, ScriptedSummariser(timed_out(), None)
    send(services, case())
    work(services)
    assert () == awaiting(services)
    assert {JobState.QUEUED: 1} == states(services)
    due_now(services)
    work(services)
    assert ["llm"] == [line.summariser for line in awaiting(services)]


def test_on_the_last_try_the_fallback_stands_in(services: Services) -> None:
    failing = ScriptedSummariser(timed_out())
    services.fallback, services.summariser = services.summariser, failing
    send(services, case())
    for _ in range(jobs.MOST_FAILURES):
        due_now(services)
        work(services)
    assert jobs.MOST_FAILURES == failing.calls
    assert [("offline", "timeout")] == [(line.summariser, line.fallback_reason) for line in awaiting(services)]


def test_a_crashing_summariser_ends_as_a_draft_to_fill_in_by_hand(services: Services) -> None:
    services.summariser = ScriptedSummariser(RuntimeError("secret thread text"))
    send(services, case())
    for _ in range(jobs.MOST_FAILURES):
        assert () == awaiting(services)
        due_now(services)
        work(services)

    (line,) = awaiting(services)
    assert (DraftState.NEEDS_MANUAL, "none", "RuntimeError", 0) == (
        line.state,
        line.summariser,
        line.fallback_reason,
        line.stated,
    )
    assert {JobState.DEAD: 1} == states(services)
    assert "needs_manual" == read_ticket(services.db, case().key).capture_state

    confirm_draft(services.db, line.id, 1, decision(), ADA)
    view = read_ticket(services.db, case().key)
    assert ("confirmed", True) == (view.capture_state, view.close_gate.open)


def test_a_failure_for_good_without_a_fallback_is_not_tried_again(services: Services) -> None:
    services.summariser = ScriptedSummariser(refused())
    send(services, case())
    work(services)
    assert [(DraftState.NEEDS_MANUAL, "refused")] == [(d.state, d.fallback_reason) for d in awaiting(services)]


def test_a_draft_given_up_stands_no_longer_once_the_ticket_closes_again(services: Services) -> None:
    services.summariser = ScriptedSummariser(refused(), None)
    send(services, case())
    work(services)
    send(services, reclosed(case()))
    work(services)
    assert [DraftState.PENDING] == [line.state for line in awaiting(services)]


def test_a_ticket_reopened_while_its_job_was_given_up_awaits_nobody(services: Services) -> None:
    services.summariser = ScriptedSummariser(refused(), meanwhile=lambda: None)
    send(services, case())
    services.summariser = ScriptedSummariser(refused(), meanwhile=lambda: _send_open(services))
    work(services)
    assert () == awaiting(services)
    assert "none" == read_ticket(services.db, case().key).capture_state


def _send_open(services: Services) -> None:
    send(services, reopened(case()))


def test_a_draft_that_comes_too_late_is_not_stored_beside_the_newer_closing(services: Services) -> None:
    services.summariser = ScriptedSummariser(None, meanwhile=lambda: _close_again(services))
    send(services, case())
    Worker(services).run_until_idle()
    assert () == list_drafts(services.db, DraftState.SUPERSEDED).items
    (line,) = awaiting(services)
    assert 1 == len(read_ticket(services.db, case().key).draft_ids)
    assert line.id == read_ticket(services.db, case().key).draft_ids[0]


def _close_again(services: Services) -> None:
    send(services, reclosed(case()))


def test_a_job_that_killed_its_workers_ends_as_a_draft_to_fill_in_by_hand(services: Services) -> None:
    """Nobody was alive to say so: the next idle worker does."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    send(services, case())
    for turn in range(jobs.MOST_LOST_LEASES + 1):
        jobs.claim(services.db, ["draft"], "doomed", 1, datetime.now(UTC) + timedelta(seconds=2 * turn + 1))
    assert {JobState.DEAD: 1} == states(services)
    work(services)
    work(services)
    assert [(DraftState.NEEDS_MANUAL, "worker_lost")] == [(d.state, d.fallback_reason) for d in awaiting(services)]
