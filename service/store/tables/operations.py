"""What running the installation needs to remember: deliveries, embeddings by content, the audit trail, facts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from service.store.tables.columns import Json, Row, UtcDateTime


class WebhookDeliveryRow(Row, table=True):
    """A delivery that was acted on; a second one of the same id is not."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "at"),)

    source: str = Field(primary_key=True)
    delivery_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


class TextVectorRow(Row, table=True):
    """The embedding of a text by a model, by the text's hash: float32 bytes, little-endian."""

    __tablename__ = "text_vector"

    model_id: str = Field(primary_key=True)
    text_sha256: str = Field(primary_key=True)
    vector: bytes


class AuditEventRow(Row, table=True):
    """Who did what to which thing; never what it said."""

    __tablename__ = "audit_event"
    __table_args__ = (Index(None, "at"), Index(None, "subject"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    actor: str
    action: str
    subject: str


class InstallationRow(Row, table=True):
    """A fact about this installation, such as which model its vectors were made by."""

    __tablename__ = "installation"

    key: str = Field(primary_key=True)
    value: Any = Field(sa_type=Json)
