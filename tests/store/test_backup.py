"""Backups of an embedded database, made and restored while others use it."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import func, select

from pipelines.domain.errors import ConfigurationError
from service.store.backup import UnusableBackup, backup_sqlite, restore_sqlite
from service.store.engine import Database, open_engine
from service.store.schema import _config, pending
from service.store.tables import AuditEventRow
from tests.databases import url_of


def note(database: Database, times: int = 1) -> None:
    with database.write() as session:
        for _ in range(times):
            session.add(AuditEventRow(at=datetime.now(UTC), actor="a", action="b", subject="x" * 500))


def noted(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count()).select_from(AuditEventRow)).one()


@contextmanager
def somebody_writing(database: Database) -> Iterator[None]:
    """Pairs of rows, each pair in one unit, as long as the block lasts."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            note(database, 2)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def test_a_restore_brings_back_what_the_backup_held_to_a_running_installation(
    sqlite_database: Database, tmp_path: Path
) -> None:
    note(sqlite_database, 3)
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    note(sqlite_database, 2000)

    restore_sqlite(tmp_path / "b.db", url_of(sqlite_database))

    assert 3 == noted(sqlite_database)
    note(sqlite_database)
    assert 4 == noted(sqlite_database)
    assert [] == pending(sqlite_database.engine)


def test_a_backup_taken_while_others_write_is_one_state(sqlite_database: Database, tmp_path: Path) -> None:
    with somebody_writing(sqlite_database):
        for number in range(5):
            backup_sqlite(url_of(sqlite_database), tmp_path / f"{number}.db")

    for number in range(5):
        with sqlite3.connect(tmp_path / f"{number}.db") as copy:
            count, verdict = (
                copy.execute("SELECT count(*) FROM audit_event").fetchone()[0],
                copy.execute("PRAGMA integrity_check").fetchone()[0],
            )
        copy.close()
        assert (0, "ok") == (count % 2, verdict)


def test_a_restore_while_others_write_leaves_one_state(sqlite_database: Database, tmp_path: Path) -> None:
    note(sqlite_database, 10)
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    with somebody_writing(sqlite_database):
        restore_sqlite(tmp_path / "b.db", url_of(sqlite_database))
    assert 0 == noted(sqlite_database) % 2
    with sqlite_database.read() as session:
        assert "ok" == session.execute(text("PRAGMA integrity_check")).scalar_one()


def test_a_reader_keeps_its_state_through_a_restore(sqlite_database: Database, tmp_path: Path) -> None:
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    note(sqlite_database, 7)
    with sqlite_database.read() as session:
        before = session.exec(select(func.count()).select_from(AuditEventRow)).one()
        restore_sqlite(tmp_path / "b.db", url_of(sqlite_database))
        during = session.exec(select(func.count()).select_from(AuditEventRow)).one()
    assert (7, 7, 0) == (before, during, noted(sqlite_database))


def test_a_restore_into_an_empty_place_makes_the_database(sqlite_database: Database, tmp_path: Path) -> None:
    note(sqlite_database, 2)
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    (tmp_path / "new").mkdir()
    restore_sqlite(tmp_path / "b.db", f"sqlite:///{tmp_path / 'new' / 'fresh.db'}")
    with sqlite3.connect(tmp_path / "new" / "fresh.db") as fresh:
        assert 2 == fresh.execute("SELECT count(*) FROM audit_event").fetchone()[0]
    fresh.close()


def _truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _overwritten(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:40960] = b"\x5a" * (40960 - 8192)
    file.write_bytes(content)


def _text(file: Path) -> None:
    file.write_text("this is no database", encoding="utf-8")


def _foreign(file: Path) -> None:
    file.unlink()
    with sqlite3.connect(file) as other:
        other.execute("CREATE TABLE something (else_ int)")
    other.close()


def _newer(file: Path) -> None:
    with sqlite3.connect(file) as backup:
        backup.execute("UPDATE alembic_version SET version_num = '9999_future'")
    backup.close()


def _missing(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("spoil", [_truncated, _overwritten, _text, _foreign, _newer, _missing])
def test_an_unusable_backup_is_refused_and_nothing_is_touched(
    sqlite_database: Database, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    note(sqlite_database, 5)
    spoil(tmp_path / "b.db")

    with pytest.raises(UnusableBackup):
        restore_sqlite(tmp_path / "b.db", url_of(sqlite_database))

    assert 5 == noted(sqlite_database)
    assert [] == list(tmp_path.glob("restore-*"))


def test_an_older_backup_is_brought_to_the_present_schema(sqlite_database: Database, tmp_path: Path) -> None:
    backup_sqlite(url_of(sqlite_database), tmp_path / "b.db")
    old = open_engine(f"sqlite:///{tmp_path / 'b.db'}", 1)
    with old.begin() as connection:
        command.downgrade(_config(connection), "-1")
    assert 1 == len(pending(old))
    old.dispose()

    restore_sqlite(tmp_path / "b.db", url_of(sqlite_database))

    assert [] == pending(sqlite_database.engine)


def test_only_sqlite_files_that_exist_are_copied(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="pg_dump"):
        backup_sqlite("postgresql+psycopg://h/d", tmp_path / "b.db")
    with pytest.raises(ConfigurationError, match="no database"):
        backup_sqlite(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "b.db")
