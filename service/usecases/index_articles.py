"""Keeps the indexes in step with the articles that readers are served. SQL vouches for each at every request."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.ports import VectorRecord
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, TITLE_VIEW, views
from service.store import jobs
from service.store.engine import Database
from service.store.ids import article_name
from service.store.lexical import open_lexical_index
from service.store.queries import article_use, articles
from service.store.queries.articles import PublishedArticle
from service.store.session import Session
from service.usecases.article_candidates import as_record
from service.usecases.embedding import embed_cached
from service.usecases.lexical_text import lexical_text
from service.usecases.services import Services

INDEX_ARTICLE_JOB = "index_article"
VIEWS = (TITLE_VIEW, PROBLEM_VIEW, ANSWER_VIEW)

Facts = Mapping[str, str | int | float | bool]


def queue_index_article(session: Session, number: int) -> None:
    """Within the caller's transaction: the index no longer has the article as it is, and a job puts that right."""
    articles.forget_index(session, number)
    jobs.enqueue(session, INDEX_ARTICLE_JOB, str(number), dedupe_key=f"{INDEX_ARTICLE_JOB}:{number}", priority=10)


def put_article_words(db: Database, session: Session, number: int) -> PublishedArticle | None:
    """Within the caller's transaction: word search finds the article as its readers are served it, or not at all."""
    served = next(iter(articles.published(session, numbers=[number])), None)
    lexical = open_lexical_index(db)
    if served is None:
        lexical.remove(session, -number)
    else:
        lexical.put(session, -number, lexical_text(as_record(served)))
    return served


def put_articles_words(db: Database) -> None:
    """Word search finds every published article by the words that this program cuts."""
    with db.write() as session:
        lexical = open_lexical_index(db)
        for served in articles.published(session):
            lexical.put(session, -served.number, lexical_text(as_record(served)))


def index_article(services: Services, claimed: jobs.Claimed) -> None:
    """The `index_article` job: the article as its readers are served it, or out of the indexes."""
    _bring(services, int(claimed.subject))
    with services.db.write() as session:
        jobs.complete(session, claimed)


def index_pending_articles(services: Services) -> int:
    """Bring every published article that the index lacks into it; returns how many. Raises Stopping."""
    with services.db.read() as session:
        waiting = article_use.unindexed(session)
    for number in waiting:
        services.go_on()
        _bring(services, number)
    return len(waiting)


def repair_articles(services: Services, held: Sequence[tuple[str, Facts]]) -> int:
    """Take out what is not served, write what is missing; returns how much there was to do.

    held: the entries of the vector index that are articles'.
    """
    seen = Counter((number, int(facts.get("version", 0))) for name, facts in held if (number := of_article(facts)))
    meant = {of_article(facts): int(facts.get("views", 0)) for _, facts in held}
    with services.db.write() as session:
        wanted = article_use.indexed_versions(session)
        for number, version in wanted.items():
            if version is not None and not 0 < meant.get(number, 0) <= seen[number, version]:
                articles.forget_index(session, number)
    stray = [name for name, facts in held if of_article(facts) not in wanted]
    if stray:
        services.vectors.delete(stray)
    return len(stray) + index_pending_articles(services)


def of_article(facts: Facts) -> int:
    """The number of the article that an entry of the vector index belongs to, 0 for a resolution's."""
    return int(facts.get("article", 0))


def _bring(services: Services, number: int) -> None:
    with services.db.read() as session:
        served = next(iter(articles.published(session, numbers=[number])), None)
    _write_vectors(services, number, served)
    with services.db.write() as session:
        # Read again, and held: it may have been archived, published anew or rewritten while it was being embedded.
        articles.load(session, number, lock=True)
        current = put_article_words(services.db, session, number)
        if served is not None and current is not None and current.content == served.content:
            articles.mark_indexed(session, number, served.version)


def _write_vectors(services: Services, number: int, served: PublishedArticle | None) -> None:
    texts = views(as_record(served).content) if served else {}
    name = article_name(number)
    if gone := [f"{name}:{view}" for view in VIEWS if view not in texts]:
        services.vectors.delete(gone)
    if served is None:
        return
    found = embed_cached(services.db, services.embedder, list(texts.values()))
    facts = {"article": number, "version": served.version, "views": len(texts)}
    services.vectors.upsert(
        [
            VectorRecord(id=f"{name}:{view}", vector=vector, facts={**facts, "view": view})
            for view, vector in zip(texts, found, strict=True)
        ]
    )
