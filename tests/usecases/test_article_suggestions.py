"""Published articles at triage: found by meaning and by words, marked, judged, folded with their sources, taken out."""

import pytest

from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence, SentenceOrigin, SourceRef, VersionLine
from pipelines.domain.errors import NotFound
from pipelines.domain.resolutions import Audience
from pipelines.domain.suggestions import ApplicabilityVerdict, Outcome, Query, SuggestionVerdict
from pipelines.retrieve.reply import customer_reply
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import ArticleChange, edit_article, read_article
from service.usecases.erase import erase_ticket
from service.usecases.explain import explain
from service.usecases.feedback import give_outcome
from service.usecases.gap_coverage import kept_questions
from service.usecases.gap_demand import unanswered_demand
from service.usecases.index import reindex, repair_index
from service.usecases.resolutions import list_resolutions
from service.usecases.services import Services
from service.usecases.start_article import keep_article
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.tune import tune_ranking
from service.usecases.views import SuggestionView
from tests.usecases.cases import ADA, SYMPTOM, case, confirmed, drafted, said, send, work
from tests.usecases.test_articles import BY_HAND, KIM

BLANK = "The invoice PDF is blank since the update and error INV-77 is logged."
ASKED = Query(subject="Invoice PDF is blank", body=BLANK)


def text(issue: str = BLANK, title: str = "Invoice PDF is blank", record: str = "R-9") -> ArticleContent:
    source = SourceRef(record=record, version=1, field="fix")
    return ArticleContent(
        title=title,
        parts={
            ArticlePart.ISSUE: (Sentence(text=issue, origin=SentenceOrigin.CUSTOMER),),
            ArticlePart.CAUSE: (Sentence(text="The font cache is damaged by the update."),),
            ArticlePart.RESOLUTION: (
                Sentence(text="Clear the font cache.", sources=(source,)),
                Sentence(text="Restart the print service.", when="On Windows", starts_line=True),
            ),
            ArticlePart.ENVIRONMENT: (Sentence(text="Debian 12"),),
        },
        versions=(VersionLine(affected=("5.2.1",), fixed_in=("5.2.3",)),),
        product_area="billing",
    )


def publish(
    services: Services, content: ArticleContent | None = None, audience: Audience = Audience.INTERNAL, **more: object
) -> str:
    """The id of an article that readers are served and the indexes hold."""
    view = keep_article(services.db, content or text(), BY_HAND, KIM, audience=audience, **more)  # type: ignore[arg-type]
    submit_article(services.db, view.article.id, KIM, 1)
    publish_article(services.db, view.article.id, KIM, 2)
    work(services)
    return view.article.id


def ask(services: Services, query: Query = ASKED) -> SuggestionView:
    return suggest(services, query, ADA)


def shown(view: SuggestionView) -> list[str]:
    return [r.candidate.resolution.id for r in (*view.answer.suggestions, *view.answer.near_misses)]


def test_a_published_article_answers_and_says_that_it_is_one(services: Services) -> None:
    confirmed(services)
    publish(services, audience=Audience.CUSTOMER)
    view = ask(services)
    first = view.answer.suggestions[0]
    assert ("A-1", "customer", ()) == (
        first.candidate.resolution.id,
        view.articles["A-1"].audience,
        view.articles["A-1"].sources,
    )
    assert first.candidate.similarity is not None
    assert first.candidate.lexical is not None
    assert {reason.kind for reason in first.reasons} >= {"code", "words"}
    assert view.articles["A-1"].published_at == view.dates["A-1"]


def test_only_what_is_published_is_served_and_at_that_version(services: Services) -> None:
    article = publish(services)
    edit_article(services.db, article, ArticleChange(title="Nothing to do with it"), KIM, 3)
    work(services)
    assert "Invoice PDF is blank" == ask(services).answer.suggestions[0].candidate.resolution.content.title
    keep_article(services.db, text(title="Invoice PDF is blank, a draft"), BY_HAND, KIM, audience=Audience.INTERNAL)
    work(services)
    assert [article] == shown(ask(services))


def test_an_archived_article_is_gone_at_once_and_leaves_the_indexes(services: Services) -> None:
    article = publish(services)
    archive_article(services.db, article, KIM, 3, "outdated")
    assert [] == shown(ask(services)), "SQL vouches, the indexes are behind"
    work(services)
    assert (0, []) == (services.vectors.count(), services.lexical.search(BLANK, 5))
    return_article(services.db, article, KIM, 4)
    submit_article(services.db, article, KIM, 5)
    publish_article(services.db, article, KIM, 6)
    work(services)
    assert [article] == shown(ask(services))


def test_its_versions_decide_whether_it_applies(services: Services) -> None:
    publish(services)
    verdicts = [ask(services, ASKED.model_copy(update={"version": version})).answer for version in ("5.2.1", "5.2.4")]
    applies, not_any_more = (next(iter((*a.suggestions, *a.near_misses))).applicability.verdict for a in verdicts)
    assert (ApplicabilityVerdict.APPLIES, ApplicabilityVerdict.DOES_NOT_APPLY) == (applies, not_any_more)


