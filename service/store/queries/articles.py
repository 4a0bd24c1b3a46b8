"""Articles, their versions, and the records they were drafted from."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Text, cast
from sqlmodel import Session, col, or_, select, update

from pipelines.domain.articles import Article, ArticleContent, ArticleStatus, Drafting
from pipelines.domain.resolutions import Audience, Governance
from service.store.ids import article_name, gap_name
from service.store.tables import ArticleRow, ArticleSourceRow, ArticleVersionRow


class ArticleRecord(NamedTuple):
    number: int
    article: Article
    indexed_version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


class ArticleVersion(NamedTuple):
    version: int
    content: ArticleContent
    status: ArticleStatus
    audience: Audience
    actor: str
    why: str | None
    drafting: Drafting | None
    at: datetime


class PublishedArticle(NamedTuple):
    """An article as readers are served it: the content of its published version."""

    number: int
    id: str
    version: int
    content: ArticleContent
    audience: Audience
    governance: Governance
    indexed_version: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    gap: str | None


def add(
    session: Session,
    content: ArticleContent,
    drafting: Drafting,
    actor: str,
    why: str,
    now: datetime,
    *,
    audience: Audience,
    gap: int | None = None,
    sources: Mapping[int, int] | None = None,
) -> ArticleRecord:
    """A new article at version 1, a draft. `sources`: resolution numbers with the versions they have now."""
    row = ArticleRow(
        title=content.title,
        status=ArticleStatus.DRAFT.value,
        audience=audience.value,
        governance=Governance.EXPERIENCE.value,
        owner=actor,
        product_area=content.product_area,
        gap_id=gap,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    _add_version(session, row, content, actor, why, now, drafting)
    for number, version in (sources or {}).items():
        session.add(ArticleSourceRow(article_id=row.id, resolution_id=number, resolution_version=version))
    session.flush()
    return _record(row, content)


def revise(
    session: Session,
    number: int,
    content: ArticleContent,
    actor: str,
    why: str,
    now: datetime,
    *,
    status: ArticleStatus,
    audience: Audience | None = None,
    governance: Governance | None = None,
    owner: str | None = None,
) -> ArticleRecord:
    """The next version of an article that `load` has locked. Readers notice publishing and archiving alone."""
    row = session.get_one(ArticleRow, number)
    row.version += 1
    row.title, row.product_area, row.status, row.updated_at = content.title, content.product_area, status.value, now
    row.audience = audience.value if audience else row.audience
    row.governance = governance.value if governance else row.governance
    row.owner = row.owner if owner is None else owner.strip() or None
    if status is ArticleStatus.PUBLISHED:
        row.published_version, row.published_at, row.indexed_version = row.version, now, None
    elif status is ArticleStatus.ARCHIVED:
        row.published_version, row.published_at, row.indexed_version = None, None, None
    session.add(row)
    _add_version(session, row, content, actor, why, now)
    session.flush()
    return _record(row, content)


def _add_version(
    session: Session,
    row: ArticleRow,
    content: ArticleContent,
    actor: str,
    why: str,
    now: datetime,
    drafting: Drafting | None = None,
) -> None:
    assert row.id is not None  # noqa: S101 - rows that were flushed have one
    session.add(
        ArticleVersionRow(
            article_id=row.id,
            version=row.version,
            content=content.model_dump(mode="json"),
            status=row.status,
            audience=row.audience,
            actor=actor,
            why=why,
            drafted_by=drafting.model_dump(mode="json") if drafting else None,
            at=now,
        )
    )


def load(session: Session, number: int, *, lock: bool = False) -> ArticleRecord | None:
    """An article at its newest version; with `lock` nobody else revises it until the unit of work ends."""
    statement = select(ArticleRow).where(ArticleRow.id == number)
    row = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    return _record(row, _content(session, number, row.version)) if row else None


def listed(
    session: Session,
    *,
    text: str | None = None,
    status: str | None = None,
    product_area: str | None = None,
    audience: str | None = None,
    gap: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[ArticleRecord]:
    """Newest versions, newest article first, from below the number `before`. `text`: words of the title or the text."""
    statement = select(ArticleRow, ArticleVersionRow).where(
        ArticleVersionRow.article_id == ArticleRow.id, ArticleVersionRow.version == ArticleRow.version
    )
    for word in (text or "").split():
        escaped = json.dumps(word, ensure_ascii=False)[1:-1]  # as it stands in the JSON
        statement = statement.where(
            or_(
                col(ArticleRow.title).icontains(word, autoescape=True),
                cast(col(ArticleVersionRow.content), Text).icontains(escaped, autoescape=True),
            )
        )
    if status:
        statement = statement.where(ArticleRow.status == status)
    if product_area:
        statement = statement.where(ArticleRow.product_area == product_area)
    if audience:
        statement = statement.where(ArticleRow.audience == audience)
    if gap is not None:
        statement = statement.where(ArticleRow.gap_id == gap)
    if before is not None:
        statement = statement.where(col(ArticleRow.id) < before)
    rows = session.exec(statement.order_by(col(ArticleRow.id).desc()).limit(limit)).all()
    return [_record(row, ArticleContent.model_validate(version.content)) for row, version in rows]


def versions(session: Session, number: int) -> list[ArticleVersion]:
    """Every version, oldest first."""
    rows = session.exec(
        select(ArticleVersionRow).where(ArticleVersionRow.article_id == number).order_by(col(ArticleVersionRow.version))
    )
    return [
        ArticleVersion(
            row.version,
            ArticleContent.model_validate(row.content),
            ArticleStatus(row.status),
            Audience(row.audience),
            row.actor,
            row.why,
            Drafting.model_validate(row.drafted_by) if row.drafted_by else None,
            row.at,
        )
        for row in rows
    ]


def published(
    session: Session, *, numbers: Sequence[int] | None = None, audiences: Sequence[Audience] | None = None
) -> list[PublishedArticle]:
    """The articles that readers are served, in the order of their numbers, each at its published version."""
    statement = select(ArticleRow, ArticleVersionRow).where(
        ArticleVersionRow.article_id == ArticleRow.id, ArticleVersionRow.version == ArticleRow.published_version
    )
    if numbers is not None:
        statement = statement.where(col(ArticleRow.id).in_(numbers))
    if audiences is not None:
        # The version's own: a wider audience chosen since has not been published yet.
        statement = statement.where(col(ArticleVersionRow.audience).in_([one.value for one in audiences]))
    return [_published(row, version) for row, version in session.exec(statement.order_by(col(ArticleRow.id)))]


def text_published_at(session: Session, numbers: Sequence[int]) -> dict[str, datetime]:
    """Since when each has been published with the text that was published last, by the article's name.

    Publishing the same text again makes it no newer. Those that never were published are left out.
    """
    rows = session.exec(
        select(ArticleVersionRow)
        .where(col(ArticleVersionRow.article_id).in_(numbers))
        .where(ArticleVersionRow.status == ArticleStatus.PUBLISHED.value)
        .order_by(col(ArticleVersionRow.article_id), col(ArticleVersionRow.version))
    )
    last: dict[int, ArticleVersionRow] = {}
    for row in rows:
        before = last.get(row.article_id)
        if before is None or before.content != row.content:
            last[row.article_id] = row
    return {article_name(number): row.at for number, row in last.items()}


def mark_indexed(session: Session, number: int, version: int) -> None:
    """The index holds this published version; one that was published anew meanwhile stays unindexed."""
    session.exec(
        update(ArticleRow)
        .where(col(ArticleRow.id) == number, col(ArticleRow.published_version) == version)
        .values(indexed_version=version)
    )


def forget_index(session: Session, number: int | None = None) -> None:
    """Mark one article, or every one, as not indexed."""
    statement = update(ArticleRow).values(indexed_version=None)
    session.exec(statement if number is None else statement.where(col(ArticleRow.id) == number))


def product_areas(session: Session) -> list[str]:
    found = session.exec(select(ArticleRow.product_area).where(col(ArticleRow.product_area).is_not(None)).distinct())
    return sorted(area for area in found if area)


def _content(session: Session, number: int, version: int) -> ArticleContent:
    return ArticleContent.model_validate(session.get_one(ArticleVersionRow, (number, version)).content)


def _record(row: ArticleRow, content: ArticleContent) -> ArticleRecord:
    assert row.id is not None  # noqa: S101 - rows that were flushed have one
    article = Article(
        id=article_name(row.id),
        version=row.version,
        content=content,
        status=ArticleStatus(row.status),
        audience=Audience(row.audience),
        governance=Governance(row.governance),
        owner=row.owner,
        gap=gap_name(row.gap_id) if row.gap_id is not None else None,
        published_version=row.published_version,
    )
    return ArticleRecord(row.id, article, row.indexed_version, row.created_at, row.updated_at, row.published_at)


def _published(row: ArticleRow, version: ArticleVersionRow) -> PublishedArticle:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    assert row.published_at is not None  # noqa: S101 - set with published_version
    return PublishedArticle(
        number=row.id,
        id=article_name(row.id),
        version=version.version,
        content=ArticleContent.model_validate(version.content),
        audience=Audience(version.audience),
        governance=Governance(row.governance),
        indexed_version=row.indexed_version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        published_at=row.published_at,
        gap=gap_name(row.gap_id) if row.gap_id is not None else None,
    )
