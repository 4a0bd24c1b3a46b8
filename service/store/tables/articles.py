"""Articles with every version they had, and the records and the gap they were drafted from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class ArticleRow(Row, table=True):
    """The current state of an article; its text is in the version rows. Shown as `A-` and the id.

    `published_version` is what readers are served, while `version` may already be a newer draft.
    """

    __tablename__ = "article"
    __table_args__ = (Index(None, "status"), Index(None, "gap_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    published_version: int | None = None
    indexed_version: int | None = None
    title: str
    status: str
    audience: str
    governance: str
    owner: str | None = None
    product_area: str | None = None
    shown: int = 0
    gap_id: int | None = Field(default=None, foreign_key="gap.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ArticleVersionRow(Row, table=True):
    """One version of an article: its text, its status, who made it and why. Append-only; erasure alone rewrites.

    `drafted_by` says by what means a draft was written; None for a version that a person edited or moved on.
    """

    __tablename__ = "article_version"

    article_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("article.id", ondelete="CASCADE")])
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=Json)
    status: str
    audience: str
    actor: str
    why: str | None = None
    drafted_by: dict[str, Any] | None = Field(default=None, sa_type=Json)
    at: datetime = Field(sa_type=UtcDateTime)


class ArticleSourceRow(Row, table=True):
    """A resolution, at the version it had, that an article was drafted from."""

    __tablename__ = "article_source"
    __table_args__ = (Index(None, "resolution_id"),)

    article_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("article.id", ondelete="CASCADE")])
    resolution_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("resolution.id", ondelete="CASCADE")])
    resolution_version: int


class ArticleOutcomeRow(Row, table=True):
    """What an agent said of one suggested article. Append-only."""

    __tablename__ = "article_outcome"
    __table_args__ = (
        Index(None, "article_id"),
        Index(None, "suggestion_id"),
        Index(None, "ticket_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", ondelete="CASCADE")
    suggestion_id: int = Field(foreign_key="suggestion.id", ondelete="CASCADE")
    outcome: str
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="SET NULL")
    actor_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    actor_name: str
    at: datetime = Field(sa_type=UtcDateTime)
