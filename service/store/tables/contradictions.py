"""Contradictions between resolutions, open and settled."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from service.store.tables.columns import Row, UtcDateTime


class ContradictionRow(Row, table=True):
    """Two resolutions of one condition with different fixes, or one and a draft that was linked to it instead.

    `resolution_id` was there first. `settlement` is empty while it is open. `conditions` is redacted.
    """

    __tablename__ = "contradiction"
    __table_args__ = (
        UniqueConstraint("resolution_id", "other_id"),
        Index(None, "other_id"),
        Index(None, "settlement"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    resolution_id: int = Field(foreign_key="resolution.id", ondelete="CASCADE")
    other_id: int | None = Field(default=None, foreign_key="resolution.id", ondelete="CASCADE")
    draft_id: int | None = Field(default=None, foreign_key="draft.id", ondelete="SET NULL")
    settlement: str | None = None
    conditions: str | None = None
    settled_by: str | None = None
    opened_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
