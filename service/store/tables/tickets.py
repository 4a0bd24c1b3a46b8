"""Tickets as received, and every body ever seen of their messages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class CaptureState(StrEnum):
    """How far the knowledge of a closed ticket has been captured."""

    NONE = "none"
    QUEUED = "queued"
    DRAFTED = "drafted"
    NEEDS_MANUAL = "needs_manual"
    CONFIRMED = "confirmed"
    LINKED = "linked"
    REJECTED = "rejected"


class TicketRow(Row, table=True):
    """`closures` counts how often the ticket was seen to close; `escalated` also holds where only a record says so."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index(None, "status", "product_area"),
        Index(None, "capture_state"),
        Index(None, "created_at"),
        Index(None, "account_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str
    external_id: str
    subject: str
    status: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    product_area: str | None = None
    priority: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    account_tier: str | None = None
    reporter: str | None = None
    assignee: str | None = None
    category_at_intake: str | None = None
    category_final: str | None = None
    escalated: bool = False
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    content_sha256: str
    closures: int = 0
    capture_state: str = CaptureState.NONE.value
    received_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class TicketLinkRow(Row, table=True):
    """A ticket's word that it has one problem with another, which may not have arrived yet."""

    __tablename__ = "ticket_link"
    __table_args__ = (Index(None, "other_source", "other_id"),)

    ticket_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("ticket.id", ondelete="CASCADE")])
    other_source: str = Field(primary_key=True)
    other_id: str = Field(primary_key=True)
    relation: str = Field(primary_key=True)


class MessageRow(Row, table=True):
    """One body of one message. A body is never changed: an edit is the next revision, so that evidence stays valid."""

    __tablename__ = "message"

    ticket_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("ticket.id", ondelete="CASCADE")])
    message_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    position: int
    at: datetime = Field(sa_type=UtcDateTime)
    author: str | None = None
    role: str
    visibility: str
    body: str
    superseded: bool = False
