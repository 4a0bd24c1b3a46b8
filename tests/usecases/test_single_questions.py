"""Questions that stand alone are listed, filtered and paged, and a manager puts them where they belong."""

from datetime import timedelta
from typing import Any

import pytest

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.suggestions import Query
from pipelines.gaps.select import Part
from service.store.queries import gaps
from service.usecases import clock
from service.usecases.arrange_gaps import merge_gap, put_into_gap, start_gap
from service.usecases.erase import erase_ticket
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.single_questions import SingleQuestions, single_questions
from service.usecases.suggest import suggest
from tests.doubles import UnreachableIndex
from tests.usecases.cases import ADA, OPENED, SYMPTOM, case, confirmed, send, work
from tests.usecases.test_report_gaps import KIM, asking, badges, latest, sizes


def sync(services: Services, **facts: Any) -> None:
    send(
        services,
        asking("X-1", "Sync slow", "Calendar sync takes ages on tablets. Call greta@nordwind.example", **facts),
    )


def vat(services: Services, **facts: Any) -> None:
    send(services, asking("Y-1", "Wrong VAT", "The invoice shows nineteen percent VAT for Norway.", **facts))


def listed(services: Services, part: Part | None = None, **asked: Any) -> SingleQuestions:
    found = single_questions(services, part or Part(), **asked)
    assert found is not None
    return found


def names(services: Services, part: Part | None = None, **asked: Any) -> list[str]:
    return [one.id for one in listed(services, part, **asked).items]


def test_before_the_first_report_there_is_no_list_and_without_demand_an_empty_one(services: Services) -> None:
    assert single_questions(services, Part()) is None
    build_report(services)
    assert (0, (), True) == (listed(services).asked, listed(services).items, listed(services).kept)


def test_what_stands_alone_is_listed_in_the_customers_words_redacted_and_what_forms_a_gap_is_not(
    services: Services,
) -> None:
    badges(services, 1, 2)
    sync(services)
    assert 1 == build_report(services).single
    (one,) = listed(services).items
    assert ("desk/X-1", "Sync slow") == (one.id, one.ticket.subject if one.ticket else None)
    assert "Calendar sync takes ages on tablets. Call [email-1]" == one.text


def test_the_newest_stands_first_and_pages_follow_one_another_without_gap_or_repetition(services: Services) -> None:
    sync(services, created_at=OPENED)
    vat(services, created_at=OPENED + timedelta(days=3))
    suggest(services, Query(subject="Who grows quinces?"), ADA)
    build_report(services)
    first = listed(services, limit=2)
    assert (["search/1", "desk/Y-1"], 3) == ([one.id for one in first.items], first.matching)
    assert ["desk/X-1"] == names(services, limit=2, cursor=first.next_cursor)
    assert [] == names(services, cursor="0t9999999999")
    assert listed(services, limit=2, cursor=first.next_cursor).next_cursor is None


def test_questions_of_one_moment_are_paged_too(services: Services) -> None:
    with clock.as_of(OPENED):
        for number, words in enumerate(("Quinces rot in the cellar", "Nineteen percent VAT for Norway")):
            send(services, asking(f"O-{number}", words, f"{words}.", created_at=OPENED))
        for words in ("Chilean payroll holidays", "Fog on the camera lens"):
            suggest(services, Query(subject=words), ADA)
        build_report(services)
    whole = names(services)
    pages: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = listed(services, limit=1, cursor=cursor)
        pages += [one.id for one in page.items]
        cursor = page.next_cursor
    assert whole == pages
    assert (4, 4) == (len(whole), latest(services).single)


@pytest.mark.parametrize("cursor", ["7", "1t", "t1", "\u0661t1", "1t1; --", "1t12345678901"])
def test_a_cursor_that_no_list_gave_is_refused(services: Services, cursor: str) -> None:
    build_report(services)
    with pytest.raises(InvalidInput, match="cursor"):
        single_questions(services, Part(), cursor)


def test_the_list_is_filtered_as_gaps_are(services: Services) -> None:
    escalated = ({"type": "functional", "stage": "triage", "at": OPENED},)
    sync(services, product_area="Calendar", escalations=escalated)
    vat(services, account={"id": "A-2", "tier": "silver"}, product_area="Billing")
    build_report(services)
    assert ["desk/X-1"] == names(services, Part(area="Calendar"))
    assert ["desk/Y-1"] == names(services, Part(tier="silver"))
    assert ["desk/X-1"] == names(services, Part(stage="triage"))
    assert ["desk/X-1"] == names(services, Part(escalation="functional"))
    assert [] == names(services, Part(days=30))
    assert (1, 2) == (listed(services, Part(area="Billing")).matching, listed(services).asked)
    choices = listed(services, Part(area="Billing")).choices
    assert (("Billing", "Calendar"), ("gold", "silver")) == (choices.areas, choices.tiers)
    assert {"functional", "triage"} <= {*choices.escalations, *choices.stages}


