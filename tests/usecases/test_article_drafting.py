"""Drafting articles from records and for gaps: canaries planted in internal notes, names and mails never get in."""

import json
from typing import Any

import pytest

from pipelines.capture.redaction_marks import MARK
from pipelines.domain.articles import ArticlePart, DraftedBy, SentenceOrigin
from pipelines.domain.errors import InvalidInput, NotEnoughToWrite, NotFound, NotPublishable
from pipelines.domain.resolutions import Audience, Confidence
from pipelines.domain.tickets import Message, Role, Ticket, Visibility
from service.usecases.actors import Actor, UserRole
from service.usecases.article_clearance import check_article
from service.usecases.article_status import archive_article, publish_article, submit_article
from service.usecases.articles import ArticleChange, articles_from_resolution, edit_article
from service.usecases.confirm import confirm_draft
from service.usecases.gap_article import articles_of_gap, assess_gap, start_from_gap
from service.usecases.read_gaps import read_gap
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution
from service.usecases.services import Services
from service.usecases.start_article import start_by_hand, start_from_resolutions
from service.usecases.views_articles import ArticleView
from tests.contract.test_llm_writer import article, one, writer_over
from tests.openai_server import OpenAiServer, text
from tests.usecases.cases import ADA, CAUSE, FIX, SYMPTOM, case, confirmed, decision, drafted, said, send

KIM = Actor(name="Kim", role=UserRole.KB_MANAGER)
CANARY = "zebrafish"
NOTE = f"{CAUSE} The {CANARY} build on node kiln-07 has it, says Tomas Rey (tomas.rey@sluice.example)."


def thread() -> tuple[Message, ...]:
    return (
        said("m1", f"{SYMPTOM}\nWe run it on Debian 12.\n\nGreta Holm\ngreta@nordwind.example", author="Greta Holm"),
        said("m2", NOTE, Role.ENGINEER, hours=5, author="Tomas Rey", visibility=Visibility.INTERNAL),
        said("m3", FIX, Role.AGENT, hours=9, author="Ada"),
    )


def knows(services: Services, number: int = 1, **changes: Any) -> str:
    """A confirmed record whose cause is known from internal notes alone."""
    facts = {"symptom": SYMPTOM, "fix": "Upgrade to 5.2.3.", "root_cause": f"The {CANARY} build keeps the lock."}
    return confirmed(services, case(f"T-{number}", *thread()), **(facts | changes))


def texts(view: ArticleView, part: ArticlePart) -> list[str]:
    return [sentence.text for sentence in view.article.content.part(part)]


def asking(identifier: str, *more: Message, **facts: Any) -> Ticket:
    body = "The badge printer prints blank badges since the firmware update to 4.1. Please call Greta Holm."
    known: dict[str, Any] = {"subject": f"Badge printer prints blank badges {identifier}", "closed": False}
    return case(identifier, said("m1", body, author="Greta Holm"), *more, **(known | facts))


def gap_of_badges(services: Services, *more: Ticket) -> str:
    for ticket in (asking("B-1"), asking("B-2"), *more):
        send(services, ticket)
    return build_report(services).gaps[0].id


def test_an_article_for_customers_is_made_of_what_customers_may_read_and_says_what_it_left_out(
    services: Services,
) -> None:
    view = start_from_resolutions(services, [knows(services)], Audience.CUSTOMER, KIM)
    assert ["Upgrade to 5.2.3."] == texts(view, ArticlePart.RESOLUTION)
    assert [] == texts(view, ArticlePart.CAUSE)
    assert view.drafting is not None
    assert (DraftedBy.OFFLINE, ["root_cause"]) == (view.drafting.by, [out.field for out in view.drafting.left_out])
    assert [("R-1", 1)] == [(s.resolution, s.version) for s in view.sources]
    assert ["A-1"] == [line.id for line in articles_from_resolution(services.db, "R-1")]
    for canary in (CANARY, "kiln-07", "Tomas", "Greta", "@"):
        assert canary not in view.model_dump_json()


def test_readers_inside_the_house_get_the_cause_as_well_and_still_no_name(services: Services) -> None:
    knows(services, root_cause=f"The {CANARY} build on [host-9] keeps the lock, says Tomas Rey.")
    view = start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    assert [] == texts(view, ArticlePart.CAUSE)  # the one sentence of it names somebody
    change_resolution(services.db, "R-1", ResolutionChange(root_cause=f"The {CANARY} build keeps the lock."), ADA)
    view = start_from_resolutions(services, ["R-1"], Audience.INTERNAL, KIM)
    assert [f"The {CANARY} build keeps the lock."] == texts(view, ArticlePart.CAUSE)
    assert not MARK.search(view.article.content.model_dump_json())


