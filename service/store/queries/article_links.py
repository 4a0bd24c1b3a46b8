"""What connects articles with the resolutions they were drafted from, and with the gaps they were started for."""

from typing import NamedTuple

from sqlmodel import Session, col, or_, select

from service.store.ids import resolution_name
from service.store.queries.articles import ArticleRecord, load
from service.store.tables import ArticleRow, ArticleSourceRow, GapRow, ResolutionRow


class ArticleSource(NamedTuple):
    """A resolution behind an article: the version it had when the article was drafted, and how it stands now."""

    resolution: str
    title: str
    version: int
    current: int
    confidence: str
    owner: str | None


def sources(session: Session, number: int) -> list[ArticleSource]:
    """The resolutions an article was drafted from, in the order of their numbers."""
    rows = session.exec(
        select(ArticleSourceRow, ResolutionRow)
        .where(ArticleSourceRow.article_id == number, ResolutionRow.id == ArticleSourceRow.resolution_id)
        .order_by(col(ArticleSourceRow.resolution_id))
    )
    return [
        ArticleSource(
            resolution_name(source.resolution_id),
            row.title,
            source.resolution_version,
            row.version,
            row.confidence,
            row.owner,
        )
        for source, row in rows
    ]


def drafted_from(session: Session, resolution: int) -> list[ArticleRecord]:
    """The articles that rest on a resolution, newest first."""
    numbers = session.exec(
        select(ArticleSourceRow.article_id)
        .where(ArticleSourceRow.resolution_id == resolution)
        .order_by(col(ArticleSourceRow.article_id).desc())
    ).all()
    return [record for number in numbers if (record := load(session, number))]


def of_gap(session: Session, gap: int) -> list[ArticleRecord]:
    """The articles that were started for a gap or for one that became part of it, newest first."""
    parts = select(GapRow.id).where(or_(col(GapRow.id) == gap, col(GapRow.merged_into) == gap))
    numbers = session.exec(
        select(ArticleRow.id).where(col(ArticleRow.gap_id).in_(parts)).order_by(col(ArticleRow.id).desc())
    ).all()
    return [record for number in numbers if number is not None and (record := load(session, number))]
