"""How text is cut into words, and how words are stemmed."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from service.store.stemming import stem
from service.store.words import terms

SUFFIXES = (
    "s es ies sses ed eed ing ational tional izer ation fulness ousness iviti biliti logi icate "
    "ness able ement ion y e ll"
)


def cut(text: str) -> list[str]:
    return [term for term, _ in terms(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SAML-0417", ["saml-0417", "saml", "0417"]),
        ("Version 5.2.1.", ["version", "5.2.1"]),
        ("v5.2.1", ["5.2.1"]),
        ("5.2.1-rc2", ["5.2.1-rc2", "rc2"]),
        ("2026-01-31", ["2026-01-31"]),
        ("0x80070005", ["0x80070005"]),
        ("NullPointerException", ["nullpointerexception", "null", "pointer", "except"]),
        ("C++ and C#", ["c++", "c#"]),
        ("the login failed", ["login", "fail"]),
        ("Größe naïve", ["große", "naiv"]),
        ("日本語", ["日本", "本語"]),
        ("“quoted” 'words'", ["quot", "word"]),
    ],
)
def test_text_is_cut_into_these_words(text: str, expected: list[str]) -> None:
    assert expected == cut(text)


@given(st.text())
def test_a_term_holds_nothing_that_a_query_language_knows(text: str) -> None:
    assert all(term and not set(term) & set(" '\"\\()*|&!<>^{}\0\n\t") for term in cut(text))


@given(
    st.builds(
        lambda root, suffix: root + suffix,
        st.text("abcdeilmnorstuvy", min_size=3, max_size=8),
        st.sampled_from(SUFFIXES.split()),
    )
)
@example("relational")
@example("hopping")
@example("agreed")
def test_words_are_stemmed_as_sqlite_stems_them(word: str) -> None:
    assert _stem_of_sqlite(word) == stem(word)


def _stem_of_sqlite(word: str) -> str:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE f USING fts5 (t, tokenize = 'porter ascii')")
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab (f, 'row')")
        connection.execute("INSERT INTO f VALUES (?)", [word])
        found: str = connection.execute("SELECT term FROM v").fetchone()[0]
    connection.close()
    return found