def test_what_was_drafted_for_the_house_is_not_published_to_customers_and_the_sentence_is_named(
    services: Services,
) -> None:
    start_from_resolutions(services, [knows(services)], Audience.INTERNAL, KIM)
    assert [] == check_article(services.db, "A-1")
    edit_article(services.db, "A-1", ArticleChange(audience=Audience.CUSTOMER), KIM, 1)
    submit_article(services.db, "A-1", KIM, 2)
    with pytest.raises(NotPublishable) as caught:
        publish_article(services.db, "A-1", KIM, 3, cleared_places=["cause.1"])
    assert ["cause.1"] == [place for place, _ in caught.value.amiss]
    assert CANARY not in str(caught.value)
    assert CANARY in caught.value.details()["amiss"][0]["text"]


def test_internal_words_typed_by_hand_need_somebody_to_vouch_for_them(services: Services) -> None:
    start_from_resolutions(services, [knows(services)], Audience.CUSTOMER, KIM)
    typed = ArticleChange(parts={ArticlePart.CAUSE: f"It is the {CANARY} build. It keeps a lock."})
    edit_article(services.db, "A-1", typed, KIM, 1)
    submit_article(services.db, "A-1", KIM, 2)
    assert [("cause.1", True)] == [(one.place, one.clearable) for one in check_article(services.db, "A-1")]
    with pytest.raises(NotPublishable):
        publish_article(services.db, "A-1", KIM, 3)
    view = publish_article(services.db, "A-1", KIM, 3, cleared_places=["cause.1"])
    assert Audience.CUSTOMER is view.article.content.part(ArticlePart.CAUSE)[0].cleared_for
    assert [] == check_article(services.db, "A-1")
    assert ["cause.1"] == [one.place for one in check_article(services.db, "A-1", Audience.PUBLIC)]


def test_a_name_typed_by_hand_is_taken_out_and_keeps_it_from_every_reader(services: Services) -> None:
    start_from_resolutions(services, [knows(services)], Audience.INTERNAL, KIM)
    typed = ArticleChange(parts={ArticlePart.CAUSE: "Ask Tomas Rey. Then wait."}, title="Export of Nordwind Logistics")
    view = edit_article(services.db, "A-1", typed, KIM, 1)
    assert "Tomas" not in view.model_dump_json()
    found = check_article(services.db, "A-1")
    assert [("title", False), ("cause.1", False)] == [(one.place, one.clearable) for one in found]


def test_a_condition_typed_from_internal_notes_is_refused_too(services: Services) -> None:
    start_from_resolutions(services, [knows(services)], Audience.CUSTOMER, KIM)
    typed = ArticleChange(parts={ArticlePart.RESOLUTION: f"### the {CANARY} build\nUpgrade to 5.2.3."})
    view = edit_article(services.db, "A-1", typed, KIM, 1)
    assert SentenceOrigin.RECORD is view.article.content.part(ArticlePart.RESOLUTION)[0].origin
    assert ["resolution.1"] == [one.place for one in check_article(services.db, "A-1")]


def test_several_records_are_put_side_by_side(services: Services) -> None:
    knows(services, 1, environment="Debian 12")
    knows(services, 2, environment="RHEL 9", fix="Remove the lock file.")
    view = start_from_resolutions(services, ["R-1", "R-2", "R-1"], Audience.INTERNAL, KIM)
    conditions = [s.when or "" for s in view.article.content.part(ArticlePart.RESOLUTION)]
    assert ["Debian 12", "RHEL 9"] == [when.partition(";")[0] for when in conditions]
    assert 1 == len(texts(view, ArticlePart.ISSUE))


def test_only_what_is_there_and_holds_is_written_from(services: Services) -> None:
    knows(services)
    for chosen, error in (
        ([], InvalidInput),
        (["R-9"], NotFound),
        (["x"], NotFound),
        (["R-1"] * 2 + ["R-8"], NotFound),
    ):
        with pytest.raises(error):
            start_from_resolutions(services, chosen, Audience.CUSTOMER, KIM)
    change_resolution(services.db, "R-1", ResolutionChange(confidence=Confidence.ARCHIVED), ADA)
    with pytest.raises(InvalidInput, match="archived"):
        start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM)
    with pytest.raises(InvalidInput, match="title"):
        start_by_hand(services.db, " ", Audience.CUSTOMER, KIM)


def test_a_gap_without_an_answer_says_what_is_missing_and_whom_to_ask(services: Services) -> None:
    told = said("m2", "Swapped the drum.", Role.ENGINEER, hours=3, author="Ravi", visibility=Visibility.INTERNAL)
    gap = gap_of_badges(services)
    drafted(services, asking("B-3", told, closed=True, assignee="Yuki"))
    gap = build_report(services).gaps[0].id
    start = assess_gap(services.db, gap, Audience.CUSTOMER)
    assert (False, ()) == (start.enough, start.records)
    assert ["resolution", "cause", "environment", "versions"] == [one.part for one in start.missing]
    assert ["desk/B-3"] == [draft.ticket for draft in start.waiting]
    asked = {one.name: one.why for one in start.ask}
    assert "closed desk/B-3" in asked["Yuki"]
    assert "wrote last on desk/B-3 as engineer" in asked["Ravi"]
    assert "works on desk/B-1" in asked["Ada"]
    with pytest.raises(NotEnoughToWrite) as caught:
        start_from_gap(services, gap, Audience.CUSTOMER, KIM)
    assert {"missing", "ask", "waiting", "falls_short"} == set(caught.value.details())
    assert () == articles_of_gap(services.db, gap)


