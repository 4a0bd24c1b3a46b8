"""Copies an embedded database out of, and back into, an installation that may be running.

Both directions go through SQLite's online backup: the copy is one state of the database, and to readers a restore is
one transaction, before which they see the old state and after which the new.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from pipelines.domain.errors import ConfigurationError
from service.store.engine import Database, open_engine
from service.store.schema import NewerDatabase, migrate, steps_after

_BUSY_SECONDS = 30.0


class UnusableBackup(ConfigurationError):
    """A file that cannot be restored: damaged, of something else, or of a newer program."""

    code = "unusable_backup"


def backup_sqlite(url: str, target: Path) -> None:
    """Write one consistent copy of the database to `target`, which is replaced only once the copy is whole on disk.

    Raises ConfigurationError where the database is not an existing SQLite file.
    """
    source = _file_of(url)
    if not source.is_file():
        raise ConfigurationError(f"There is no database at {source}; nothing was backed up.")
    partial = target.with_name(target.name + ".partial")
    with _opened(source) as live, _opened(partial) as copy:
        _copy(live, copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete without a -wal beside it
    with partial.open("rb+") as written:
        os.fsync(written.fileno())
    partial.replace(target)
    _sync_directory(target.parent)


def restore_sqlite(source: Path, url: str, prepare: Callable[[Database], None] = lambda _copy: None) -> None:
    """Put a backup's content into the database at `url`, brought to this program's schema. `source` is not changed.

    What `prepare` writes into the copy becomes visible together with the rest, or not at all.

    Raises UnusableBackup before anything is touched where the file is damaged, is no backup of ours, or comes from a
    newer program; ConfigurationError where `url` is not SQLite.
    """
    live = _file_of(url)
    if not source.is_file():
        raise UnusableBackup(f"There is no backup at {source}; nothing was restored.")
    with TemporaryDirectory(prefix="restore-", dir=live.parent) as folder:
        copy = Path(folder) / "copy.db"
        _check_and_copy(source, copy)
        _migrate(copy, prepare)
        with _opened(copy) as checked, _opened(live) as target:
            _copy(checked, target)


def _check_and_copy(source: Path, copy: Path) -> None:
    try:
        with _opened(source, read_only=True) as backup, _opened(copy) as scratch:
            _copy(backup, scratch)
            verdict = scratch.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revision = scratch.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        raise UnusableBackup(f"{source} is damaged or is not a backup of Precedent; nothing was restored.") from error
    if verdict != "ok":
        raise UnusableBackup(f"{source} is damaged (SQLite's integrity check failed); nothing was restored.")
    try:
        steps_after(revision[0] if revision else None)
    except NewerDatabase as error:
        raise UnusableBackup(f"{source} was made by a newer version of Precedent; update the program first.") from error


def _migrate(copy: Path, prepare: Callable[[Database], None]) -> None:
    database = Database(open_engine(f"sqlite:///{copy}", 1))
    try:
        migrate(database.engine)
        prepare(database)
    finally:
        database.dispose()


def _file_of(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise ConfigurationError(
            "Only an SQLite file can be copied this way; for PostgreSQL use pg_dump and pg_restore."
        )
    return Path(parsed.database)


@contextmanager
def _opened(file: Path, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    address = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    with closing(sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        yield connection


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """All pages in one step: copied piece by piece, each write of the server would start the copy over."""
    source.backup(target, pages=-1, progress=_patience(), sleep=0.05)


def _patience() -> Callable[[int, int, int], None]:
    """Stops a copy that waits for somebody else's write for too long: the library itself would wait forever."""
    deadline = time.monotonic() + _BUSY_SECONDS

    def give_up(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise TimeoutError(f"the database stayed busy for {_BUSY_SECONDS:.0f} seconds")

    return give_up


def _sync_directory(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
