"""A gap keeps its identity, its owner and its dismissal from report to report; answered questions are no gap."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from structlog.testing import capture_logs

from pipelines.domain.confirmations import RejectReason
from pipelines.domain.errors import IndexUnavailable, InvalidInput, NotFound
from pipelines.domain.gaps import GapStatus
from pipelines.domain.suggestions import Query
from pipelines.domain.tickets import Ticket
from pipelines.gaps.report import Unseen
from service.store.ids import gap_name
from service.store.queries import gaps
from service.usecases import clock, rebuild_gaps, report_gaps
from service.usecases.actors import Actor, UserRole
from service.usecases.arrange_gaps import merge_gap, split_gap
from service.usecases.change_gaps import GapChange, change_gap
from service.usecases.confirm import reject_draft
from service.usecases.name_gaps import name_gaps
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.suggest import suggest
from service.usecases.views_gaps import GapReportView
from tests.doubles import UnreachableIndex
from tests.usecases.cases import ADA, SYMPTOM, case, confirmed, drafted, said, send, work

KIM = Actor(name="Kim", role=UserRole.KB_MANAGER)


def asking(identifier: str, subject: str, body: str, **facts: Any) -> Ticket:
    return case(identifier, said("m1", body), subject=subject, closed=False, **facts)


def badges(services: Services, *numbers: int) -> None:
    """Open tickets that all ask for the same thing in nearly the same words."""
    for number in numbers:
        body = "The badge printer prints blank badges since the firmware update."
        send(services, asking(f"B-{number}", f"Badge printer prints blank badges {number}", body))


def ids(report: GapReportView | None) -> list[str]:
    assert report is not None
    return [gap.id for gap in report.gaps]


def test_what_several_ask_and_nobody_answered_is_a_gap_with_its_tickets(services: Services) -> None:
    badges(services, 1, 2, 3)
    send(services, asking("X-1", "Sync slow", "Calendar sync takes ages on tablets."))
    (gap,) = build_report(services).gaps
    assert ("G-1", ("desk/B-1", "desk/B-2", "desk/B-3"), 3, "open", "no") == (
        gap.id,
        gap.ticket_ids,
        gap.escalations,
        gap.status,
        gap.enough_to_write,
    )
    assert {"tickets": 3, "accounts": 1, "searches": 0} == gap.demand


def test_before_the_first_report_there_is_none_and_without_demand_an_empty_one(services: Services) -> None:
    assert latest_report(services.db) is None
    report = build_report(services)
    assert ((), 0, Unseen(estimate=0.0, low=0.0, high=0.0)) == (report.gaps, report.signals, report.unseen)


def test_a_question_that_triage_would_answer_is_no_gap(services: Services) -> None:
    for number in (1, 2):
        send(services, asking(f"E-{number}", "Nightly export stops with EXP-2041", SYMPTOM))
    assert ["G-1"] == ids(build_report(services))
    confirmed(services)
    assert [] == ids(build_report(services))


def test_abstentions_on_free_text_are_demand_and_those_on_a_ticket_count_once(services: Services) -> None:
    badges(services, 1, 2)
    query = Query(subject="Badge printer prints blank badges", body="blank badges since the firmware update")
    for _ in range(2):
        suggest(services, query, ADA)
    suggest(services, query, ADA, case("B-1").key)
    (gap,) = build_report(services).gaps
    assert {"tickets": 2, "accounts": 1, "searches": 2} == gap.demand


def test_the_same_demand_gives_the_same_gaps_and_the_same_hash(services: Services) -> None:
    badges(services, 1, 2, 3)
    one, two = build_report(services), build_report(services)
    assert one.id != two.id
    assert (ids(one), one.inputs_sha256) == (ids(two), two.inputs_sha256)
    badges(services, 4)
    three = build_report(services)
    assert ids(one) == ids(three)
    assert one.inputs_sha256 != three.inputs_sha256


def test_a_gap_keeps_its_name_and_owner_when_its_demand_grows(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    change_gap(services.db, "G-1", GapChange(title="Blank badges", owner="Kim"), KIM)
    badges(services, 3, 4)
    (gap,) = build_report(services).gaps
    assert ("G-1", "Blank badges", "Kim", "assigned", 4) == (
        gap.id,
        gap.title,
        gap.owner,
        gap.status,
        gap.demand["tickets"],
    )


def test_a_dismissed_gap_stays_dismissed(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    change_gap(services.db, "G-1", GapChange(status=GapStatus.DISMISSED, note="out of support"), KIM)
    badges(services, 3)
    assert [("G-1", "dismissed")] == [(gap.id, gap.status) for gap in build_report(services).gaps]
    asked = Query(subject="Badge printer prints blank badges", body="since the firmware update")
    assert suggest(services, asked, ADA).near_gap is None


def test_an_abstention_names_the_gap_that_it_falls_into(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    near = suggest(services, Query(subject="Badge printer prints blank badges", body="firmware update"), ADA).near_gap
    assert near is not None
    assert "G-1" == near["id"]
    assert suggest(services, Query(subject="Invoice total wrong"), ADA).near_gap is None


def test_an_abstention_follows_what_becomes_of_the_gap(services: Services) -> None:
    query = Query(subject="Badge printer prints blank badges", body="blank badges since the firmware update")

    def near() -> Any:
        return suggest(services, query, ADA, counts=False).near_gap

    assert near() is None
    badges(services, 1, 2)
    build_report(services)
    assert {"id": "G-1", "owner": None, "tickets": 2} == {key: near()[key] for key in ("id", "owner", "tickets")}
    change_gap(services.db, "G-1", GapChange(owner="kim"), KIM)
    badges(services, 3)
    build_report(services)
    assert ("kim", 3) == (near()["owner"], near()["tickets"])
    change_gap(services.db, "G-1", GapChange(status=GapStatus.DISMISSED, note="not ours"), KIM)
    assert near() is None
    change_gap(services.db, "G-1", GapChange(status=GapStatus.OPEN), KIM)
    send(services, asking("S-1", "Sync slow", "Calendar sync takes ages on tablets."))
    send(services, asking("S-2", "Sync slow", "Calendar sync takes ages on tablets."))
    build_report(services)
    assert "G-1" == near()["id"]
    with services.db.write() as session:
        gaps.merge(session, 1, 2, clock.now())
    assert near() is None


def test_a_dismissal_says_why(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    with pytest.raises(InvalidInput, match="note"):
        change_gap(services.db, "G-1", GapChange(status=GapStatus.DISMISSED), KIM)
    assert "open" == read_gap(services.db, "G-1").gap.status


def test_a_gap_without_its_owner_is_open_again(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    change_gap(services.db, "G-1", GapChange(owner="Kim"), KIM)
    view = change_gap(services.db, "G-1", GapChange(owner=" "), KIM)
    assert ("open", None) == (view.gap.status, view.gap.owner)


@pytest.mark.parametrize("change", [GapChange(title=" "), GapChange(title="\0"), GapChange(owner="\ud800")])
def test_a_change_that_cannot_be_kept_is_refused(services: Services, change: GapChange) -> None:
    badges(services, 1, 2)
    build_report(services)
    with pytest.raises(InvalidInput):
        change_gap(services.db, "G-1", change, KIM)


def test_a_gap_is_read_with_its_tickets_and_what_customers_said(services: Services) -> None:
    badges(services, 1, 2)
    build_report(services)
    view = read_gap(services.db, "G-1")
    assert ["desk/B-1", "desk/B-2"] == [line.key for line in view.tickets]
    assert {"m1"} == {quote.message for quote in view.quotes}
    assert all("blank badges" in quote.text for quote in view.quotes)


def test_what_customers_said_is_quoted_redacted(services: Services) -> None:
    for number in (1, 2, 3):
        body = "The badge printer prints blank badges since the firmware update. Mail me: greta@badges.example"
        send(services, asking(f"B-{number}", f"Badge printer prints blank badges {number}", body))
    build_report(services)
    quotes = [quote.text for quote in read_gap(services.db, "G-1").quotes]
    assert 3 == len(quotes)
    assert all(text.endswith("Mail me: [email-1]") for text in quotes)


@pytest.mark.parametrize("name", ["G-9", "G-", "R-1"])
def test_there_is_no_gap_of_another_name(services: Services, name: str) -> None:
    with pytest.raises(NotFound):
        read_gap(services.db, name)


def test_names_and_addresses_do_not_get_into_a_report(services: Services) -> None:
    for number in (1, 2):
        subject = "Badge printer of Greta Holm prints blank badges"
        send(services, asking(f"B-{number}", subject, "Write to greta@nordwind.example: blank badges."))
    report = build_report(services)
    assert 1 == len(report.gaps)
    assert not {"Greta", "Holm", "nordwind"} & set(report.model_dump_json().replace("@", " ").split())
    assert "Greta" not in report.model_dump_json()


def test_no_report_is_made_without_the_index(services: Services) -> None:
    """It would call everything a gap."""
    badges(services, 1, 2)
    services.vectors = UnreachableIndex(256)
    with pytest.raises(IndexUnavailable):
        build_report(services)
    assert latest_report(services.db) is None


def test_merged_gaps_stay_one_and_split_tickets_stay_apart(services: Services) -> None:
    badges(services, 1, 2, 3)
    for number in (1, 2):
        body = "Calendar sync takes ages on tablets over a mobile network."
        send(services, asking(f"S-{number}", f"Calendar sync slow {number}", body))
    build_report(services)
    assert ("G-1", False) == merge_gap(services, "G-2", "G-1", KIM)
    assert {"G-1": 5} == sizes(build_report(services))
    new = split_gap(services, "G-1", ["desk/S-1", "desk/S-2"], "Slow sync", KIM).gap
    badges(services, 4)
    assert {"G-1": 4, new: 2} == sizes(build_report(services))
    with pytest.raises(InvalidInput):
        merge_gap(services, "G-1", "G-2", KIM)
    with pytest.raises(InvalidInput):
        split_gap(services, new, ["desk/S-1", "desk/S-2"], "All of it", KIM)


def test_a_gap_of_one_ticket_that_was_left_by_hand_is_in_every_later_report(services: Services) -> None:
    badges(services, 1, 2, 3)
    build_report(services)
    new = split_gap(services, "G-1", ["desk/B-1"], "Another printer", KIM).gap
    assert {"G-1": 2, new: 1} == sizes(build_report(services))


def test_a_split_whose_report_cannot_be_built_holds_and_the_report_follows(services: Services) -> None:
    badges(services, 1, 2, 3)
    build_report(services)
    index, services.vectors = services.vectors, UnreachableIndex(256)
    arranged = split_gap(services, "G-1", ["desk/B-1"], "Another printer", KIM)
    assert (("G-2", True), {"G-1": 3}) == (arranged, sizes(latest(services)))
    assert ("G-1", True) == merge_gap(services, "G-2", "G-1", KIM)
    services.vectors = index
    work(services)
    assert "G-1" == read_gap(services.db, "G-2").merged_into
    assert {"G-1": 3} == sizes(latest(services))
    assert split_gap(services, "G-1", ["desk/B-2"], "A third", KIM) == ("G-3", False)


def test_a_merge_whose_report_breaks_holds_and_is_told_so(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    badges(services, 1, 2, 3)
    build_report(services)
    monkeypatch.setattr(rebuild_gaps, "build_report", broken)
    with capture_logs() as logged:
        assert ("G-2", True) == split_gap(services, "G-1", ["desk/B-1"], "Another printer", KIM)
    assert "gaps.report_put_off" in {line["event"] for line in logged}
    work(services)
    assert {"G-1": 2, "G-2": 1} == sizes(latest(services))


def broken(_services: Services) -> None:
    raise ValueError("out of range")


def latest(services: Services) -> GapReportView:
    report = latest_report(services.db)
    assert report is not None
    return report


def test_where_there_is_much_to_read_a_worker_builds_the_report(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    badges(services, 1, 2)
    for number in (1, 2):
        send(services, asking(f"S-{number}", "Sync slow", "Calendar sync takes ages on tablets."))
    work(services)
    assert ["G-1", "G-2"] == ids(build_report(services))
    monkeypatch.setattr(rebuild_gaps, "MOST_AT_ONCE", 3)
    assert ("G-1", True) == merge_gap(services, "G-2", "G-1", KIM)
    assert not rebuild_gaps.rebuild(services)
    assert ["G-1", "G-2"] == ids(latest_report(services.db))
    assert rebuild_gaps.is_on_its_way(services.db)
    assert 1 == work(services)
    assert ["G-1"] == ids(latest_report(services.db))
    assert not rebuild_gaps.is_on_its_way(services.db)


def test_two_reports_at_once_make_each_gap_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    badges(services, 1, 2, 3)
    both = threading.Barrier(2)

    def name_together(*asked: Any) -> Any:
        both.wait(30)  # neither has kept its report yet
        return name_gaps(*asked)

    monkeypatch.setattr(report_gaps, "name_gaps", name_together)
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(build_report, [services] * 2))
    assert [{"G-1": 3}] * 2 == [sizes(report) for report in made]
    with services.db.read() as session:
        assert ["G-1"] == [gap_name(gap.id) for gap in gaps.ledger(session)]


def sizes(report: GapReportView) -> dict[str, int]:
    return {gap.id: gap.demand["tickets"] for gap in report.gaps}


def test_what_a_manager_merges_while_a_report_is_made_holds_in_it(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    badges(services, 1, 2)
    for number in (1, 2):
        send(services, asking(f"S-{number}", "Sync slow", "Calendar sync takes ages on tablets."))
    assert ["G-1", "G-2"] == ids(build_report(services))

    def merged_meanwhile(*given: Any) -> Any:
        with services.db.write() as session:
            gaps.merge(session, 2, 1, clock.now())
        return name_gaps(*given)

    monkeypatch.setattr(report_gaps, "name_gaps", merged_meanwhile)
    (gap,) = build_report(services).gaps
    assert ("G-1", {"desk/B-1", "desk/B-2", "desk/S-1", "desk/S-2"}) == (gap.id, set(gap.ticket_ids))


def test_a_rejected_suggestion_is_demand_and_what_is_private_feeds_no_report(services: Services) -> None:
    badges(services, 1, 2)
    for number in (1, 2):
        record_decision(services, f"P-{number}", RejectReason.PRIVATE)
        record_decision(services, f"N-{number}", RejectReason.NO_KNOWLEDGE)
    report = build_report(services)
    members = {key for gap in report.gaps for key in gap.ticket_ids}
    assert {"desk/N-1", "desk/N-2"} <= members
    assert not {"desk/P-1", "desk/P-2"} & members


def record_decision(services: Services, identifier: str, reason: RejectReason) -> None:
    """A closed, escalated ticket whose draft was rejected."""
    text = "The parking gate stays shut after a power cut."
    line = drafted(services, case(identifier, said("m1", text), subject=f"Parking gate stays shut {identifier}"))
    reject_draft(services.db, line.id, 1, reason, None, None, ADA)
