"""The evaluations search by words in memory, because time passes in them: as the database does."""

import random

import pytest

from evals.word_search import WordSearch
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from service.store.engine import Database
from service.store.lexical import open_lexical_index
from service.usecases.lexical_text import lexical_text

UNSTATED = ResolutionVersions(state=SettledState.NOT_KNOWN)
WORDS = [f"word{n}" for n in range(60)] + ["Where", "SAML-0417", "NullPointerException", "5.2.1", "crashes", "the"]


def _records(chosen: random.Random, count: int) -> list[Resolution]:
    def said(most: int) -> str:
        return " ".join(WORDS[int(chosen.expovariate(0.12)) % len(WORDS)] for _ in range(chosen.randint(1, most)))

    def field(most: int) -> ResolutionField:
        return ResolutionField(state=SettledState.STATED, text=said(most))

    return [
        Resolution(
            id=f"R-{number}",
            version=1,
            content=ResolutionContent(
                title=said(6), fields={FieldName.SYMPTOM: field(40), FieldName.FIX: field(12)}, versions=UNSTATED
            ),
        )
        for number in range(1, count + 1)
    ]


def test_the_word_search_that_is_measured_is_the_one_that_serves(sqlite_database: Database) -> None:
    chosen = random.Random(3)
    records = _records(chosen, 80)
    index = open_lexical_index(sqlite_database)
    with sqlite_database.write() as session:
        for number, record in enumerate(records, start=1):
            index.put(session, number, lexical_text(record))
    measured = WordSearch(records)
    for _ in range(20):
        asked = " ".join(chosen.choices(WORDS, k=chosen.randint(1, 60)))
        served = {hit.id: hit.score for hit in index.search(asked, 80)}
        names = [record.id for record in records]
        assert served == pytest.approx({hit.id: hit.score for hit in measured.hits(asked, names)}, rel=1e-9)


def test_what_was_not_written_yet_is_neither_found_nor_counted(sqlite_database: Database) -> None:
    records = _records(random.Random(4), 60)
    index = open_lexical_index(sqlite_database)
    with sqlite_database.write() as session:
        for number, record in enumerate(records[:30], start=1):
            index.put(session, number, lexical_text(record))
    scores = WordSearch(records).scores("word1 word4 word9 word14", 30)
    found = [hit.id for hit in index.search("word1 word4 word9 word14", 30)]
    assert found[0] == records[int(scores.argmax())].id
    assert (30, len(found)) == (len(scores), int((scores > 0).sum()))
