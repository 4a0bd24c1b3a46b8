"""A resolution is corrected in versions, each on the one before, and moves as KCS allows."""

from typing import Any

import pytest

from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import IllegalMove, InvalidInput, NotFound, StaleVersion
from pipelines.domain.resolutions import Audience, Confidence
from service.usecases.resolutions import ResolutionChange, change_resolution, list_resolutions, read_resolution
from service.usecases.services import Services
from tests.usecases.cases import BEN, case, confirmed, work


def change(services: Services, version: int | None = None, **changes: object) -> int:
    changed = change_resolution(services.db, "R-1", ResolutionChange.model_validate(changes), BEN, version)
    return changed.resolution.version


def test_a_correction_is_the_next_version_with_who_and_why(services: Services) -> None:
    confirmed(services)
    assert 2 == change(services, 1, fix="Upgrade to 5.2.9, says bob@nordwind.example.", why="it moved")
    view = read_resolution(services.db, "R-1")
    last = view.history[-1]
    assert (2, "Ben", "it moved", ("fix",)) == (last.version, last.actor, last.why, last.changed_fields)
    assert "Upgrade to 5.2.9, says [email-1]." == view.resolution.content.text(FieldName.FIX)
    assert not view.indexed
    work(services)
    assert read_resolution(services.db, "R-1").indexed


def test_saying_the_same_again_changes_nothing(services: Services) -> None:
    confirmed(services)
    assert 1 == change(services, fix=" Upgrade to 5.2.3. ", title="Nightly export stops with EXP-2041")
    assert 1 == change(services)
    assert 1 == change(services, confidence="not_validated", affected=["5.2.1"])


def test_a_correction_names_nobody_of_the_tickets_it_quotes(services: Services) -> None:
    confirmed(services, title="Nightly export stops", product_area="export of Greta Holm")
    assert "export of [person-1]" == read_resolution(services.db, "R-1").resolution.content.product_area
    who = "Greta Holm of Nordwind Logistics, greta@nordwind.example"
    change(services, title=f"Says {who}", affected=[f"5.2.1 {who}"], product_area=who, why=f"asked by {who}")
    view = read_resolution(services.db, "R-1")
    content, kept = view.resolution.content, str((view.resolution.content, view.history))
    assert not [name for name in ("Greta", "Nordwind", "greta@") if name in kept]
    assert "Says [person-1] of [account-1], [email-1]" == content.title
    assert ("5.2.1 [person-1] of [account-1], [email-1]",) == content.versions.affected


def test_a_correction_on_an_old_version_is_refused(services: Services) -> None:
    confirmed(services)
    change(services, 1, title="Other")
    with pytest.raises(StaleVersion) as late:
        change(services, 1, title="Third")
    assert {"version": 2} == late.value.current


def test_an_emptied_field_is_not_known_and_a_fix_that_is_gone_has_no_kind(services: Services) -> None:
    confirmed(services)
    change(services, fix="", affected=[], fixed_in=[" "])
    content = read_resolution(services.db, "R-1").resolution.content
    assert ("not_known", None, None, "not_known") == (
        content.fields[FieldName.FIX].state,
        content.text(FieldName.FIX),
        content.fix_kind,
        content.versions.state,
    )
    assert () == content.fields[FieldName.FIX].evidence


@pytest.mark.parametrize(
    "bad",
    [{"title": " "}, {"fix": "x" * 20_001}, {"title": "a\0"}, {"affected": ["\ud800"]}, {"product_area": "\0"}],
)
def test_a_correction_that_cannot_be_kept_is_refused(services: Services, bad: dict[str, object]) -> None:
    confirmed(services)
    with pytest.raises(InvalidInput):
        change_resolution(services.db, "R-1", ResolutionChange(**bad), BEN)
    assert 1 == len(read_resolution(services.db, "R-1").history)


def test_states_move_one_by_one_and_only_legally(services: Services) -> None:
    confirmed(services)
    change(services, confidence="archived")
    with pytest.raises(IllegalMove):
        change(services, confidence="validated")
    change(services, confidence="not_validated", audience="customer")
    resolution = read_resolution(services.db, "R-1").resolution
    assert (Confidence.NOT_VALIDATED, Audience.CUSTOMER, 3) == (
        resolution.confidence,
        resolution.audience,
        resolution.version,
    )


@pytest.mark.parametrize("name", ["R-2", "R-", "R-0x1", "D-1", "R-99999999999999999999", "R-1\0"])
def test_there_is_no_resolution_of_another_name(services: Services, name: str) -> None:
    with pytest.raises(NotFound):
        read_resolution(services.db, name)


def test_lists_come_newest_first_in_pages_and_by_words_area_and_state(services: Services) -> None:
    for number, area in enumerate(("export", "export", "billing"), start=1):
        confirmed(services, case(f"T-{number}"), product_area=area, title=f"Case {'odd' if number % 2 else 'even'}")
    first = list_resolutions(services.db, limit=2)
    assert (["R-3", "R-2"], "2") == ([r.id for r in first.items], first.next_cursor)
    rest = list_resolutions(services.db, limit=2, cursor=first.next_cursor)
    assert (["R-1"], None) == ([r.id for r in rest.items], rest.next_cursor)
    assert ["R-2", "R-1"] == [r.id for r in list_resolutions(services.db, product_area="export").items]
    assert ["R-2"] == [r.id for r in list_resolutions(services.db, "even").items]
    assert () == list_resolutions(services.db, confidence="validated").items


