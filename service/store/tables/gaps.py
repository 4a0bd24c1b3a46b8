"""Signs of missing knowledge, the ledger of gaps, and the reports that were made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class DemandSignalRow(Row, table=True):
    """One sign that knowledge was missing. `text` is redacted."""

    __tablename__ = "demand_signal"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "ticket_id"),
        Index(None, "suggestion_id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    ticket_id: int | None = Field(default=None, foreign_key="ticket.id", ondelete="CASCADE")
    suggestion_id: int | None = Field(default=None, foreign_key="suggestion.id", ondelete="CASCADE")
    text: str
    product_area: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class GapRow(Row, table=True):
    """A gap keeps its identity between reports by its centroid: float32 bytes of a unit vector of `model_id`.

    `closed_by`: the resolution or article that was named as the answer. `named_by`: who gave the title (offline, llm,
    person; None where that was not kept), `named_size` how many asked then. `last_report_id`: the newest report that
    has the gap.
    """

    __tablename__ = "gap"
    __table_args__ = (Index(None, "status"), Index(None, "updated_at"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    title: str
    type: str
    status: str
    owner: str | None = None
    centroid: bytes | None = None
    model_id: str | None = None
    dismissed_reason: str | None = None
    merged_into: int | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str | None = None
    named_by: str | None = None
    named_size: int | None = None
    last_report_id: int | None = None


class GapEventRow(Row, table=True):
    """A move of a gap. Append-only. `why` is redacted.

    `what`: the owner, title, gap or record that it is about, or how many tickets were added.
    """

    __tablename__ = "gap_event"
    __table_args__ = (Index(None, "gap_id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    gap_id: int = Field(foreign_key="gap.id", ondelete="CASCADE")
    kind: str
    actor_name: str
    what: str | None = None
    why: str | None = None
    at: datetime = Field(sa_type=UtcDateTime)


class GapPinRow(Row, table=True):
    """A manager put this ticket into this gap, and there it stays."""

    __tablename__ = "gap_pin"
    __table_args__ = (Index(None, "gap_id"),)

    ticket_id: int = Field(primary_key=True, sa_column_args=[ForeignKey("ticket.id", ondelete="CASCADE")])
    gap_id: int = Field(foreign_key="gap.id", ondelete="CASCADE")
    actor_name: str
    at: datetime = Field(sa_type=UtcDateTime)


class GapReportRow(Row, table=True):
    """An immutable snapshot of the gaps in a window, with the hash of what it was made from."""

    __tablename__ = "gap_report"
    __table_args__ = (Index(None, "built_at"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    built_at: datetime = Field(sa_type=UtcDateTime)
    window_start: datetime | None = Field(default=None, sa_type=UtcDateTime)
    window_end: datetime = Field(sa_type=UtcDateTime)
    inputs_sha256: str
    report: dict[str, Any] = Field(sa_type=Json)
