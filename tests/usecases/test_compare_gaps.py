"""Every report is kept, and says what changed since an earlier one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from pipelines.domain.errors import InvalidInput, NotFound
from service.usecases.arrange_gaps import merge_gap
from service.usecases.close_gaps import close_gap
from service.usecases.compare_gaps import changes_since, list_reports, read_report
from service.usecases.erase import erase_ticket
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from tests.usecases.cases import case, confirmed
from tests.usecases.test_report_gaps import KIM, badges
from tests.usecases.test_watch_gaps import START, WEEK, ask, at

__all__ = ["at"]


def built(services: Services, at: Callable[[datetime], None], *moments: datetime) -> list[str]:
    """Reports that were built at these moments, with one more ticket in each."""
    made = []
    for number, moment in enumerate(moments, start=2):
        badges(services, number)
        at(moment)
        made.append(build_report(services).id)
    return made


def test_the_newest_report_is_compared_with_the_last_that_is_a_week_older(
    services: Services, at: Callable[[datetime], None]
) -> None:
    badges(services, 1)
    first, second, third = built(services, at, START, START + WEEK, START + 2 * WEEK)
    found = changes_since(services.db)
    assert found.since is not None
    assert (third, second, [("G-1", ("growing",), 3, 4)]) == (
        found.report.id,
        found.since.id,
        [(gap.id, gap.kinds, gap.before, gap.after) for gap in found.changes],
    )
    assert [(2, 4)] == [(gap.before, gap.after) for gap in changes_since(services.db, third, first).changes]
    assert [third, second, first] == [line.id for line in list_reports(services.db).items]
    assert first == read_report(services.db, first).id


def test_without_an_older_report_nothing_is_compared(services: Services, at: Callable[[datetime], None]) -> None:
    with pytest.raises(NotFound):
        changes_since(services.db)
    badges(services, 1)
    built(services, at, START)
    found = changes_since(services.db)
    assert (None, ()) == (found.since, found.changes)


@pytest.mark.parametrize(("since", "error"), [("2", InvalidInput), ("9", NotFound), ("x", NotFound), ("-1", NotFound)])
def test_only_an_earlier_report_can_be_compared_with(
    services: Services, at: Callable[[datetime], None], since: str, error: type[Exception]
) -> None:
    badges(services, 1)
    built(services, at, START, START + timedelta(days=1))
    with pytest.raises(error):
        changes_since(services.db, "2", since)


def test_what_was_closed_in_between_says_so(services: Services, at: Callable[[datetime], None]) -> None:
    badges(services, 1)
    first, _ = built(services, at, START, START + WEEK)
    close_gap(services.db, "G-1", confirmed(services), KIM)
    at(START + 2 * WEEK)
    build_report(services)
    (gap,) = changes_since(services.db, since=first).changes
    assert (("growing", "closed"), "closed") == (gap.kinds, gap.status)


def test_a_gap_that_was_made_part_of_another_says_so_and_nothing_else(services: Services) -> None:
    badges(services, 1, 2)
    ask(services, "S", 1, 2)
    first = build_report(services).id
    close_gap(services.db, "G-2", confirmed(services), KIM)
    merge_gap(services, "G-2", "G-1", KIM)
    found = {gap.id: gap for gap in changes_since(services.db, since=first).changes}
    assert (("merged",), "G-1", 2, None) == (
        found["G-2"].kinds,
        found["G-2"].merged_into,
        found["G-2"].before,
        found["G-2"].after,
    )
    assert (("growing",), None) == (found["G-1"].kinds, found["G-1"].merged_into)


def test_an_erased_ticket_is_no_change(services: Services, at: Callable[[datetime], None]) -> None:
    badges(services, 1, 5)
    first, _ = built(services, at, START, START + WEEK)
    erase_ticket(services.db, case("B-1").key, services.settings.data_dir, "Root")
    ask(services, "S", 1, 2)
    found = changes_since(services.db, since=first)
    assert [("G-1", 3, 4)] == [(gap.id, gap.before, gap.after) for gap in found.changes]


def test_the_list_of_reports_is_paged(services: Services) -> None:
    made = [build_report(services).id for _ in range(3)]
    page = list_reports(services.db, limit=2)
    assert made[:0:-1] == [line.id for line in page.items]
    assert made[:1] == [line.id for line in list_reports(services.db, page.next_cursor, 2).items]
