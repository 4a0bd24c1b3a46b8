"""What triage was shown, and what it said about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class SuggestionRow(Row, table=True):
    """One answer to one query. `query` is redacted; `answer` holds ids, ranks, scores and features, no texts."""

    __tablename__ = "suggestion"
    __table_args__ = (Index(None, "at"), Index(None, "ticket_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="SET NULL")
    query: dict[str, Any] = Field(sa_type=Json)
    verdict: str
    degraded: list[str] = Field(default_factory=list, sa_type=Json)
    answer: dict[str, Any] = Field(sa_type=Json)
    model_id: str | None = None
    ranking_id: str | None = None
    actor_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    at: datetime = Field(sa_type=UtcDateTime)


class SuggestionOutcomeRow(Row, table=True):
    """What an agent said of one suggested resolution. Append-only."""

    __tablename__ = "suggestion_outcome"
    __table_args__ = (Index(None, "suggestion_id"), Index(None, "resolution_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    suggestion_id: int = Field(foreign_key="suggestion.id", ondelete="CASCADE")
    resolution_id: int = Field(foreign_key="resolution.id", ondelete="CASCADE")
    outcome: str
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="SET NULL")
    actor_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    actor_name: str
    at: datetime = Field(sa_type=UtcDateTime)
