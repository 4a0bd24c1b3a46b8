"""Units of work: what they keep, what they refuse, and what they do when many come at once."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from service.store.engine import Database, open_engine
from service.store.tables import AuditEventRow, InstallationRow, MessageRow
from service.store.tables.columns import table_of

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def put(database: Database, value: object) -> None:
    with database.write() as session:
        session.merge(InstallationRow(key="n", value=value))


def got(database: Database) -> object:
    with database.read() as session:
        return session.get_one(InstallationRow, "n").value


def test_concurrent_units_that_read_and_then_write_lose_no_update(database: Database) -> None:
    put(database, 0)

    def increment(_: int) -> None:
        with database.write() as session:
            row = session.exec(select(InstallationRow).where(InstallationRow.key == "n").with_for_update()).one()
            row.value += 1
            session.add(row)

    with ThreadPoolExecutor(16) as threads:
        list(threads.map(increment, range(200)))

    assert got(database) == 200


def test_a_unit_that_raises_leaves_nothing(database: Database) -> None:
    put(database, "before")

    def interrupted() -> None:
        with database.write() as session:
            session.merge(InstallationRow(key="n", value="after"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert got(database) == "before"


def test_a_reading_unit_cannot_write(database: Database) -> None:
    put(database, 1)

    with pytest.raises(DBAPIError), database.read() as session:
        session.execute(text("UPDATE installation SET value = '2'"))

    assert got(database) == 1


def test_a_unit_that_reads_sets_nothing_that_would_have_statements_compiled_anew(sqlite_database: Database) -> None:
    compiled = 2
    single = Database(open_engine(str(sqlite_database.engine.url), 1))
    put(single, 1)
    told: list[str] = []
    for _ in range(3):
        with single.read() as session:
            driver = session.connection().connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            driver.set_trace_callback(told.append)
            assert compiled == session.connection().exec_driver_sql("SELECT 1 + 1").scalar_one()
    single.dispose()
    assert not [statement for statement in told if "PRAGMA" in statement]


def test_a_unit_with_a_single_connection_can_read_and_write_in_turns(sqlite_database: Database) -> None:
    single = Database(open_engine(str(sqlite_database.engine.url), 1))
    put(single, 1)
    assert got(single) == 1
    put(single, 2)
    assert got(single) == 2
    single.dispose()


def test_a_reading_unit_sees_one_state_while_others_write(database: Database) -> None:
    put(database, "old")

    with database.read() as session:
        first = session.execute(text("SELECT count(*) FROM audit_event")).scalar_one()
        with database.write() as writer:
            writer.add(AuditEventRow(at=NOW, actor="a", action="b", subject="c"))
        second = session.execute(text("SELECT count(*) FROM audit_event")).scalar_one()

    assert (0, 0) == (first, second)


def test_what_was_read_or_written_is_usable_after_the_unit_ended(database: Database) -> None:
    with database.write() as session:
        row = AuditEventRow(at=NOW, actor="a", action="b", subject="c")
        session.add(row)

    assert (1, "a") == (row.id, row.actor)


def test_times_come_back_in_utc_to_the_microsecond(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    with database.write() as session:
        session.add(AuditEventRow(at=elsewhere, actor="a", action="b", subject="c"))

    with database.read() as session:
        found = session.exec(select(AuditEventRow)).one().at

    assert (NOW, timedelta(0)) == (found, found.utcoffset())


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="without a time zone"), database.write() as session:
        session.add(AuditEventRow(at=naive, actor="a", action="b", subject="c"))


def test_json_that_is_no_json_is_refused(database: Database) -> None:
    with pytest.raises((StatementError, ValueError), match="not JSON compliant"):
        put(database, {"x": float("nan")})


@pytest.mark.parametrize("value", [{"b": [1, None, "ü"], "a": {"deep": True}}, [], "text", 1.5, False])
def test_json_comes_back_as_it_went_in(database: Database, value: object) -> None:
    put(database, value)
    assert value == got(database)


def test_an_error_does_not_tell_what_was_being_stored(database: Database) -> None:
    with pytest.raises(DBAPIError) as raised, database.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "canary-4711"})
    assert "canary-4711" not in str(raised.value)


def test_foreign_keys_hold(database: Database) -> None:
    place = {"ticket_id": 99, "revision": 1, "position": 0}
    words = {"message_id": "m1", "role": "agent", "visibility": "public", "body": ""}
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(table_of(MessageRow).insert().values(at=NOW, superseded=False, **place, **words))


def test_sqlite_keeps_confirmed_writes_through_a_loss_of_power(sqlite_database: Database) -> None:
    full = 2
    with sqlite_database.engine.connect() as connection:
        pragmas = [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous")]
    assert ["wal", full] == pragmas


def test_another_kind_of_database_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mysql is not supported"):
        open_engine(f"mysql://{tmp_path.name}/x", 1)


def test_a_note_is_kept_without_waiting_for_the_disk_and_the_next_write_waits_again(sqlite_database: Database) -> None:
    synchronous = {}
    for name, unit in (
        ("note", sqlite_database.note),
        ("write", sqlite_database.write),
        ("again", sqlite_database.note),
    ):
        with unit() as session:
            synchronous[name] = session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one()
    assert {"note": 1, "write": 2, "again": 1} == synchronous  # 1 is NORMAL, 2 is FULL


def test_what_is_noted_is_there_for_the_next_unit(database: Database) -> None:
    with database.note() as session:
        session.connection().exec_driver_sql("CREATE TABLE noted (word TEXT)")
        session.connection().exec_driver_sql("INSERT INTO noted VALUES ('x')")
    with database.read() as session:
        assert session.connection().exec_driver_sql("SELECT word FROM noted").scalar_one() == "x"
