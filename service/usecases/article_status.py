"""Moves articles on: to review and back, to readers, and into the archive."""

from collections.abc import Collection

import structlog

from pipelines.articles.clearance import cleared, place_label
from pipelines.capture.redact import Redactor
from pipelines.domain.articles import ArticleContent, ArticleStatus, move_status, unfinished
from pipelines.domain.errors import InvalidInput, NotPublishable
from service.store.engine import Database
from service.store.ids import gap_number
from service.store.queries import articles
from service.store.queries.articles import ArticleRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.article_clearance import refusals
from service.usecases.articles import article_view, load_article, require_current
from service.usecases.close_gaps import close_gap_in
from service.usecases.index_articles import queue_index_article
from service.usecases.reopen_gaps import reopen_gaps_of
from service.usecases.usable import require_usable
from service.usecases.views_articles import ArticleView

log = structlog.get_logger(__name__)


def submit_article(db: Database, article_id: str, actor: Actor, version: int, why: str = "") -> ArticleView:
    """Hand a draft to review. Raises NotPermitted, NotFound, StaleVersion, IllegalMove."""
    return _moved(db, article_id, ArticleStatus.IN_REVIEW, actor, version, why or "handed to review")


def return_article(db: Database, article_id: str, actor: Actor, version: int, why: str = "") -> ArticleView:
    """Back to its writer, out of review or out of the archive. Raises as `submit_article`."""
    return _moved(db, article_id, ArticleStatus.DRAFT, actor, version, why or "returned to its writer")


def publish_article(
    db: Database, article_id: str, actor: Actor, version: int, why: str = "", cleared_places: Collection[str] = ()
) -> ArticleView:
    """Serve the reviewed version to its audience. `cleared_places`: what the publisher vouches for in front of it.

    Raises as `submit_article`, and NotPublishable for what is amiss: what is empty, and every sentence that rests on
    internal notes or names somebody.
    """
    actor.require(Permission.CHANGE_ARTICLES)
    require_usable("why", why)
    with db.write() as session:
        record = load_article(session, article_id, lock=True)
        article = record.article
        require_current(article, version)
        move_status(article.status, ArticleStatus.PUBLISHED)
        content = cleared(article.content, cleared_places, article.audience) if cleared_places else article.content
        amiss = unfinished(content)
        kept_back = refusals(session, record.number, article, content)
        amiss += [(one.place, one.why) for one in kept_back]
        if amiss:
            texts = {one.place: one.text for one in kept_back}
            raise NotPublishable(amiss, texts, {place: place_label(place) for place, _ in amiss})
        _revise(session, record, ArticleStatus.PUBLISHED, actor, why or "published", content)
        log.info("article.published", article=article_id, version=article.version + 1, by=actor.id)
        return article_view(session, load_article(session, article_id))


def archive_article(db: Database, article_id: str, actor: Actor, version: int, why: str) -> ArticleView:
    """Take an article away from its readers. Raises as `submit_article`, and InvalidInput without a reason."""
    if not why.strip():
        raise InvalidInput("Say why it is archived; whoever finds it missing will ask.")
    return _moved(db, article_id, ArticleStatus.ARCHIVED, actor, version, why)


def _moved(db: Database, article_id: str, wanted: ArticleStatus, actor: Actor, version: int, why: str) -> ArticleView:
    actor.require(Permission.CHANGE_ARTICLES)
    require_usable("why", why)
    with db.write() as session:
        record = load_article(session, article_id, lock=True)
        require_current(record.article, version)
        move_status(record.article.status, wanted)
        _revise(session, record, wanted, actor, why)
        log.info("article.moved", article=article_id, to=wanted.value, by=actor.id)
        return article_view(session, load_article(session, article_id))


def _revise(
    session: Session,
    record: ArticleRecord,
    status: ArticleStatus,
    actor: Actor,
    why: str,
    content: ArticleContent | None = None,
) -> None:
    article, now = record.article, clock.now()
    why = Redactor().redact_text(why.strip())
    articles.revise(session, record.number, content or article.content, actor.name, why, now, status=status)
    served = article.published_version is not None
    gap = gap_number(article.gap) if article.gap is not None else None
    if status is ArticleStatus.PUBLISHED:
        queue_index_article(session, record.number)
        if gap is not None:
            close_gap_in(session, gap, article.id, actor.name, now)
    elif status is ArticleStatus.ARCHIVED and served:
        queue_index_article(session, record.number)
        reopen_gaps_of(session, article.id, actor.name, now, why)
