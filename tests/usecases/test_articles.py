"""An article from draft to readers and into the archive: who may, in which order, and what is kept of each step."""

from collections.abc import Callable

import pytest

from pipelines.domain.articles import (
    ArticleContent,
    ArticlePart,
    ArticleStatus,
    DraftedBy,
    Drafting,
    Sentence,
    SentenceOrigin,
    SourceRef,
)
from pipelines.domain.errors import IllegalMove, InvalidInput, NotFound, NotPermitted, NotPublishable, StaleVersion
from pipelines.domain.resolutions import Audience
from service.store.queries import articles
from service.usecases.actors import Actor, UserRole
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import ArticleChange, edit_article, list_articles, read_article
from service.usecases.resolutions import ResolutionChange, change_resolution
from service.usecases.services import Services
from service.usecases.start_article import keep_article
from service.usecases.views_articles import ArticleView
from tests.usecases.cases import ADA, confirmed

KIM = Actor(name="Kim", role=UserRole.KB_MANAGER)
LEA = Actor(name="Lea", role=UserRole.LEAD)
BY_HAND = Drafting(by=DraftedBy.HAND)
REF = SourceRef(record="R-1", version=1, field="fix")


def content(title: str = "Nightly export stops", resolution: str = "Upgrade to 5.2.3.") -> ArticleContent:
    return ArticleContent(
        title=title,
        parts={
            ArticlePart.ISSUE: (Sentence(text="The nightly export stops."),),
            ArticlePart.RESOLUTION: (Sentence(text=resolution, origin=SentenceOrigin.RECORD, sources=(REF,)),),
        },
        product_area="export",
    )


def kept(services: Services, text: ArticleContent | None = None, actor: Actor = KIM, **more: object) -> ArticleView:
    return keep_article(services.db, text or content(), BY_HAND, actor, audience=Audience.INTERNAL, **more)  # type: ignore[arg-type]


def published(services: Services, text: ArticleContent | None = None) -> ArticleView:
    view = kept(services, text)
    submit_article(services.db, view.article.id, KIM, 1)
    return publish_article(services.db, view.article.id, KIM, 2)


def test_an_article_goes_through_review_to_its_readers_and_each_step_is_kept(services: Services) -> None:
    view = published(services)
    assert (ArticleStatus.PUBLISHED, 3, 3) == (
        view.article.status,
        view.article.version,
        view.article.published_version,
    )
    assert [("draft", DraftedBy.HAND), ("in_review", None), ("published", None)] == [
        (step.status, step.drafting.by if step.drafting else None) for step in view.history
    ]
    with services.db.read() as session:
        (served,) = articles.published(session)
    assert ("A-1", 3, content(), None) == (served.id, served.version, served.content, served.indexed_version)


def test_readers_keep_the_published_version_while_a_newer_one_is_written(services: Services) -> None:
    published(services)
    with services.db.write() as session:
        articles.mark_indexed(session, 1, 3)
    changed = edit_article(
        services.db, "A-1", ArticleChange(parts={ArticlePart.RESOLUTION: "Upgrade to 5.2.3. Restart it."}), KIM, 3
    )
    assert (ArticleStatus.DRAFT, 4, 3) == (
        changed.article.status,
        changed.article.version,
        changed.article.published_version,
    )
    assert [(REF,), ()] == [s.sources for s in changed.article.content.part(ArticlePart.RESOLUTION)]
    with services.db.read() as session:
        assert [(content(), 3)] == [(a.content, a.indexed_version) for a in articles.published(session)]
    submit_article(services.db, "A-1", KIM, 4)
    publish_article(services.db, "A-1", KIM, 5)
    with services.db.read() as session:
        assert [(6, None)] == [(a.version, a.indexed_version) for a in articles.published(session)]


def test_an_archived_article_is_not_served_and_comes_back_as_a_draft(services: Services) -> None:
    published(services)
    with pytest.raises(InvalidInput, match="why"):
        archive_article(services.db, "A-1", KIM, 3, " ")
    archive_article(services.db, "A-1", KIM, 3, "wrong since 6.0")
    with services.db.read() as session:
        assert [] == articles.published(session)
    with pytest.raises(IllegalMove):
        edit_article(services.db, "A-1", ArticleChange(title="New"), KIM, 4)
    assert ArticleStatus.DRAFT is return_article(services.db, "A-1", KIM, 4).article.status


