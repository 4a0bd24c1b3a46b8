"""The contract of word search, the same on both engines."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.ports import LexicalIndex
from service.store.engine import Database
from service.store.lexical import MOST_TERMS, LexicalText, StoredLexicalIndex, open_lexical_index, telling

SSO = LexicalText(
    title="Single sign-on fails with SAML-0417",
    symptom="Users are sent back to the login page",
    cause="The identity provider's clock ran ahead",
    fix="Synchronise the clock",
    codes="SAML-0417 5.2.1",
)
CRASH = LexicalText(
    title="Desktop client crashes while syncing",
    symptom="java.lang.NullPointerException on start, HRESULT 0x80070005",
    cause="A folder without an owner",
    fix="Upgrade to 5.2.10",
    codes="NullPointerException 0x80070005 5.2.10",
)
PRINTER = LexicalText(title="Printing is slow", symptom="Jobs wait", cause="Spooler", fix="Restart the clock service")


@pytest.fixture
def index(database: Database) -> StoredLexicalIndex:
    found = open_lexical_index(database)
    with database.write() as session:
        for number, texts in enumerate((SSO, CRASH, PRINTER), start=1):
            found.put(session, number, texts)
    return found


def ids(index: LexicalIndex, query: str, limit: int = 10) -> list[str]:
    return [hit.id for hit in index.search(query, limit)]


def test_articles_stand_beside_resolutions_under_negative_numbers(
    database: Database, index: StoredLexicalIndex
) -> None:
    with database.write() as session:
        index.put(session, -1, LexicalText(title="Single sign-on fails", fix="Clear the font cache"))
    assert ["A-1"] == ids(index, "font cache")
    assert {"A-1", "R-1"} == set(ids(index, "single sign-on"))
    with database.write() as session:
        index.remove(session, -1)
    assert (["R-1"], []) == (ids(index, "single sign-on"), ids(index, "font cache"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SAML-0417", ["R-1"]),
        ("error saml 0417", ["R-1"]),
        ("5.2.1", ["R-1"]),
        ("v5.2.10", ["R-2"]),
        ("0x80070005", ["R-2"]),
        ("NullPointerException", ["R-2"]),
        ("the client crashed", ["R-2"]),
        ("print", ["R-3"]),
        ("PRINTÎNG", ["R-3"]),
    ],
)
def test_words_codes_and_versions_are_found(index: LexicalIndex, query: str, expected: list[str]) -> None:
    assert expected == ids(index, query)


def test_a_match_in_the_title_comes_before_one_in_the_fix(database: Database) -> None:
    index = open_lexical_index(database)
    with database.write() as session:
        index.put(session, 1, LexicalText(title="Alpha", fix="Restart the gateway"))
        index.put(session, 2, LexicalText(title="Restart the gateway", fix="Alpha"))
    assert ["R-2", "R-1"] == ids(index, "gateway")


def test_a_rare_word_weighs_more_than_a_frequent_one(database: Database) -> None:
    index = open_lexical_index(database)
    with database.write() as session:
        for number in range(1, 30):
            index.put(
                session, number, LexicalText(title=f"login page number{number}" if number < 12 else "other matter")
            )
        index.put(session, 30, LexicalText(title="kerberos ticket missing"))
    assert "R-30" == ids(index, "kerberos login page")[0]


def test_a_hit_says_which_words_of_the_query_matched_as_they_were_typed(index: LexicalIndex) -> None:
    hit = index.search("Crashing Clients, SAML-9", 10)[0]
    assert ("R-2", {"Crashing", "Clients"}) == (hit.id, set(hit.terms))


def test_scores_fall_and_are_positive(index: LexicalIndex) -> None:
    scores = [hit.score for hit in index.search("clock sync restart login", 10)]
    assert 3 == len(scores)
    assert sorted(scores, reverse=True) == scores
    assert all(score >= 0 for score in scores)


def test_at_most_as_many_hits_as_asked_for(index: LexicalIndex) -> None:
    assert 1 == len(ids(index, "clock", 1))


@pytest.mark.parametrize("query", ["", "   ", "?!", "the and of", "zzzz"])
def test_nothing_to_look_for_finds_nothing(index: LexicalIndex, query: str) -> None:
    assert [] == ids(index, query)


@pytest.mark.parametrize(
    "query", ['" OR *', "NEAR(clock, 2)", "title: clock", "a' | !b & (c <-> d):*", "\\ ' \x00 ^ {", "-clock"]
)
def test_operators_and_quotes_are_taken_as_words(index: LexicalIndex, query: str) -> None:
    assert ("clock" in query) == bool(ids(index, query))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_stored_and_finds_itself(database: Database, text: str) -> None:
    index = open_lexical_index(database)
    with database.write() as session:
        index.put(session, 7, LexicalText(title=text, symptom="anchor", codes=text))
    assert ["R-7"] == ids(index, text + " anchor")


def test_putting_again_replaces_and_removing_removes(database: Database, index: StoredLexicalIndex) -> None:
    with database.write() as session:
        index.put(session, 1, LexicalText(title="Something else entirely"))
        index.remove(session, 2)
        index.remove(session, 999)
    assert ([], [], ["R-1"]) == (ids(index, "SAML-0417"), ids(index, "crashes"), ids(index, "entirely"))


def test_what_a_unit_took_back_is_not_found(database: Database, index: StoredLexicalIndex) -> None:
    def interrupted() -> None:
        with database.write() as session:
            index.put(session, 4, LexicalText(title="ephemeral"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert [] == ids(index, "ephemeral")


def test_a_very_long_query_finds_the_record_that_shares_its_rare_words(index: LexicalIndex) -> None:
    noise = " ".join(f"filler{n}" for n in range(300))
    assert ["R-1"] == ids(index, f"{noise} SAML-0417 {noise}")


def test_a_word_counts_as_often_as_it_is_asked_for(database: Database) -> None:
    index = open_lexical_index(database)
    with database.write() as session:
        index.put(session, 1, LexicalText(title="printer jams"))
        index.put(session, 2, LexicalText(title="scanner jams"))
    assert ["R-1", "R-2"] == ids(index, "printer scanner printer")
    assert ["R-2", "R-1"] == ids(index, "scanner printer scanner")


def test_words_that_tell_questions_apart_are_searched_for(database: Database) -> None:
    index = open_lexical_index(database)
    with database.write() as session:
        index.put(session, 1, LexicalText(title="How to export"))
        index.put(session, 2, LexicalText(title="Where to export"))
    assert ["R-1", "R-2"] == ids(index, "how do I export")
    assert ["R-2", "R-1"] == ids(index, "where do I export")


@given(
    st.dictionaries(st.text(max_size=3), st.tuples(st.integers(1, 9), st.integers(0, 50)), max_size=40),
    st.integers(50, 60),
)
def test_the_terms_that_tell_most_are_chosen(asked: dict[str, tuple[int, int]], documents: int) -> None:
    """One that another beats both in how often it is asked for and in rarity never comes before that one."""
    counts = {term: count for term, (count, _) in asked.items()}
    found = {term: held for term, (_, held) in asked.items()}
    chosen = telling(counts, found, documents)
    assert len(chosen) <= MOST_TERMS
    assert all(found[term] > 0 for term in chosen)
    assert bool(chosen) == any(found.values())
    for place, term in enumerate(chosen):
        later = chosen[place + 1 :]
        assert not any(counts[other] > counts[term] and found[other] < found[term] for other in later)


def test_a_term_that_most_documents_hold_is_left_out_where_another_tells_more() -> None:
    assert ["rare"] == telling({"rare": 1, "common": 9}, {"rare": 3, "common": 80}, 100)
    assert ["common"] == telling({"common": 9}, {"common": 80}, 100)


def test_past_the_first_few_terms_are_taken_only_while_they_are_in_few_documents() -> None:
    found = {f"term{n}": 9_000 for n in range(8)}
    assert 4 == len(telling(dict.fromkeys(found, 1), found, 100_000))
