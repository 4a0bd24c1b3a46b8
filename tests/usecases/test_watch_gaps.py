"""From a closing to its verification or reopening: reports are built as time passes, with demand and without."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.store.tables import GapReportRow
from service.usecases import clock
from service.usecases.close_gaps import close_gap
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.views_gaps import GapReportView
from tests.usecases.cases import SYMPTOM, case, confirmed, said, send
from tests.usecases.test_report_gaps import KIM, asking, badges

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
CLOSING = START + 20 * WEEK
PROBLEMS = {
    "B": ("Badge printer prints blank badges", "The badge printer prints blank badges since the firmware update."),
    "S": ("Calendar sync slow on tablets", "Calendar sync takes ages on tablets over a mobile network."),
    "P": ("Parking gate stays shut", "The parking gate stays shut after a power cut at the barrier."),
}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Says what time it is."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_to


def ask(services: Services, problem: str, *weeks: int) -> None:
    """One escalated open ticket of a problem in each of these weeks."""
    subject, body = PROBLEMS[problem]
    for week in weeks:
        send(services, asking(f"{problem}-{week}", subject, body, created_at=START + week * WEEK + timedelta(days=2)))


def closed_by_a_record(services: Services, at: Callable[[datetime], None]) -> None:
    """Three problems asked for each week until the first of them, G-1, is closed by a resolution."""
    for problem in PROBLEMS:
        ask(services, problem, *range(20))
    at(CLOSING - timedelta(days=1))
    report = build_report(services)
    (gap,) = [gap for gap in report.gaps if gap.title.startswith("Badge")]
    assert 20 == gap.demand["tickets"]
    at(CLOSING)
    record = confirmed(services)
    close_gap(services.db, gap.id, record, KIM)


def badge_gap(report: GapReportView | None) -> str:
    assert report is not None
    return next(each.id for each in report.watched)


def test_a_gap_whose_demand_stops_while_others_go_on_is_verified(
    services: Services, at: Callable[[datetime], None]
) -> None:
    closed_by_a_record(services, at)
    gap = badge_gap(latest_report(services.db))
    for problem in ("S", "P"):
        ask(services, problem, *range(20, 36))
    at(CLOSING + 2 * WEEK)
    (early,) = build_report(services).watched
    assert early.watch is not None
    assert ("closed", 2, 0, 4) == (early.status, early.watch.weeks, early.watch.seen, early.watch.next_look)
    at(CLOSING + 8 * WEEK)
    build_report(services)
    view = read_gap(services.db, gap)
    assert "verified" == view.gap.status
    assert ("verified", "system", view.gap.closed_by) == (
        view.history[-1].kind,
        view.history[-1].by,
        view.history[-1].what,
    )
    assert "0 came and 8.0 were expected" in str(view.history[-1].why)


def test_a_gap_that_is_asked_for_as_before_reopens_and_its_record_covers_it_no_more(
    services: Services, at: Callable[[datetime], None]
) -> None:
    closed_by_a_record(services, at)
    gap = badge_gap(latest_report(services.db))
    for problem in PROBLEMS:
        ask(services, problem, *range(20, 36))
    at(CLOSING + 16 * WEEK)
    report = build_report(services)
    view = read_gap(services.db, gap)
    assert ("open", None, ()) == (view.gap.status, view.gap.closed_by, report.watched)
    assert ["created", "closed", "reopened"] == [event.kind for event in view.history]
    assert gap in [each.id for each in build_report(services).gaps]


def test_the_same_inputs_at_the_same_time_give_the_same_snapshot_byte_for_byte(
    services: Services, at: Callable[[datetime], None]
) -> None:
    closed_by_a_record(services, at)
    for problem in ("S", "P"):
        ask(services, problem, *range(20, 24))
    at(CLOSING + 6 * WEEK)
    one, two = (int(build_report(services).id) for _ in range(2))
    with services.db.read() as session:
        kept = [json.dumps(session.get_one(GapReportRow, number).report) for number in (one, two)]
    assert '"watched": {"G-' in kept[0]
    assert kept[0] == kept[1]


def test_what_a_record_covers_was_asked_all_the_same(services: Services, at: Callable[[datetime], None]) -> None:
    """Closing would verify itself otherwise."""
    for week in range(12):
        ask(services, "S", week)
        send(
            services,
            asking(f"E-{week}", "Nightly export stops with EXP-2041", SYMPTOM, created_at=START + week * WEEK),
        )
    at(START + 12 * WEEK)
    gap = next(g.id for g in build_report(services).gaps if g.title.startswith("Nightly"))
    record = confirmed(services, case("T-1", created_at=START + 12 * WEEK))
    close_gap(services.db, gap, record, KIM)
    for week in range(12, 20):
        ask(services, "S", week)
        send(
            services,
            asking(f"E-{week}", "Nightly export stops with EXP-2041", SYMPTOM, created_at=START + (week + 0.5) * WEEK),
        )
    at(START + 20 * WEEK)
    assert gap not in [each.id for each in build_report(services).gaps]
    assert "reopened" == read_gap(services.db, gap).history[-1].kind
    listed = {each.id: each for each in build_report(services).gaps}
    assert ("wrong", record) == (listed[gap].type, listed[gap].nearest_resolution)
    assert f"it was to answer {gap}, and demand did not fall" == listed[gap].falls_short


def test_an_open_gap_that_a_later_record_answers_is_proposed_for_closing(services: Services) -> None:
    for number in (1, 2, 3):
        send(services, asking(f"E-{number}", "Nightly export stops with EXP-2041", SYMPTOM))
    build_report(services)
    record = confirmed(services, case("E-3", *case("E-3").messages))
    report = build_report(services)
    assert () == report.gaps
    (found,) = report.answered
    assert ("G-1", record, 3, 3) == (found.id, found.by, found.covered, found.asked)
    assert 2 == report.answered_since
    assert {"by": record, "covered": 3, "asked": 3} == read_gap(services.db, "G-1").gap.answered_by
    close_gap(services.db, "G-1", record, KIM)
    assert () == build_report(services).answered


def test_a_gap_that_other_questions_still_ask_for_is_not_proposed(services: Services) -> None:
    badges(services, 1, 2, 3)
    send(services, asking("X-1", "Sync slow", said("m1", "Calendar sync takes ages.").body))
    build_report(services)
    confirmed(services)
    assert () == build_report(services).answered
