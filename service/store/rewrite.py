"""Rewrites the database's files, so that what was deleted from the tables is not left in their free space.

Deleted rows stay readable in free pages, in pages that rows moved away from, in the write-ahead file and in the word
index's older segments. Overwriting at deletion (`secure_delete`) does not reach the copies that earlier updates left.
"""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from pipelines.domain.errors import Unavailable
from service.store.engine import Database

_BUSY_SECONDS = 30
_CHECKPOINT_SECONDS = 30.0
TABLES = (
    "ticket",
    "message",
    "ticket_link",
    "draft",
    "confirmation",
    "work_in_progress",
    "resolution",
    "resolution_version",
    "resolution_fts",
    "resolution_words",
    "reuse",
    "review",
    "contradiction",
    "suggestion",
    "suggestion_outcome",
    "article",
    "article_version",
    "article_outcome",
    "demand_signal",
    "gap",
    "gap_event",
    "gap_pin",
    "gap_report",
    "text_vector",
)
"""What erasing a ticket deletes from or changes, but for what holds numbers alone."""

WITHOUT_ITS_TEXT = frozenset(
    {
        "user",
        "web_session",
        "api_token",
        "job",
        "audit_event",
        "webhook_delivery",
        "installation",
        "article_source",
    }
)
"""Where no ticket's text or name is ever written. A table is in one of the two: a test asks for that."""


def rewrite(db: Database) -> None:
    """Write the tables anew without what was deleted. Works beside others, who wait meanwhile; may be repeated.

    SQLite: readers go on, writers wait as long as a copy of the file takes. PostgreSQL: each table is locked while it
    is copied; its own write-ahead log and the replicas are the administrator's. Raises Unavailable where somebody reads
    or writes for too long.
    """
    if db.dialect == "sqlite":
        _rewrite_sqlite(db.engine)
    else:
        _rewrite_postgres(db.engine)


def _rewrite_sqlite(engine: Engine) -> None:
    # A connection of its own: the pool's begin transactions by themselves, and VACUUM cannot run in one.
    with closing(sqlite3.connect(Path(engine.url.database or ""), timeout=_BUSY_SECONDS, isolation_level=None)) as file:
        try:
            file.execute("PRAGMA synchronous = FULL")
            file.execute("PRAGMA secure_delete = ON")
            file.execute("INSERT INTO resolution_fts (resolution_fts) VALUES ('rebuild')")
            file.execute("VACUUM")
            _empty_log(file)
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) and "busy" not in str(error):
                raise
            raise Unavailable("The database is in use; it is rewritten as soon as that ends.") from error


def _empty_log(file: sqlite3.Connection) -> None:
    """Move the write-ahead file into the database and cut it to nothing, which waits for readers of an older state."""
    deadline = time.monotonic() + _CHECKPOINT_SECONDS
    while file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        if time.monotonic() > deadline:
            raise Unavailable("Somebody still reads an older state of the database; it is rewritten when they end.")
        time.sleep(0.1)


def _rewrite_postgres(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Whoever asks after us waits behind us: better to try again later than to hold everybody up.
        connection.execute(text(f"SET lock_timeout = '{_BUSY_SECONDS}s'"))
        try:
            for table in TABLES:
                # ANALYZE: the planner's statistics hold samples of the values.
                connection.execute(text(f"VACUUM (FULL, ANALYZE) {table}"))
                _forget_samples_of_empty(connection, table)
        except OperationalError as error:
            raise Unavailable("A table is in use; the tables are rewritten as soon as that ends.") from error
        finally:
            connection.execute(text("RESET lock_timeout"))


def _forget_samples_of_empty(connection: Connection, table: str) -> None:
    """ANALYZE leaves the samples of a table as they are once it is empty; changing a column's type drops them."""
    if connection.execute(text(f"SELECT EXISTS (SELECT FROM {table})")).scalar_one():  # noqa: S608 - a constant
        return
    for column, kind in connection.execute(_SAMPLED_COLUMNS, {"table": table}).all():
        connection.execute(text(f'ALTER TABLE {table} ALTER COLUMN "{column}" TYPE {kind}'))


_SAMPLED_COLUMNS = text(
    "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_stats s "
    "ON s.schemaname = current_schema() AND s.tablename = :table AND s.attname = a.attname "
    "WHERE a.attrelid = to_regclass(:table) AND format_type(a.atttypid, NULL) NOT IN ('integer', 'bigint')"
)
