"""Tickets come in once each, and each closing that the capture policy covers queues exactly one draft."""

import pytest

from pipelines.domain.drafts import DraftState
from service.settings import CapturePolicy
from service.store import jobs
from service.store.tables import JobState
from service.usecases.queue import list_drafts, read_draft
from service.usecases.receive import receive_delivery, receive_ticket
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from tests.usecases.cases import awaiting, case, confirmed, drafted, reclosed, reopened, said, send, work


def queued(services: Services) -> int:
    with services.db.read() as session:
        return jobs.count_jobs(session).get(("draft", JobState.QUEUED), 0)


def state_of(services: Services) -> str:
    return read_ticket(services.db, case().key).capture_state


def test_a_closed_ticket_queues_one_draft_however_often_it_comes(services: Services) -> None:
    first, again = send(services, case()), send(services, case())
    assert [("created", True), ("unchanged", False)] == [(r.outcome, r.draft_queued) for r in (first, again)]
    assert (1, "queued") == (queued(services), state_of(services))


def test_an_open_ticket_queues_nothing_until_it_closes(services: Services) -> None:
    assert not send(services, reopened(case())).draft_queued
    assert send(services, case()).draft_queued


def test_an_edit_of_a_closed_ticket_is_no_closing(services: Services) -> None:
    drafted(services)
    edited = send(services, case(product_area="import"))
    assert ("updated", False) == (edited.outcome, edited.draft_queued)


@pytest.mark.parametrize(
    ("policy", "escalated", "covered"),
    [("escalated", True, True), ("escalated", False, False), ("all", False, True), ("none", True, False)],
)
def test_the_policy_says_which_closings_get_a_draft(
    services: Services, policy: CapturePolicy, escalated: bool, covered: bool
) -> None:
    received = receive_ticket(services.db, case(escalated=escalated), policy)
    assert covered == received.draft_queued
    assert ("queued" if covered else "none") == state_of(services)


def test_a_policy_widened_later_covers_what_had_closed_before(services: Services) -> None:
    ticket = case(escalated=False)
    receive_ticket(services.db, ticket, "escalated")
    again = [receive_ticket(services.db, ticket, "all") for _ in range(2)]
    assert [True, False] == [r.draft_queued for r in again]


def test_a_ticket_closed_again_gets_a_new_draft_and_the_old_one_stands_no_longer(services: Services) -> None:
    old = drafted(services)
    send(services, reopened(case()))
    assert send(services, reclosed(case(), said("m4", "It came back and is gone for good now.", hours=60))).draft_queued
    work(services)

    (new,) = awaiting(services)
    assert old.id != new.id
    assert DraftState.SUPERSEDED is read_draft(services.db, old.id).state
    assert "drafted" == state_of(services)


def test_a_closing_time_that_moved_later_is_a_closing_of_its_own(services: Services) -> None:
    drafted(services)
    assert send(services, reclosed(case())).draft_queued


def test_a_ticket_that_closed_twice_before_anyone_worked_gets_one_draft(services: Services) -> None:
    send(services, case())
    send(services, reopened(case()))
    send(services, reclosed(case()))
    assert 2 == work(services)
    assert 1 == len(awaiting(services))
    assert () == list_drafts(services.db, DraftState.SUPERSEDED).items


def test_a_ticket_reopened_before_anyone_worked_gets_no_draft(services: Services) -> None:
    send(services, case())
    send(services, reopened(case()))
    work(services)
    assert () == awaiting(services)
    assert "none" == state_of(services)


def test_a_delivery_is_acted_on_once_and_two_sources_may_use_one_id(services: Services) -> None:
    def deliver(source: str, delivery: str) -> bool:
        return receive_delivery(services.db, source, delivery, case(), "escalated") is not None

    assert [True, False, True, True] == [
        deliver("generic", "d-1"),
        deliver("generic", "d-1"),
        deliver("other", "d-1"),
        deliver("generic", "d-2"),
    ]
    assert 1 == queued(services)


def test_a_reopened_ticket_has_its_close_gate_shut_again(services: Services) -> None:
    """What was confirmed when it closed before says nothing of how it will end this time."""
    confirmed(services)
    assert read_ticket(services.db, case().key).close_gate.open
    send(services, reopened(case()))
    gate = read_ticket(services.db, case().key)
    assert ("none", False) == (gate.capture_state, gate.close_gate.open)
