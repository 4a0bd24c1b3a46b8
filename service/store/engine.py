"""Opens the database and hands out units of work; everything else in service.store runs inside one of them.

One code path for SQLite (embedded) and PostgreSQL (at scale). On SQLite a writing unit takes the write lock when it
starts: a transaction that reads first and writes later would lose updates or fail half-way.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from service.store.remembered import REMEMBERED, RememberedResolutions
from service.store.remembered_gaps import REMEMBERED_GAPS, RememberedGaps

BUSY_SECONDS = 30
_MODE = "precedent_mode"
_READ, _WRITE, _NOTE = "read", "write", "note"


def open_engine(url: str, pool_size: int) -> Engine:
    """An engine for `sqlite:///FILE` or `postgresql+psycopg://...`; `pool_size` is the number of concurrent units.

    Raises ValueError for any other kind of database. No connection is made yet.
    """
    backend = make_url(url).get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(url, pool_size)
    if backend == "postgresql":
        return create_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_pre_ping=True,
            json_serializer=_to_json,
            hide_parameters=True,
            connect_args={"application_name": "precedent"},
        )
    raise ValueError(f"{backend} is not supported; use sqlite:///FILE or postgresql+psycopg://HOST/DATABASE")


def _open_sqlite(url: str, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        json_serializer=_to_json,
        hide_parameters=True,  # parameters are ticket text, and messages of errors end up in logs
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _to_json(value: Any) -> str:
    """Compact JSON. NaN and infinities raise ValueError here, since PostgreSQL would refuse them later."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own implicit BEGIN is deferred and comes too late
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    _switch_to_wal(connection)
    # FULL: what was answered as confirmed survives loss of power too, not only the end of the process.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA cache_size = -8000")
    connection.execute("PRAGMA journal_size_limit = 67108864")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Put the file into WAL mode. Two processes that meet in this switch are told `locked` without any waiting."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get(_MODE)
    reads = mode == _READ
    # Neither setting can fail, so they go past SQLAlchemy: there are four units to a question.
    driver = cast("sqlite3.Connection", connection.connection.driver_connection)
    if not reads:
        # NORMAL leaves the log of this unit to the next full sync; the file stays whole, and in order, either way.
        driver.execute(f"PRAGMA synchronous = {'NORMAL' if mode == _NOTE else 'FULL'}")
    driver.execute(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


class Database:
    """The units of work over one engine. Nobody else begins or commits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._info = {REMEMBERED: RememberedResolutions(), REMEMBERED_GAPS: RememberedGaps()}
        self._reading: Engine
        self._writing: Engine
        self._noting: Engine
        if engine.dialect.name == "sqlite":
            self._reading = engine.execution_options(**{_MODE: _READ})
            self._writing = engine.execution_options(**{_MODE: _WRITE})
            self._noting = engine.execution_options(**{_MODE: _NOTE})
        else:
            # As on SQLite: a reading unit sees one state of the database throughout, and cannot write.
            self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._writing = engine
            self._noting = engine

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit that writes: committed at the end of the block, rolled back when it raises.

        On SQLite units that write take turns, waiting up to 30 seconds; on PostgreSQL they run at READ COMMITTED and
        lock rows as they change them, so what is read in order to be changed is read `with_for_update()`.
        """
        with Session(self._writing, expire_on_commit=False, info=self._info) as session, session.begin():
            session.connection()  # takes SQLite's write lock now, not at the first statement
            yield session

    @contextmanager
    def note(self) -> Iterator[Session]:
        """A unit that writes what a loss of power may take with it: its commit does not wait for the disk.

        The end of the process loses nothing, and whatever `write` commits afterwards takes everything before it to the
        disk. For what is written at each search, where waiting for the disk would cost as much as searching.
        """
        with Session(self._noting, expire_on_commit=False, info=self._info) as session, session.begin():
            if self.dialect == "postgresql":
                session.connection().exec_driver_sql("SET LOCAL synchronous_commit = off")
            session.connection()
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A unit that reads one state of the database; writing in it is refused by the database."""
        with Session(self._reading, expire_on_commit=False, info=self._info) as session, session.begin():
            yield session

    def answers(self) -> bool:
        """Whether the database can be reached and read now."""
        try:
            with self.read() as session:
                session.connection().exec_driver_sql("SELECT 1 FROM alembic_version")
        except SQLAlchemyError:
            return False
        return True

    def dispose(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()
