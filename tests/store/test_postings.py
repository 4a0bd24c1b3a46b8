"""Word search on SQLite adds up what it remembers of single words: to FTS5's own scores, and never past a change."""

import multiprocessing
import random
from contextlib import suppress

import pytest
from sqlalchemy import text

from service.store import postings
from service.store.engine import Database, open_engine
from service.store.lexical import LexicalText, SqliteLexicalIndex
from service.store.naming import record_name
from service.store.postings import RememberedPostings
from tests.databases import url_of

WORDS = [f"word{n}" for n in range(40)]
ASKED = "word12 word15 word19 word22"


@pytest.fixture
def index(sqlite_database: Database) -> SqliteLexicalIndex:
    """Sixty documents of words, some of them common; a fifth are articles, which stand under negative numbers."""
    chosen = random.Random(5)
    found = SqliteLexicalIndex(sqlite_database)
    with sqlite_database.write() as session:
        for number in range(1, 61):
            said = [WORDS[int(chosen.expovariate(0.15)) % len(WORDS)] for _ in range(chosen.randint(2, 30))]
            found.put(
                session,
                number if number % 5 else -number,
                LexicalText(" ".join(said[:3]), " ".join(said[3:9]), fix=" ".join(said[9:])),
            )
    return found


def number_of(name: str) -> int:
    kind, _, digits = name.partition("-")
    return int(digits) if kind == "R" else -int(digits)


class _Undone(Exception):
    """Ends a unit of work without committing it."""


def _put_elsewhere(url: str) -> None:
    engine = open_engine(url, 1)
    database = Database(engine)
    with database.write() as session:
        SqliteLexicalIndex(database).put(session, 61, LexicalText(ASKED))
    engine.dispose()


def test_scores_are_those_that_fts5_gives_to_the_whole_question(
    sqlite_database: Database, index: SqliteLexicalIndex
) -> None:
    with sqlite_database.read() as session:
        rows = session.execute(
            text(
                "SELECT rowid AS id, -rank AS score FROM resolution_fts WHERE resolution_fts MATCH :query "
                "AND rank MATCH 'bm25(3.0, 1.0, 1.0, 1.0, 1.0)' ORDER BY rank, rowid LIMIT 25"
            ),
            {"query": " OR ".join(f'"{word}"' for word in ASKED.split())},
        ).all()
    for _ in range(2):  # read, and then remembered
        found = index.search(ASKED, 25)
        assert [record_name(row.id) for row in rows] == [hit.id for hit in found]
        assert [row.score for row in rows] == pytest.approx([hit.score for hit in found], abs=1e-12)


def test_what_is_remembered_does_not_outlive_a_document(sqlite_database: Database, index: SqliteLexicalIndex) -> None:
    first = index.search(ASKED, 1)[0].id
    with sqlite_database.write() as session:
        index.remove(session, number_of(first))
    assert first not in [hit.id for hit in index.search(ASKED, 60)]


def test_a_change_that_was_rolled_back_changes_nothing(sqlite_database: Database, index: SqliteLexicalIndex) -> None:
    before = index.search(ASKED, 60)
    with suppress(_Undone), sqlite_database.write() as session:
        index.remove(session, number_of(before[0].id))
        raise _Undone
    assert before == index.search(ASKED, 60)


def test_a_change_by_another_process_is_seen_at_the_next_question(
    sqlite_database: Database, index: SqliteLexicalIndex
) -> None:
    assert "R-61" not in [hit.id for hit in index.search(ASKED, 60)]
    other = multiprocessing.get_context("spawn").Process(target=_put_elsewhere, args=(url_of(sqlite_database),))
    other.start()
    other.join(120)
    assert (0, "R-61") == (other.exitcode, index.search(ASKED, 60)[0].id)


def test_who_still_reads_an_older_state_gets_that_and_takes_nothing_from_the_newer(
    sqlite_database: Database, index: SqliteLexicalIndex
) -> None:
    remembered = RememberedPostings()
    with sqlite_database.read() as older:
        before = remembered.current(older)
        with sqlite_database.write() as session:
            index.remove(session, 1)
        with sqlite_database.read() as newer:
            after = remembered.current(newer)
        assert (60, 59) == (before.documents, after.documents)
        assert before.generation == remembered.current(older).generation
    with sqlite_database.read() as again:
        assert after is remembered.current(again)


def test_no_more_is_remembered_than_there_is_room_for(
    sqlite_database: Database, index: SqliteLexicalIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "MOST_POSTINGS", 30)
    asked = index.search(ASKED, 60)
    assert asked == index.search(ASKED, 60)
    with sqlite_database.read() as session:
        kept = index.remembered.current(session)
    assert 0 < kept.held <= 30