@pytest.mark.parametrize(
    ("audience", "may"), [(Audience.INTERNAL, False), (Audience.PARTNER, False), (Audience.CUSTOMER, True)]
)
def test_a_customer_gets_of_it_what_its_audience_allows(services: Services, audience: Audience, may: bool) -> None:
    publish(services, audience=audience)
    reply = customer_reply(ask(services).answer.suggestions[0].candidate.resolution.content)
    assert may == (reply is not None)
    if reply:
        assert "Clear the font cache.\nOn Windows:\nRestart the print service." in reply


def test_an_article_and_its_source_do_not_crowd_each_other(services: Services) -> None:
    record = confirmed(services, title="Invoice PDF is blank", symptom=BLANK, fix="Clear the font cache.")
    assert [record] == shown(ask(services))
    article = publish(services, text(record=record), records=[record])
    view = ask(services)
    assert ([article], (record,)) == (shown(view), view.articles[article].sources)
    archive_article(services.db, article, KIM, 3, "outdated")
    assert [record] == shown(ask(services))


def test_a_source_that_alone_answers_is_shown_and_names_the_article(services: Services) -> None:
    record = confirmed(services)
    article = publish(services, text("Badges do not print.", "Badge printer", record), records=[record])
    view = ask(services, Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM))
    assert ([record], {record: article}) == (shown(view), dict(view.told_by))


def test_outcomes_count_for_the_article_and_bad_ones_are_demand(services: Services) -> None:
    article = publish(services)
    ticket = case("T-2", said("m1", BLANK), closed=False, subject="Invoice PDF is blank")
    send(services, ticket)
    given = suggest(services, query_of_ticket(services.db, ticket.key), ADA, ticket.key)
    give_outcome(services.db, given.id, article, Outcome.FIXED, None, ADA)
    assert (1, 1, 0, 0, 1) == _fared(services, article)
    send(services, case("T-2", said("m1", BLANK), subject="Invoice PDF is blank"))
    assert (1, 1, 1, 0, 0) == _fared(services, article)
    give_outcome(services.db, given.id, article, Outcome.WRONG, None, ADA)
    assert (1, 1, 0, 1, 0) == _fared(services, article)
    kept = explain(services, given.id)
    assert [(article, "Invoice PDF is blank", 3, "wrong")] == [
        (one.resolution_id, one.title, one.version, one.outcome) for one in kept.given
    ]
    with pytest.raises(NotFound):
        give_outcome(services.db, given.id, "A-9", Outcome.FIXED, None, ADA)


def _fared(services: Services, article: str) -> tuple[int, ...]:
    record = read_article(services.db, article).track_record
    return record.shown, record.reused, record.held, record.failed, record.open


def test_erasing_the_ticket_erases_what_was_said_of_an_article_on_it(
    services: Services, tmp_path_factory: pytest.TempPathFactory
) -> None:
    article = publish(services)
    ticket = case("T-2", said("m1", BLANK), closed=False, subject="Invoice PDF is blank")
    send(services, ticket)
    given = suggest(services, query_of_ticket(services.db, ticket.key), ADA, ticket.key)
    give_outcome(services.db, given.id, article, Outcome.FIXED, None, ADA)
    erase_ticket(services.db, ticket.key, tmp_path_factory.mktemp("data"), "Root")
    assert (1, 0, 0, 0, 0) == _fared(services, article)
    with pytest.raises(NotFound):
        explain(services, given.id)


def test_a_sweep_and_a_rebuild_bring_articles_back(services: Services) -> None:
    article = publish(services)
    confirmed(services)
    services.vectors.delete([f"{article}:title", f"{article}:problem", f"{article}:answer"])
    assert 1 == repair_index(services)
    assert 0 == repair_index(services)
    services.vectors.reset()
    reindex(services)
    assert 0 == repair_index(services)
    archive_article(services.db, article, KIM, 3, "outdated")
    assert 3 == repair_index(services)
    assert SuggestionVerdict.ABSTAINED is ask(services).answer.verdict


def test_an_article_covers_demand_as_a_record_does(services: Services) -> None:
    facts = {"subject": "Invoice PDF is blank", "product_area": "billing"}
    send(services, case("T-2", said("m1", BLANK), closed=False, **facts))
    assert 1 == len(unanswered_demand(services, kept_questions(services)).signals)
    publish(services)
    found = unanswered_demand(services, kept_questions(services))
    assert ([], [True]) == (found.signals, [one.since for one in found.covered])


def test_what_reads_records_alone_passes_articles_over(services: Services) -> None:
    confirmed(services)
    publish(services)
    line = drafted(services, case("T-3", said("m1", BLANK), subject="Invoice PDF is blank"))
    assert line is not None
    assert ["R-1"] == [one.id for one in list_resolutions(services.db, f"{BLANK} {SYMPTOM}").items]
    assert 0 == tune_ranking(services).questions
