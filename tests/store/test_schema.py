"""Migrations: they make what the models say, once, whoever runs them."""

import multiprocessing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, text

from service.store.engine import Database, open_engine
from service.store.rewrite import TABLES, WITHOUT_ITS_TEXT
from service.store.schema import NewerDatabase, UnreachableDatabase, _config, drift, migrate, newest, pending
from tests.databases import url_of


def _migrate_at(url: str) -> None:
    engine = open_engine(url, 1)
    migrate(engine)
    engine.dispose()


def test_the_models_match_the_migrations(database: Database) -> None:
    assert [] == drift(database.engine)


def test_a_forgotten_migration_is_seen(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE gap DROP COLUMN owner"))
    assert 1 == len(drift(database.engine))


def test_every_table_is_rewritten_after_an_erasure_or_known_to_hold_nothing_of_a_ticket(database: Database) -> None:
    tables = {name for name in inspect(database.engine).get_table_names() if not name.startswith("resolution_fts_")}
    assert tables == {*TABLES, *WITHOUT_ITS_TEXT, "alembic_version"}
    assert not WITHOUT_ITS_TEXT & set(TABLES)


def test_a_migrated_database_has_nothing_pending_and_migrating_again_changes_nothing(database: Database) -> None:
    migrate(database.engine)
    assert [] == pending(database.engine)


def test_an_empty_database_has_every_step_pending(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}", 1)
    steps = pending(engine)
    assert ("0001_access", newest()) == (steps[0], steps[-1])
    engine.dispose()


@pytest.mark.parametrize("before", ["0008_work_in_progress", "0009_contradictions", "0012_held", "0013_gaps_by_hand"])
def test_newer_steps_can_be_migrated_away_and_back(database: Database, before: str) -> None:
    with database.engine.begin() as connection:
        command.downgrade(_config(connection), before)
    steps = [
        "0008_work_in_progress",
        "0009_contradictions",
        "0012_held",
        "0013_gaps_by_hand",
        "0014_articles",
        "0015_gap_history",
        "0016_links_and_article_use",
        "0017_quick_questions",
        "0018_gap_changes",
    ]
    assert steps[steps.index(before) + 1 :] == pending(database.engine)
    migrate(database.engine)
    assert [] == drift(database.engine)


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_future'"))
    with pytest.raises(NewerDatabase):
        pending(database.engine)
    with pytest.raises(NewerDatabase):
        migrate(database.engine)


def test_processes_that_migrate_at_once_take_turns(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    _all_at_once(url)
    _assert_migrated(url)


def test_processes_that_migrate_postgresql_at_once_take_turns(postgres_database: Database) -> None:
    with postgres_database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    url = url_of(postgres_database)
    _all_at_once(url)
    _assert_migrated(url)


def _all_at_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_migrate_at, args=(url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [0, 0, 0] == [process.exitcode for process in processes]


def _assert_migrated(url: str) -> None:
    engine = open_engine(url, 1)
    assert ([], []) == (pending(engine), drift(engine))
    engine.dispose()


def test_a_database_that_cannot_be_reached_is_named_without_its_password() -> None:
    engine = open_engine("postgresql+psycopg://ada:secret@127.0.0.1:1/nowhere", 1)
    with pytest.raises(UnreachableDatabase, match=r"127\.0\.0\.1:1/nowhere cannot be opened or reached") as raised:
        migrate(engine)
    assert "secret" not in str(raised.value)
