"""What readers outside the house are kept from, wherever in an article an editor types it."""

import pytest

from pipelines.domain.articles import (
    ArticleContent,
    ArticlePart,
    DraftedBy,
    Drafting,
    Sentence,
    SentenceOrigin,
    SourceRef,
    VersionLine,
)
from pipelines.domain.errors import InvalidInput, NotPublishable
from pipelines.domain.resolutions import Audience
from pipelines.domain.tickets import Account, Role, Visibility
from service.usecases.article_clearance import check_article
from service.usecases.article_status import publish_article, submit_article
from service.usecases.articles import ArticleChange, edit_article
from service.usecases.gap_article import start_from_gap
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution
from service.usecases.services import Services
from service.usecases.start_article import keep_article, start_from_resolutions
from tests.usecases.cases import ADA, case, confirmed, export_thread, said, send
from tests.usecases.test_article_drafting import KIM, asking

SECRET = "The billing shard phoenix-seven was corrupted by our botched failover last Tuesday night."
STATED = tuple(SourceRef(record="R-1", version=1, field=name) for name in ("fix", "environment"))


def with_note(services: Services) -> None:
    note = said("m4", SECRET, Role.ENGINEER, hours=6, author="Tomas Rey", visibility=Visibility.INTERNAL)
    confirmed(services, case("T-1", *export_thread(), note))


def places(services: Services) -> list[tuple[str, bool]]:
    return [(one.place, one.clearable) for one in check_article(services.db, "A-1")]


def by_hand(services: Services, resolution: str, **more: object) -> None:
    """An article for all the world of which every word is typed."""
    typed = {ArticlePart.ISSUE: "The export stops.", ArticlePart.RESOLUTION: resolution}
    others = {ArticlePart.ENVIRONMENT: "", ArticlePart.CAUSE: ""}
    change = ArticleChange(title="Export stops", audience=Audience.PUBLIC, parts=typed | others, **more)
    edit_article(services.db, "A-1", change, KIM, 1)


def test_a_condition_is_redacted_like_any_other_text(services: Services) -> None:
    with_note(services)
    start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    by_hand(services, "### Ask Greta Holm, greta.holm@nordwind.example, password=Hunter2secret99\nInstall it.")
    (refused,) = check_article(services.db, "A-1")
    assert ("resolution.1", False) == (refused.place, refused.clearable)
    for private in ("Greta", "@", "Hunter2"):
        assert private not in refused.text


def test_the_condition_of_versions_is_checked_against_internal_notes(services: Services) -> None:
    with_note(services)
    start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    by_hand(services, "Install it.", versions=(VersionLine(when=SECRET, affected=("5.2.1",)),))
    submit_article(services.db, "A-1", KIM, 2)
    with pytest.raises(NotPublishable) as caught:
        publish_article(services.db, "A-1", KIM, 3)
    assert ["versions.1"] == [place for place, _ in caught.value.amiss]
    assert SECRET in caught.value.details()["amiss"][0]["text"]


def test_a_new_condition_over_a_sentence_of_a_record_is_not_the_records_and_nobody_vouched_for_it(
    services: Services,
) -> None:
    with_note(services)
    sentence = Sentence(text="Upgrade to 5.2.3.", origin=SentenceOrigin.RECORD, sources=STATED, when="Debian 12")
    vouched = sentence.model_copy(update={"cleared_for": Audience.PUBLIC})
    for number, before in enumerate((sentence, vouched), start=1):
        text = ArticleContent(title="Export", parts={ArticlePart.RESOLUTION: (before,)})
        drafted = Drafting(by=DraftedBy.OFFLINE)
        keep_article(services.db, text, drafted, KIM, audience=Audience.PUBLIC, records=["R-1"])
        assert [] == check_article(services.db, f"A-{number}")
        typed = ArticleChange(parts={ArticlePart.RESOLUTION: f"### {SECRET}\nUpgrade to 5.2.3."})
        edit_article(services.db, f"A-{number}", typed, KIM, 1)
        assert ["resolution.1"] == [one.place for one in check_article(services.db, f"A-{number}")]


def test_who_vouched_for_a_title_or_for_versions_did_not_vouch_for_what_is_typed_there_later(
    services: Services,
) -> None:
    with_note(services)
    line = VersionLine(affected=("5.2.1",), cleared_for=Audience.PUBLIC)
    text = ArticleContent(title="Export", title_cleared_for=Audience.PUBLIC, versions=(line,))
    keep_article(services.db, text, Drafting(by=DraftedBy.HAND), KIM, audience=Audience.PUBLIC, records=["R-1"])
    again = line.model_copy(update={"when": "phoenix-seven"})
    edit_article(services.db, "A-1", ArticleChange(title="Export on phoenix-seven", versions=(again,)), KIM, 1)
    assert [("title", True), ("versions.1", True)] == places(services)


def gap_of(services: Services, *accounts: str, area: str = "badge printing") -> str:
    for number, name in enumerate(accounts, start=1):
        other = {"account": Account(id=f"C-{number}", name=name), "reporter": "Mirela Sorensen", "product_area": area}
        send(services, asking(f"B-{number}", **other))
    return build_report(services).gaps[0].id


