"""Starts articles: keeps what was drafted as version 1, with the records it rests on at the versions they have now."""

from collections.abc import Sequence

from pipelines.domain.articles import ArticleContent, Drafting
from pipelines.domain.errors import NotFound
from pipelines.domain.resolutions import Audience
from service.store.engine import Database
from service.store.ids import gap_number, resolution_number
from service.store.queries import articles, gaps, resolutions
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.articles import article_view
from service.usecases.views_articles import ArticleView


def keep_article(
    db: Database,
    content: ArticleContent,
    drafting: Drafting,
    actor: Actor,
    *,
    audience: Audience,
    gap: str | None = None,
    records: Sequence[str] = (),
    why: str = "drafted",
) -> ArticleView:
    """Keep a draft as a new article. Raises NotPermitted, and NotFound for a gap or a record that does not exist."""
    actor.require(Permission.PROPOSE_ARTICLES)
    with db.write() as session:
        number = gap_number(gap) if gap is not None else None
        if number is not None and gaps.load(session, number) is None:
            raise NotFound(f"There is no gap {gap}.")
        wanted = {resolution_number(name): name for name in records}
        found = {r.number: r.resolution.version for r in resolutions.load_many(session, list(wanted))}
        for missing in wanted.keys() - found.keys():
            raise NotFound(f"There is no resolution {wanted[missing]}.")
        record = articles.add(
            session, content, drafting, actor.name, why, clock.now(), audience=audience, gap=number, sources=found
        )
        return article_view(session, record)
