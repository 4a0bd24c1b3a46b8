"""Tells the index that what readers are served of an article changed."""

from service.store import jobs
from service.store.queries import articles
from service.store.session import Session

INDEX_ARTICLE_JOB = "index_article"


def queue_index_article(session: Session, number: int) -> None:
    """Within the caller's transaction: the index no longer has the article as it is, and a job puts that right."""
    articles.forget_index(session, number)
    jobs.enqueue(session, INDEX_ARTICLE_JOB, str(number), dedupe_key=f"{INDEX_ARTICLE_JOB}:{number}", priority=10)
