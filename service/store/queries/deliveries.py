"""Webhook deliveries that were acted on, and facts about the installation."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from service.store.tables import InstallationRow, WebhookDeliveryRow
from service.store.tables.columns import table_of

ERASURES = "erasures"
"""The fact that changes with each erasure: what a process remembers from before is worth nothing then."""


def first_time(session: Session, source: str, delivery_id: str, now: datetime) -> bool:
    """Note a delivery; False where it was noted before. Of two at once, one waits for the other's transaction."""
    insert = sqlite.insert if session.connection().dialect.name == "sqlite" else postgresql.insert
    table = table_of(WebhookDeliveryRow)
    statement = insert(table).values(source=source, delivery_id=delivery_id, at=now).on_conflict_do_nothing()
    noted = session.execute(statement.returning(table.c.delivery_id))
    return noted.one_or_none() is not None


def fact(session: Session, key: str) -> Any:
    """A fact about this installation, None where it was never set."""
    row = session.get(InstallationRow, key)
    return row.value if row else None


def set_fact(session: Session, key: str, value: Any) -> None:
    session.merge(InstallationRow(key=key, value=value))