def test_what_is_archived_is_found_by_words_and_number_together_with_filters(services: Services) -> None:
    """Who looks for it to take it out again knows what it said; an area is found however it is typed."""
    confirmed(services)
    confirmed(services, case("T-2"), title="Badge reader stays red", fix="Swap the reader.", product_area="Doors")
    change(services, confidence="archived", why="the exporter is gone")

    def found(text: str, **filters: Any) -> list[str]:
        return [line.id for line in list_resolutions(services.db, text, **filters).items]

    assert ["R-1"] == found("EXP-2041", confidence="archived") == found("upgrades")
    assert [] == found("EXP-2041", confidence="validated") == found("reader", confidence="archived")
    assert ["R-1", "R-2"] == found("r-1 and R-2")
    assert ["R-1"] == found("R-1", product_area="EXPORT")


def pages_of(services: Services, text: str, **asked: Any) -> list[list[str]]:
    """The ids of every page of a search."""
    found: list[list[str]] = []
    cursor = None
    while cursor or not found:
        page = list_resolutions(services.db, text, cursor=cursor, **asked)
        found.append([line.id for line in page.items])
        cursor = page.next_cursor
    return found


def badges(services: Services) -> None:
    """R-1 holds the most of "badge reader stays red", R-2 is archived and holds some of it, R-3 to R-5 hold less."""
    blank: dict[str, Any] = {"symptom": "It stays.", "root_cause": None, "environment": None, "fix": "Swap it."}
    titles = ("Badge reader stays red", "Badge reader beeps", "Reader of barcodes", "Red cable", "Red, red barcodes")
    for number, title in enumerate(titles, start=1):
        confirmed(services, case(f"T-{number}"), **blank, title=title, product_area="ab"[number % 2])
    change_resolution(services.db, "R-2", ResolutionChange(confidence=Confidence.ARCHIVED), BEN)


def test_a_search_gives_the_best_match_first_and_what_is_archived_last_in_pages(services: Services) -> None:
    """However old the best match is: newest first would put it on the last page."""
    badges(services)
    whole = pages_of(services, "badge reader red", limit=50)[0]
    assert ("R-1", "R-2", {"R-1", "R-2", "R-3", "R-4", "R-5"}) == (whole[0], whole[-1], set(whole))
    for limit in (1, 2, 3):
        assert whole == [name for page in pages_of(services, "badge reader red", limit=limit) for name in page]
    odd = [name for name in whole if int(name[2:]) % 2]
    assert odd == [name for page in pages_of(services, "badge reader red", limit=1, product_area="b") for name in page]


def test_a_search_goes_on_where_the_last_page_ended_whatever_became_of_what_stood_there(services: Services) -> None:
    badges(services)
    whole = pages_of(services, "badge reader red", limit=50)[0]
    first = list_resolutions(services.db, "badge reader red", limit=2)
    change_resolution(services.db, whole[1], ResolutionChange(title="Other", fix="Other."), BEN)
    onward = list_resolutions(services.db, "badge reader red", cursor=first.next_cursor)
    assert whole[2:] == [line.id for line in onward.items]
    assert () == list_resolutions(services.db, "nothing like it", cursor=first.next_cursor).items


@pytest.mark.parametrize("cursor", ["2", "2-", "-1", "1-x", "1-" + "9" * 30, "٣-٣"])
def test_a_search_refuses_a_cursor_that_no_search_gave(services: Services, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        list_resolutions(services.db, "reader", cursor=cursor)


def test_the_history_says_what_moved_and_who_vouched_for_what(services: Services) -> None:
    """The texts of a version do not show its states."""
    confirmed(services)
    change(services, confidence="archived", why="the exporter is gone")
    change(services, confidence="not_validated")
    change(services, audience="customer", governance="compliance", cleared=["root_cause"])
    change(services, title="Other")
    told = [entry.why for entry in read_resolution(services.db, "R-1").history]
    vouched = "root cause confirmed for customer readers"
    assert [
        "confirmed",
        "the exporter is gone; confidence from not validated to archived",
        "confidence from archived to not validated",
        f"audience from internal to customer; governance from experience to compliance; {vouched}",
        "corrected",
    ] == told


@pytest.mark.parametrize(
    "bad",
    [
        {"limit": 0},
        {"limit": 201},
        {"cursor": "x"},
        {"cursor": "-1"},
        {"cursor": "1-1"},
        {"cursor": "9" * 30},
        {"product_area": "\0"},
    ],
)
def test_a_list_asked_for_wrongly_is_refused(services: Services, bad: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        list_resolutions(services.db, **bad)  # type: ignore[arg-type]
