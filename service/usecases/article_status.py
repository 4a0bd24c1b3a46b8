"""Moves articles on: to review and back, to readers, and into the archive."""

import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.articles import ArticleStatus, move_status, unfinished
from pipelines.domain.errors import InvalidInput, UnsettledFields
from service.store.engine import Database
from service.store.queries import articles
from service.store.queries.articles import ArticleRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.articles import article_view, load_article, require_current
from service.usecases.index_articles import queue_index_article
from service.usecases.usable import require_usable
from service.usecases.views_articles import ArticleView

log = structlog.get_logger(__name__)


def submit_article(db: Database, article_id: str, actor: Actor, version: int, why: str = "") -> ArticleView:
    """Hand a draft to review. Raises NotPermitted, NotFound, StaleVersion, IllegalMove."""
    return _moved(db, article_id, ArticleStatus.IN_REVIEW, actor, version, why or "handed to review")


def return_article(db: Database, article_id: str, actor: Actor, version: int, why: str = "") -> ArticleView:
    """Back to its writer, out of review or out of the archive. Raises as `submit_article`."""
    return _moved(db, article_id, ArticleStatus.DRAFT, actor, version, why or "returned to its writer")


def publish_article(db: Database, article_id: str, actor: Actor, version: int, why: str = "") -> ArticleView:
    """Serve the reviewed version to its audience. Raises as `submit_article`, and UnsettledFields for what is amiss."""
    actor.require(Permission.CHANGE_ARTICLES)
    require_usable("why", why)
    with db.write() as session:
        record = load_article(session, article_id, lock=True)
        require_current(record.article, version)
        move_status(record.article.status, ArticleStatus.PUBLISHED)
        missing = unfinished(record.article.content)
        if missing:
            raise UnsettledFields(missing)
        _revise(session, record, ArticleStatus.PUBLISHED, actor, why or "published")
        log.info("article.published", article=article_id, version=record.article.version + 1, by=actor.id)
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


def _revise(session: Session, record: ArticleRecord, status: ArticleStatus, actor: Actor, why: str) -> None:
    served = record.article.published_version is not None
    articles.revise(
        session,
        record.number,
        record.article.content,
        actor.name,
        Redactor().redact_text(why.strip()),
        clock.now(),
        status=status,
    )
    if status is ArticleStatus.PUBLISHED or (served and status is ArticleStatus.ARCHIVED):
        queue_index_article(session, record.number)