def test_a_skeleton_holds_what_customers_said_and_nothing_that_support_wrote(services: Services) -> None:
    told = said("m2", f"The {CANARY} firmware.", Role.ENGINEER, hours=3, author="Ravi", visibility=Visibility.INTERNAL)
    gap = gap_of_badges(services, asking("B-3", told))
    view = start_from_gap(services, gap, Audience.CUSTOMER, KIM, by_hand=True)
    issue = view.article.content.part(ArticlePart.ISSUE)
    assert any("blank badges" in sentence.text for sentence in issue)
    assert {SentenceOrigin.CUSTOMER} == {sentence.origin for sentence in issue}
    assert all(ref.is_ticket for sentence in issue for ref in sentence.sources)
    assert [ArticlePart.ISSUE] == list(view.article.content.parts)
    assert (gap, DraftedBy.HAND, ()) == (view.article.gap, view.drafting and view.drafting.by, view.sources)
    for canary in (CANARY, "Greta", "Ravi"):
        assert canary not in view.article.content.model_dump_json()
    assert ["A-1"] == [line.id for line in articles_of_gap(services.db, gap)]


def test_once_a_draft_of_the_gap_is_confirmed_there_is_enough_to_write_it(services: Services) -> None:
    gap_of_badges(services)
    line = drafted(services, asking("B-3", closed=True))
    gap = build_report(services).gaps[0].id
    assert [line.id] == [draft.id for draft in assess_gap(services.db, gap, Audience.INTERNAL).waiting]
    taken = decision(symptom="Badges stay blank.", fix="Install firmware 4.1.2.")
    confirm_draft(services.db, line.id, 1, taken, ADA)
    found = assess_gap(services.db, gap, Audience.INTERNAL)
    assert (True, ("R-1",), ()) == (found.enough, found.records, found.waiting)
    view = start_from_gap(services, gap, Audience.INTERNAL, KIM)
    assert ["Install firmware 4.1.2."] == texts(view, ArticlePart.RESOLUTION)
    assert SentenceOrigin.CUSTOMER is view.article.content.part(ArticlePart.ISSUE)[0].origin
    assert ["R-1"] == [source.resolution for source in view.sources]


def test_publishing_the_article_of_a_gap_closes_it_and_archiving_the_article_opens_it_again(services: Services) -> None:
    gap = gap_of_badges(services)
    start_from_gap(services, gap, Audience.CUSTOMER, KIM, by_hand=True)
    edit_article(services.db, "A-1", ArticleChange(parts={ArticlePart.RESOLUTION: "Install firmware 4.1.2."}), KIM, 1)
    submit_article(services.db, "A-1", KIM, 2)
    publish_article(services.db, "A-1", KIM, 3)
    closed = read_gap(services.db, gap)
    assert ("closed", "A-1") == (closed.gap.status, closed.gap.closed_by)
    archive_article(services.db, "A-1", KIM, 4, "wrong since 4.2")
    opened = read_gap(services.db, gap)
    assert ("open", None) == (opened.gap.status, opened.gap.closed_by)
    assert ("reopened", "A-1", "wrong since 4.2") == (
        opened.history[-1].kind,
        opened.history[-1].what,
        opened.history[-1].why,
    )


def test_where_the_model_gives_no_usable_text_the_offline_one_stands_in_and_says_why(services: Services) -> None:
    knows(services)
    replies = {"invented_citation": [one("Upgrade to 5.2.3.", "R-9")], None: [one("Upgrade to 5.2.3.", "R-1")]}
    for reason, resolution in replies.items():
        with OpenAiServer() as server:
            services.writer = writer_over(server)
            server.enqueue(text(json.dumps(article(issue=[], cause=[], resolution=resolution))))
            view = start_from_resolutions(services, ["R-1"], Audience.CUSTOMER, KIM)
        drafting = view.drafting
        assert drafting is not None
        assert reason == drafting.fallback_reason
        assert ["Upgrade to 5.2.3."] == texts(view, ArticlePart.RESOLUTION)
        prompt = services.writer.prompt
        expected = (None, None) if reason else (prompt.version, prompt.sha256)
        assert expected == (drafting.prompt_version, drafting.prompt_sha256)
        assert (DraftedBy.OFFLINE if reason else DraftedBy.LLM) is drafting.by