def test_short_names_of_customers_need_somebody_to_vouch_for_them(services: Services) -> None:
    gap = gap_of(services, "Pelican Bay Credit Union", "Veloura Cosmetics", "Imber Robotics")
    start_from_gap(services, gap, Audience.CUSTOMER, KIM, by_hand=True)
    said_of_all = "Pelican Bay has it too. The Veloura and Imber gateways as well. Restart the printer."
    typed = {ArticlePart.RESOLUTION: f"### at PELICAN BAY\n{said_of_all}", ArticlePart.ISSUE: "It is blank."}
    versions = (VersionLine(when="Imber", affected=("4.1",)),)
    change = ArticleChange(title="Veloura's badges", parts=typed, versions=versions)
    edit_article(services.db, "A-1", change, KIM, 1)
    found = {one.label: one.why.split(",")[1].split(";")[0] for one in check_article(services.db, "A-1")}
    assert ' "Veloura"' == found["Title"]
    assert ' "Imber"' == found["Versions, row 1"]
    assert [' "PELICAN BAY"'] * 3 == [found[f"Resolution, sentence {n}"] for n in (1, 2, 3)]
    assert 5 == len(found)
    submit_article(services.db, "A-1", KIM, 2)
    with pytest.raises(NotPublishable):
        publish_article(services.db, "A-1", KIM, 3)
    vouched = [place for place, clearable in places(services) if clearable]
    publish_article(services.db, "A-1", KIM, 3, cleared_places=vouched)


def test_readers_inside_the_house_may_know_who_has_it(services: Services) -> None:
    start_from_gap(
        services, gap_of(services, "Pelican Bay Credit Union", "Veloura"), Audience.INTERNAL, KIM, by_hand=True
    )
    typed = {ArticlePart.RESOLUTION: "Pelican Bay has it too."}
    edit_article(services.db, "A-1", ArticleChange(parts=typed), KIM, 1)
    assert [] == check_article(services.db, "A-1")


def test_words_of_the_product_and_of_other_customers_name_nobody(services: Services) -> None:
    gap = gap_of(services, "Badge Makers Guild", "Firmware Partners GmbH", "First National Bank", "Updates & Co")
    start_from_gap(services, gap, Audience.CUSTOMER, KIM, by_hand=True)
    typed = {ArticlePart.RESOLUTION: "Badge printing stops. Firmware is old. First open the Bank. National holidays."}
    edit_article(services.db, "A-1", ArticleChange(title="Badge printer", parts=typed), KIM, 1)
    assert [] == check_article(services.db, "A-1")


def test_a_title_of_an_error_code_that_customers_wrote_is_theirs_in_any_spelling(services: Services) -> None:
    note = said("m4", "EXP-2041 again.", Role.ENGINEER, hours=6, visibility=Visibility.INTERNAL)
    told = said("m1", "Our nightly export stops with exp-2041.")
    confirmed(services, case("T-1", told, note, subject="Export"), title="EXP-2041")
    start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM, "EXP-2041")
    assert "title" not in dict(places(services))


def test_what_is_corrected_by_hand_may_go_to_customers_unless_internal_notes_word_it(services: Services) -> None:
    with_note(services)
    typed = ResolutionChange(fix="Replace the exporter.", root_cause="phoenix-seven", audience=Audience.CUSTOMER)
    change_resolution(services.db, "R-1", typed, ADA)
    view = start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM)
    assert ["Replace the exporter."] == [s.text for s in view.article.content.part(ArticlePart.RESOLUTION)]
    assert view.drafting is not None
    assert ["root_cause"] == [out.field for out in view.drafting.left_out]


def test_somebody_confirms_for_customers_what_rests_on_internal_notes(services: Services) -> None:
    with_note(services)
    change_resolution(services.db, "R-1", ResolutionChange(root_cause="It is phoenix-seven."), ADA)
    confirming = ResolutionChange(cleared=("root_cause", "version"), audience=Audience.CUSTOMER)
    assert 3 == change_resolution(services.db, "R-1", confirming, ADA).resolution.version
    for audience, expected in {Audience.CUSTOMER: ["It is phoenix-seven."], Audience.PUBLIC: []}.items():
        view = start_from_resolutions(services, ["R-1"], audience, KIM)
        assert expected == [s.text for s in view.article.content.part(ArticlePart.CAUSE)]
    change_resolution(services.db, "R-1", ResolutionChange(root_cause="It is phoenix-seven again."), ADA)
    assert () == start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM).article.content.part(
        ArticlePart.CAUSE
    )
    with pytest.raises(InvalidInput, match="among"):
        change_resolution(services.db, "R-1", ResolutionChange(cleared=("title",)), ADA)


def test_notes_of_a_ticket_that_its_record_does_not_quote_are_looked_at_as_well(services: Services) -> None:
    note = said("m4", SECRET, Role.ENGINEER, hours=6, visibility=Visibility.INTERNAL)
    texts = {"symptom": "Doors stay shut.", "root_cause": None, "environment": None}
    confirmed(services, case("T-1", said("m1", "Hello?"), note, subject="?", reporter="?"), **texts)
    start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM)
    by_hand(services, "Leave phoenix-seven alone. Ask Nordwind.")
    assert [("resolution.1", True), ("resolution.2", True)] == places(services)