def test_a_question_names_the_nearest_record_and_says_when_it_answers_it_by_now(services: Services) -> None:
    send(services, asking("E-1", "Nightly export stops with EXP-2041", SYMPTOM))
    vat(services)
    build_report(services)
    assert [None, None] == [one.nearest for one in listed(services).items]
    confirmed(services)
    near = {one.id: one.nearest for one in listed(services).items}
    export = near["desk/E-1"]
    assert export is not None
    assert ("R-1", "Nightly export stops with EXP-2041", True) == (export.id, export.title, export.answers)
    assert not (near["desk/Y-1"] and near["desk/Y-1"].answers)


def test_without_the_index_the_questions_are_listed_all_the_same(services: Services) -> None:
    sync(services)
    build_report(services)
    assert listed(services).compared
    services.vectors = UnreachableIndex(256)
    assert (["desk/X-1"], False) == (names(services), listed(services).compared)


def test_a_question_put_into_a_gap_stays_there_in_later_reports_and_the_move_is_on_record(services: Services) -> None:
    badges(services, 1, 2)
    sync(services)
    build_report(services)
    assert ("G-1", False) == put_into_gap(services, "G-1", ["desk/X-1"], KIM)
    assert ({"G-1": 3}, []) == (sizes(latest(services)), names(services))
    badges(services, 3)
    assert {"G-1": 4} == sizes(build_report(services))
    last = read_gap(services.db, "G-1").history[-1]
    assert ("added", "Kim", "1") == (last.kind, last.by, last.what)


def test_a_question_put_into_a_gap_that_is_part_of_another_goes_where_that_went(services: Services) -> None:
    badges(services, 1, 2)
    sync(services)
    vat(services)
    build_report(services)
    assert "G-2" == start_gap(services, ["desk/X-1"], "Slow sync", KIM).gap
    merge_gap(services, "G-2", "G-1", KIM)
    assert "G-1" == put_into_gap(services, "G-2", ["desk/Y-1"], KIM).gap
    assert {"G-1": 4} == sizes(latest(services))


def test_a_gap_is_started_of_questions_that_no_model_would_group(services: Services) -> None:
    sync(services)
    vat(services)
    build_report(services)
    assert ("G-1", False) == start_gap(services, ["desk/X-1", "desk/Y-1"], " Norway ", KIM)
    (gap,) = build_report(services).gaps
    assert ("G-1", "Norway", ("desk/X-1", "desk/Y-1")) == (gap.id, gap.title, gap.ticket_ids)
    assert ["created", "added"] == [event.kind for event in read_gap(services.db, "G-1").history]


@pytest.mark.parametrize("keys", [[], ["desk/B-1"], ["desk/X-1", "desk/none"], ["search/1"], ["R-1"]])
def test_only_tickets_that_stand_alone_are_put_anywhere(services: Services, keys: list[str]) -> None:
    badges(services, 1, 2)
    sync(services)
    suggest(services, Query(subject="Who grows quinces?"), ADA)
    build_report(services)
    with pytest.raises(InvalidInput):
        put_into_gap(services, "G-1", keys, KIM)
    with pytest.raises(InvalidInput):
        start_gap(services, keys, "New", KIM)
    with services.db.read() as session:
        assert {} == gaps.pins(session)


@pytest.mark.parametrize("title", ["", " ", "\0"])
def test_a_gap_is_not_started_without_a_title(services: Services, title: str) -> None:
    sync(services)
    build_report(services)
    with pytest.raises(InvalidInput):
        start_gap(services, ["desk/X-1"], title, KIM)


def test_there_is_no_gap_of_another_name_to_put_a_question_into(services: Services) -> None:
    sync(services)
    build_report(services)
    with pytest.raises(NotFound):
        put_into_gap(services, "G-9", ["desk/X-1"], KIM)


def test_what_was_decided_holds_where_the_report_has_to_wait(services: Services) -> None:
    sync(services)
    build_report(services)
    index, services.vectors = services.vectors, UnreachableIndex(256)
    assert ("G-1", True) == start_gap(services, ["desk/X-1"], "Slow sync", KIM)
    services.vectors = index
    work(services)
    assert {"G-1": 1} == sizes(latest(services))


def test_an_erased_ticket_leaves_the_list_and_the_kept_report_says_that_one_was_erased(services: Services) -> None:
    sync(services)
    vat(services)
    build_report(services)
    erase_ticket(services.db, case("X-1").key, services.settings.data_dir, "Root")
    with services.db.read() as session:
        kept = gaps.latest_report(session)
    assert kept is not None
    assert (["desk/Y-1"], 2, {"single": 1}) == (kept.report["singles"], kept.report["single"], kept.report["erased"])
    assert ["desk/Y-1"] == names(services)


def test_a_report_from_before_their_names_were_kept_says_so(services: Services) -> None:
    sync(services)
    build_report(services)
    with services.db.write() as session:
        kept = gaps.latest_report(session)
        assert kept is not None
        old = {name: value for name, value in kept.report.items() if name != "singles"}
        gaps.add_report(session, kept.built_at, (None, kept.window_end), "0", old)
    assert (False, 1, ()) == (listed(services).kept, listed(services).asked, listed(services).items)