def test_what_is_typed_is_redacted(services: Services) -> None:
    kept(services)
    change = ArticleChange(
        parts={ArticlePart.ISSUE: "Ask greta@nordwind.example."}, why="told by greta@nordwind.example"
    )
    view = edit_article(services.db, "A-1", change, KIM, 1)
    assert "greta@" not in view.model_dump_json()


def test_the_later_of_two_editors_is_told_and_nothing_is_lost(services: Services) -> None:
    kept(services)
    edit_article(services.db, "A-1", ArticleChange(title="First"), KIM, 1)
    with pytest.raises(StaleVersion) as caught:
        edit_article(services.db, "A-1", ArticleChange(title="Second"), KIM, 1)
    assert 2 == caught.value.current["version"]
    assert "First" == read_article(services.db, "A-1").article.content.title


def test_saving_what_stands_makes_no_version(services: Services) -> None:
    kept(services)
    change = ArticleChange(title="Nightly export stops", parts={ArticlePart.RESOLUTION: "Upgrade to 5.2.3."})
    assert 1 == edit_article(services.db, "A-1", change, KIM, 1).article.version


def test_an_empty_article_is_not_published(services: Services) -> None:
    kept(services, ArticleContent(title="Nightly export stops"))
    submit_article(services.db, "A-1", KIM, 1)
    with pytest.raises(NotPublishable) as caught:
        publish_article(services.db, "A-1", KIM, 2)
    assert ["issue", "resolution"] == [name for name, _ in caught.value.amiss]


@pytest.mark.parametrize("actor", [ADA, LEA])
def test_agents_and_leads_propose_articles_and_kb_managers_write_and_publish_them(
    services: Services, actor: Actor
) -> None:
    assert ArticleStatus.DRAFT is kept(services, actor=actor).article.status
    refused: tuple[Callable[[], ArticleView], ...] = (
        lambda: edit_article(services.db, "A-1", ArticleChange(title="New"), actor, 1),
        lambda: submit_article(services.db, "A-1", actor, 1),
        lambda: publish_article(services.db, "A-1", actor, 1),
        lambda: archive_article(services.db, "A-1", actor, 1, "no"),
    )
    for step in refused:
        with pytest.raises(NotPermitted):
            step()
    with pytest.raises(NotPermitted):
        kept(services, actor=Actor(name="hook", role=UserRole.INTEGRATION))


def test_an_article_says_when_a_record_behind_it_changed(services: Services) -> None:
    confirmed(services)
    view = kept(services, records=["R-1"])
    assert [("R-1", 1, 1, False)] == [(s.resolution, s.version, s.current, s.changed) for s in view.sources]
    change_resolution(services.db, "R-1", ResolutionChange(fix="Upgrade to 5.2.4."), ADA)
    assert [(1, 2, True)] == [(s.version, s.current, s.changed) for s in read_article(services.db, "A-1").sources]


def test_what_does_not_exist_is_not_a_source(services: Services) -> None:
    with pytest.raises(NotFound, match="R-9"):
        kept(services, records=["R-9"])
    with pytest.raises(NotFound, match="G-9"):
        kept(services, gap="G-9")
    with pytest.raises(NotFound, match="A-9"):
        read_article(services.db, "A-9")


def test_the_list_is_found_by_words_status_area_and_audience_and_comes_in_pages(services: Services) -> None:
    for title in ("Export stops", "Badges stay blank", "Zähler bleibt stehen"):
        kept(services, content(title, "Grüße lesen." if "Z" in title else "Upgrade."))

    def found(text: str | None = None, **asked: str) -> list[str]:
        return [line.id for line in list_articles(services.db, text, **asked).items]  # type: ignore[arg-type]

    assert ["A-3", "A-2", "A-1"] == found()
    assert ["A-2"] == found("blank BADGES")
    assert ["A-3"] == found("grüße")
    assert [] == found("100%")
    assert [] == found(status="published")
    assert ["A-3", "A-2", "A-1"] == found(product_area="export", audience="internal")
    page = list_articles(services.db, limit=2)
    assert ["A-1"] == [line.id for line in list_articles(services.db, cursor=page.next_cursor).items]
