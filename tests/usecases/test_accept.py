"""An administrator's acceptance of history: on the record, unvalidated, and safe to stop."""

from typing import Any

import pytest

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Origin
from service.usecases.accept import accept_tickets
from service.usecases.queue import read_draft
from service.usecases.resolutions import list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from tests.doubles import ScriptedSummariser
from tests.usecases.cases import awaiting, case, said, send, work


def received(services: Services, count: int, **facts: Any) -> list[int]:
    return [send(services, case(f"T-{number}", **facts)).ticket_id for number in range(1, count + 1)]


def accept(services: Services, numbers: list[int]) -> int:
    return accept_tickets(services, numbers, lambda _done: None)


def test_history_is_drafted_accepted_and_indexed_at_once(services: Services) -> None:
    numbers = received(services, 3)
    assert 3 == accept(services, numbers)
    assert (3, ()) == (len(list_resolutions(services.db).items), awaiting(services))
    view = read_resolution(services.db, "R-1")
    assert ("not_validated", True) == (view.resolution.confidence, view.indexed)
    (decision,) = read_draft(services.db, "D-1").decisions
    assert (True, "bulk acceptance", None) == (decision.bulk, decision.actor, decision.seconds)
    assert "confirmed" == read_ticket(services.db, case().key).capture_state
    assert 0 == work(services)


def test_accepting_twice_accepts_once(services: Services) -> None:
    numbers = received(services, 3)
    assert (3, 0) == (accept(services, numbers), accept(services, numbers))
    assert 3 == len(list_resolutions(services.db).items)


def test_drafts_that_stand_in_the_queue_are_taken_as_they_are(services: Services) -> None:
    numbers = received(services, 2)
    work(services)
    services.summariser = ScriptedSummariser(RuntimeError("not asked again"))
    assert 2 == accept(services, numbers)


def test_a_thread_without_an_answer_stays_in_the_queue(services: Services) -> None:
    ticket = case("T-1", said("m1", "Is there any way to see who changed a rule?"))
    assert 0 == accept(services, [send(services, ticket).ticket_id])
    assert 1 == len(awaiting(services))


def test_open_tickets_and_uncovered_ones_are_left_alone(services: Services) -> None:
    numbers = [send(services, case("T-1", closed=False)).ticket_id]
    numbers.append(send(services, case("T-2", escalated=False)).ticket_id)
    assert 0 == accept(services, numbers)


def test_a_ticket_that_cannot_be_summarised_does_not_stop_the_others(services: Services) -> None:
    numbers = received(services, 3)
    services.summariser = ScriptedSummariser(None, RuntimeError("boom"), None)
    assert 2 == accept(services, numbers)
    assert "queued" == read_ticket(services.db, case("T-2").key).capture_state
    work(services)
    assert ["desk/T-2"] == [line.ticket for line in awaiting(services)]


def test_acceptance_stopped_and_run_again_leaves_nothing_out(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.usecases.accept.AT_ONCE", 2)
    numbers = received(services, 5)

    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        accept_tickets(services, numbers, stop)
    assert (2, 3) == (len(list_resolutions(services.db).items), accept(services, numbers))


def test_environment_and_versions_come_from_the_ticket_where_the_thread_has_none(services: Services) -> None:
    thread = (
        said("m1", "The export stops every night."),
        said("m2", "Root cause: a stale lock file. Fixed by removing it."),
    )
    fields = {
        "environment": "RHEL 9, account Nordwind Logistics",
        "affects_versions": ["7.1", 3],
        "fix_versions": ["7.2"],
    }
    accept(services, [send(services, case("T-1", *thread, fields=fields)).ticket_id])
    content = read_resolution(services.db, "R-1").resolution.content
    environment = content.fields[FieldName.ENVIRONMENT]
    assert (Origin.TICKET, "RHEL 9, account [account-1]") == (environment.origin, environment.text)
    assert (Origin.TICKET, ("7.1",), ("7.2",)) == (
        content.versions.origin,
        content.versions.affected,
        content.versions.fixed_in,
    )
