"""A gap is closed by naming the record that answers it; every move of it is kept, and its page stays."""

import pytest

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import GapStatus
from pipelines.domain.resolutions import Confidence
from service.store.ids import gap_number
from service.usecases import clock
from service.usecases.arrange_gaps import merge_gap, split_gap
from service.usecases.change_gaps import GapChange, change_gap
from service.usecases.close_gaps import close_gap, close_gap_in
from service.usecases.merge import merge_resolutions
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution
from service.usecases.services import Services
from service.usecases.views_gaps import GapView
from tests.usecases.cases import ADA, SYMPTOM, case, confirmed, send
from tests.usecases.test_articles import kept, published
from tests.usecases.test_report_gaps import KIM, asking, badges


def moves(view: GapView) -> list[tuple[str, str, str | None]]:
    return [(event.kind.value, event.by, event.what) for event in view.history]


def test_a_gap_is_closed_by_a_resolution_and_says_by_which_and_by_whom(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    record = confirmed(services)
    view = close_gap(services.db, "G-1", record.lower(), KIM)
    assert ("closed", record) == (view.gap.status, view.gap.closed_by)
    assert view.gap.closed_at is not None
    assert [("created", "system", None), ("closed", "Kim", record)] == moves(view)


@pytest.mark.parametrize("by", ["R-99", "R-", "12", "G-1", "", "A-1", "A-x", "'; DROP TABLE gap"])
def test_a_gap_is_not_closed_by_what_is_no_record(services: Services, by: str) -> None:
    badges(services, 1, 2)
    build_report(services)
    with pytest.raises(InvalidInput):
        close_gap(services.db, "G-1", by, KIM)
    assert "open" == read_gap(services.db, "G-1").gap.status


def test_an_article_closes_a_gap_once_it_is_published(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    article = kept(services).article.id
    with pytest.raises(InvalidInput, match="not published"):
        close_gap(services.db, "G-1", article, KIM)
    published(services)
    assert "A-2" == close_gap(services.db, "G-1", "A-2", KIM).gap.closed_by


def test_a_gap_whose_record_is_archived_is_open_again_at_once(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    record = confirmed(services)
    close_gap(services.db, "G-1", record, KIM)
    assert "closed" == {gap.id: gap.status for gap in build_report(services).gaps}["G-1"]
    change_resolution(services.db, record, ResolutionChange(confidence=Confidence.ARCHIVED), ADA, 1)
    assert "open" == read_gap(services.db, "G-1").gap.status
    assert "open" == {gap.id: gap.status for gap in build_report(services).gaps}["G-1"]
    last = read_gap(services.db, "G-1").history[-1]
    assert ("reopened", "Ada", record) == (last.kind, last.by, last.what)
    assert f"Nobody is served {record}" in str(last.why)


def test_a_gap_stays_closed_by_what_its_record_was_merged_into(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    record, other = confirmed(services), confirmed(services, case("T-2", subject="Other"), title="Other")
    closed_at = close_gap(services.db, "G-1", record, KIM).gap.closed_at
    merge_resolutions(services.db, record, other, KIM)
    build_report(services)
    view = read_gap(services.db, "G-1")
    assert ("closed", other, closed_at) == (view.gap.status, view.gap.closed_by, view.gap.closed_at)
    last = view.history[-1]
    assert ("closed", "Kim", other, f"{record} was merged into {other}") == (last.kind, last.by, last.what, last.why)


def test_a_gap_that_there_is_not_cannot_be_closed(services: Services) -> None:
    with pytest.raises(NotFound):
        close_gap(services.db, "G-1", confirmed(services), KIM)


def test_closing_a_gap_twice_by_the_same_record_is_one_move(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    record = confirmed(services)
    first = close_gap(services.db, "G-1", record, KIM)
    assert first == close_gap(services.db, "G-1", record, ADA)


def test_within_another_transaction_the_caller_vouches_for_the_record(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    with services.db.write() as session:
        close_gap_in(session, gap_number("G-1"), "A-3", "Kim", clock.now())
    assert ("closed", "A-3") == (read_gap(services.db, "G-1").gap.status, read_gap(services.db, "G-1").gap.closed_by)


def test_a_change_closes_by_a_record_and_reopening_forgets_it(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    record = confirmed(services)
    assert "closed" == change_gap(services.db, "G-1", GapChange(closed_by=record), KIM).gap.status
    view = change_gap(services.db, "G-1", GapChange(status=GapStatus.OPEN, note="it did not help"), KIM)
    assert ("open", None, None) == (view.gap.status, view.gap.closed_by, view.gap.closed_at)
    assert ["created", "closed", "reopened"] == [kind for kind, _, _ in moves(view)]
    assert "it did not help" == view.history[-1].why


@pytest.mark.parametrize(
    "change",
    [
        GapChange(status=GapStatus.CLOSED),
        GapChange(status=GapStatus.VERIFIED),
        GapChange(status=GapStatus.OPEN, closed_by="R-1"),
        GapChange(closed_by="R-77"),
        GapChange(closed_by="\0"),
    ],
)
def test_a_closing_without_a_record_and_a_verification_by_hand_are_refused(
    services: Services, change: GapChange
) -> None:
    badges(services, 1, 2)
    build_report(services)
    with pytest.raises(InvalidInput):
        change_gap(services.db, "G-1", change, KIM)
    assert ("open", 1) == (read_gap(services.db, "G-1").gap.status, len(read_gap(services.db, "G-1").history))


def test_every_move_is_kept_with_who_made_it(services: Services) -> None:
    badges(services, 1, 2, 3)
    for number in (1, 2):
        body = "Calendar sync takes ages on tablets over a mobile network."
        send(services, asking(f"S-{number}", f"Calendar sync slow {number}", body))
    build_report(services)
    change_gap(services.db, "G-1", GapChange(title="Blank badges", owner="Kim"), KIM)
    change_gap(services.db, "G-1", GapChange(title="Blank badges", owner="Kim", note="asked the printer's maker"), KIM)
    change_gap(services.db, "G-1", GapChange(status=GapStatus.DISMISSED, note="out of support"), KIM)
    merge_gap(services, "G-2", "G-1", KIM)
    new = split_gap(services, "G-1", ["desk/S-1", "desk/S-2"], "Slow sync", KIM).gap
    assert [
        ("created", "system", None),
        ("renamed", "Kim", "Blank badges"),
        ("assigned", "Kim", "Kim"),
        ("dismissed", "Kim", None),
        ("merged", "Kim", "G-2"),
        ("split", "Kim", new),
    ] == moves(read_gap(services.db, "G-1"))
    assert ["created", "merged"] == [kind for kind, _, _ in moves(read_gap(services.db, "G-2"))]
    assert [("created", "Kim", "G-1")] == moves(read_gap(services.db, new))


def test_a_gap_that_nothing_asks_for_any_more_can_still_be_read(services: Services) -> None:
    for number in (1, 2):
        send(services, asking(f"E-{number}", "Nightly export stops with EXP-2041", SYMPTOM))
    first = build_report(services)
    assert read_gap(services.db, "G-1").asked_until is None
    confirmed(services)
    assert () == build_report(services).gaps
    view = read_gap(services.db, "G-1")
    assert (first.built_at, 2, ["desk/E-1", "desk/E-2"]) == (
        view.asked_until,
        view.gap.demand["tickets"],
        [line.key for line in view.tickets],
    )
