"""What erasing a ticket reads and rewrites of articles. Called by service.usecases.erase_articles alone."""

from typing import NamedTuple

from sqlmodel import Session, col, select, update

from pipelines.domain.articles import ArticleContent, ArticleStatus, Drafting
from service.store.ids import article_name, gap_name
from service.store.tables import ArticleRow, ArticleSourceRow, ArticleVersionRow


class ArticleLinks(NamedTuple):
    """An article, and what it was drafted from."""

    number: int
    name: str
    gap: str | None
    resolutions: tuple[int, ...]
    published: int | None
    """The version that readers are served."""

    status: ArticleStatus


class ArticleText(NamedTuple):
    version: int
    content: ArticleContent
    why: str | None
    drafting: Drafting | None


def articles(session: Session) -> list[ArticleLinks]:
    """Every article, held until the unit of work ends."""
    rows = session.exec(select(ArticleRow).order_by(col(ArticleRow.id)).with_for_update()).all()
    sources = session.exec(select(ArticleSourceRow.article_id, ArticleSourceRow.resolution_id)).all()
    return [
        ArticleLinks(
            row.id or 0,
            article_name(row.id or 0),
            gap_name(row.gap_id) if row.gap_id is not None else None,
            tuple(resolution for article, resolution in sources if article == row.id),
            row.published_version,
            ArticleStatus(row.status),
        )
        for row in rows
    ]


def versions_of(session: Session, number: int) -> list[ArticleText]:
    """Every version of an article, oldest first."""
    rows = session.exec(
        select(ArticleVersionRow).where(ArticleVersionRow.article_id == number).order_by(col(ArticleVersionRow.version))
    )
    return [
        ArticleText(
            row.version,
            ArticleContent.model_validate(row.content),
            row.why,
            Drafting.model_validate(row.drafted_by) if row.drafted_by else None,
        )
        for row in rows
    ]


def rewrite_version(session: Session, number: int, version: ArticleText) -> None:
    """Put other words into a version that was meant to stay as it is: only erasure does."""
    session.exec(
        update(ArticleVersionRow)
        .where(col(ArticleVersionRow.article_id) == number, col(ArticleVersionRow.version) == version.version)
        .values(
            content=version.content.model_dump(mode="json"),
            why=version.why,
            drafted_by=version.drafting.model_dump(mode="json") if version.drafting else None,
        )
    )
