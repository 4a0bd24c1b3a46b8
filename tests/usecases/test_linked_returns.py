"""A later ticket that links to an earlier one as the same problem: what was used on the earlier one did not hold."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.kcs import ReviewReason
from pipelines.domain.suggestions import Outcome
from pipelines.domain.tickets import Account, Ticket
from service.usecases import clock
from service.usecases.erase import erase_ticket
from service.usecases.feedback import give_outcome
from service.usecases.services import Services
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.track_record import read_track_record
from tests.usecases.cases import ADA, OPENED, case, confirmed, reopened, send

OTHERS = Account(id="ACC-1", name="Borealis", tier="basic")


def earlier(**other: Any) -> Ticket:
    """Closed a day after it was opened, by an account of its own."""
    return case("T-2", account=OTHERS, **other)


def later(kind: str = "regression of", *, days: float = 11, **other: Any) -> Ticket:
    links = ({"type": kind, "ticket": "T-2"},)
    facts = {"created_at": OPENED + timedelta(days=days), "links": links, "account": Account(id="ACC-3")}
    return case("T-3", closed=False, **(facts | other))


def use(services: Services, outcome: Outcome = Outcome.FIXED) -> None:
    key = earlier().key
    given = suggest(services, query_of_ticket(services.db, key), ADA, key)
    give_outcome(services.db, given.id, "R-1", outcome, None, ADA)


def fared(services: Services) -> tuple[int, int, int]:
    """Held, failed and returns of the record."""
    found = read_track_record(services.db, "R-1")
    return found.counts.held, found.counts.failed, found.returns


def _arrive_earlier(services: Services) -> None:
    send(services, earlier())


def _arrive_later(services: Services) -> None:
    send(services, later())


@pytest.mark.parametrize(
    "steps",
    [
        (_arrive_earlier, use, _arrive_later),
        (_arrive_earlier, _arrive_later, use),
        (_arrive_later, _arrive_earlier, use),
    ],
)
def test_whatever_comes_first_the_use_on_the_earlier_ticket_did_not_hold(
    services: Services, steps: tuple[Callable[[Services], None], ...]
) -> None:
    confirmed(services)
    for step in steps:
        step(services)
    assert (0, 1, 1) == fared(services)
    survival = read_track_record(services.db, "R-1").survival
    assert [1.0, 0.0, 0.0] == [point.share for point in survival]  # 10 days after closing: it held for 7


def test_taking_the_tickets_in_again_counts_nothing_twice(services: Services) -> None:
    confirmed(services)
    for _ in range(2):
        send(services, earlier())
        use(services)
        send(services, later())
    assert (0, 1, 1) == fared(services)


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (later("relates to"), (1, 0, 0)),
        (later("causes"), (1, 0, 0)),  # the later one says that it caused the earlier one
        (later("duplicates"), (1, 0, 0)),  # another customer with the same problem
        (later("duplicates", account=OTHERS), (0, 1, 1)),
        (later("duplicates", account=Account()), (0, 1, 1)),
        (later(days=91), (0, 1, 1)),
        (later(days=92), (1, 0, 0)),
        (later(days=0.5), (1, 0, 0)),  # the earlier one was still open
    ],
)
def test_only_a_return_soon_after_closing_speaks_against_the_fix(
    services: Services, ticket: Ticket, expected: tuple[int, int, int]
) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    send(services, ticket)
    assert expected == fared(services)


def test_the_earlier_ticket_may_be_the_one_that_names_the_other(services: Services) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    send(services, later(links=()))
    assert (1, 0, 0) == fared(services)
    send(services, earlier(links=({"type": "causes", "ticket": "desk/T-3"},)))
    assert (0, 1, 1) == fared(services)


def test_a_link_that_is_taken_back_clears_the_return(services: Services) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    send(services, later())
    send(services, later(links=()))
    assert (1, 0, 0) == fared(services)


def test_what_was_never_right_is_no_return(services: Services) -> None:
    confirmed(services)
    send(services, earlier())
    send(services, later())
    use(services, Outcome.NOT_RELEVANT)
    assert (0, 0, 0) == fared(services)


def test_the_ticket_that_made_the_record_counts_as_a_return_but_not_as_a_failed_reuse(services: Services) -> None:
    confirmed(services)  # from T-1
    send(services, later(links=({"type": "regression of", "ticket": "T-1"},)))
    assert (0, 0, 1) == fared(services)


def test_after_a_second_return_the_owner_is_asked_once(services: Services) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    again = later(links=({"type": "regression of", "ticket": "T-1"}, {"type": "follow-up of", "ticket": "T-2"}))
    for _ in range(2):
        send(services, again)
    assert [(ReviewReason.CAME_BACK, "desk/T-3")] == [
        (one.reason, one.ticket) for one in read_track_record(services.db, "R-1").waiting
    ]


def test_that_a_ticket_reopened_stands_whatever_links_say(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    send(services, later())
    monkeypatch.setattr(clock, "now", lambda: OPENED + timedelta(days=32))
    send(services, reopened(earlier()))
    send(services, later(links=()))
    survival = read_track_record(services.db, "R-1").survival
    assert ((0, 1, 1), [1.0, 1.0, 0.0]) == (fared(services), [point.share for point in survival])


def test_erasing_the_later_ticket_keeps_that_the_problem_came_back_and_nothing_of_its_name(
    services: Services, tmp_path: Path
) -> None:
    confirmed(services)
    send(services, earlier())
    use(services)
    send(services, later())
    erase_ticket(services.db, later().key, tmp_path, "Root")
    send(services, earlier(product_area="import"))
    assert (0, 1, 1) == fared(services)
    with services.db.read() as session:
        assert 0 == len(session.connection().exec_driver_sql("SELECT * FROM ticket_link").all())
