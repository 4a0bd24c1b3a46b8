"""Resolutions with every version they had, and the tickets they came from or helped with."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class ReuseKind(StrEnum):
    """Why a ticket stands beside a resolution: made from it, linked at closing, or answered by a suggestion."""

    SOURCE = "source"
    LINKED = "linked"
    SUGGESTED = "suggested"


class ResolutionRow(Row, table=True):
    """The current state of a resolution; its knowledge is in the version row. Shown as `R-` and the id."""

    __tablename__ = "resolution"
    __table_args__ = (Index(None, "confidence", "product_area"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    version: int = 1
    title: str
    product_area: str | None = None
    confidence: str
    audience: str
    governance: str
    indexed_version: int | None = None
    owner: str | None = None
    shown: int = 0
    superseded_by: int | None = Field(default=None, foreign_key="resolution.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class ResolutionVersionRow(Row, table=True):
    """One version of a resolution's knowledge, who wrote it and why. Append-only."""

    __tablename__ = "resolution_version"

    resolution_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("resolution.id", ondelete="CASCADE")])
    version: int = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_type=Json)
    actor: str
    why: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class ResolutionWordsRow(Row, table=True):
    """The words of a version as questions are compared with them, so that none has to read its texts for them."""

    __tablename__ = "resolution_words"

    resolution_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("resolution.id", ondelete="CASCADE")])
    version: int
    format: int
    words: str


class ReuseRow(Row, table=True):
    """A resolution beside a ticket, and what came of it.

    `came_back`: reopened, recurred or linked, where it did; `came_back_days`: how long after the ticket closed.
    """

    __tablename__ = "reuse"
    __table_args__ = (
        UniqueConstraint("resolution_id", "ticket_id", "kind"),
        Index(None, "ticket_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    resolution_id: int = Field(foreign_key="resolution.id", ondelete="CASCADE")
    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    kind: str
    outcome: str | None = None
    actor: str
    came_back: str | None = None
    came_back_days: float | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class ReviewRow(Row, table=True):
    """Something that speaks against a resolution and waits for its owner; settled by an edit or by hand."""

    __tablename__ = "review"
    __table_args__ = (Index(None, "resolution_id"), Index(None, "settled_at"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    resolution_id: int = Field(foreign_key="resolution.id", ondelete="CASCADE")
    reason: str
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="SET NULL")
    version: str | None = None
    raised_by: str
    at: datetime = Field(sa_type=UtcDateTime)
    settled_by: str | None = None
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
