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

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from service.store.remembered import REMEMBERED, RememberedResolutions
from service.store.remembered_gaps import REMEMBERED_GAPS, RememberedGaps

BUSY_SECONDS = 30
_MODE = "precedent_mode"
_NOTE = "note"
_SYNCHRONOUS = "precedent_synchronous"


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


def _open_sqlite(url: str | URL, pool_size: int, *, reads: bool = False) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # the connection used last has the most of what is asked for at hand
        json_serializer=_to_json,
        hide_parameters=True,  # parameters are ticket text, and messages of errors end up in logs
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    if reads:
        event.listen(engine, "connect", _refuse_writes)
    event.listen(engine, "begin", _begin_reading if reads else _begin_writing)
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


def _refuse_writes(connection: sqlite3.Connection, _record: object) -> None:
    # For good, on connections that only read: each time it is set, SQLite compiles every statement anew.
    connection.execute("PRAGMA query_only = ON")


def _begin_reading(connection: Connection) -> None:
    # Cannot fail, so it goes past SQLAlchemy: there are three such units to a question.
    _driver(connection).execute("BEGIN")


def _begin_writing(connection: Connection) -> None:
    # NORMAL leaves the log of this unit to the next full sync; the file stays whole, and in order, either way.
    wanted = "NORMAL" if connection.get_execution_options().get(_MODE) == _NOTE else "FULL"
    if connection.info.get(_SYNCHRONOUS, "FULL") != wanted:
        _driver(connection).execute(f"PRAGMA synchronous = {wanted}")
        connection.info[_SYNCHRONOUS] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


class Database:
    """The units of work over one engine. Nobody else begins or commits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._info = {REMEMBERED: RememberedResolutions(), REMEMBERED_GAPS: RememberedGaps()}
        self._reading: Engine
        self._noting: Engine
        if engine.dialect.name == "sqlite":
            self._reading = _open_sqlite(engine.url, cast("QueuePool", engine.pool).size(), reads=True)
            self._noting = engine.execution_options(**{_MODE: _NOTE})
        else:
            # As on SQLite: a reading unit sees one state of the database throughout, and cannot write.
            self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
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
        with Session(self.engine, expire_on_commit=False, info=self._info) as session, session.begin():
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
        self._reading.dispose()
