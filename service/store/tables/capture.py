"""Drafts, and what agents decided on them. Two tables: the difference between them is evaluation data."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class DraftRow(Row, table=True):
    """The proposal for one problem (`part`) of one closing of a ticket. `revision` is what `If-Match` compares."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("ticket_id", "closure", "part"),
        Index(None, "state", "created_at"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int = Field(foreign_key="ticket.id", ondelete="CASCADE")
    closure: int
    part: int = 0
    content: dict[str, Any] = Field(sa_type=Json)
    provenance: dict[str, Any] = Field(sa_type=Json)
    dedupe: dict[str, Any] | None = Field(default=None, sa_type=Json)
    state: str
    revision: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ConfirmationRow(Row, table=True):
    """One decision on one revision of a draft. Append-only."""

    __tablename__ = "confirmation"
    __table_args__ = (Index(None, "draft_id"), Index(None, "resolution_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="draft.id", ondelete="CASCADE")
    draft_revision: int
    decision: str
    payload: dict[str, Any] = Field(sa_type=Json)
    edited_fields: list[str] = Field(default_factory=list, sa_type=Json)
    affirmed_fields: list[str] | None = Field(default=None, sa_type=Json)
    actor_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    actor_name: str
    seconds: float | None = None
    bulk: bool = False
    resolution_id: int | None = Field(default=None, foreign_key="resolution.id", ondelete="SET NULL")
    resolution_version: int | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class WorkInProgressRow(Row, table=True):
    """What one agent typed on one draft and has not decided yet: names and texts of the form's fields.

    `serial` counts its savings, `writer` is the browser window that saved last. Gone once the draft is decided.
    """

    __tablename__ = "work_in_progress"
    __table_args__ = (Index(None, "user_id"),)

    draft_id: int = Field(primary_key=True, foreign_key="draft.id", ondelete="CASCADE")
    user_id: int = Field(primary_key=True, foreign_key="user.id", ondelete="CASCADE")
    draft_revision: int
    answers: dict[str, Any] = Field(sa_type=Json)
    serial: int
    writer: str
    saved_at: datetime = Field(sa_type=UtcDateTime)
