"""What is taken out of a triage question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.suggestions import Query
from pipelines.retrieve.query import EMBED_LIMIT, LEXICAL_LIMIT, prepare
from pipelines.retrieve.words import READ_LIMIT, read_tokens, stem, token_kind

LOG = "2026-11-02 10:15:01 INFO  worker heartbeat 4711 queue=default depth=0\n"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("SAML-0417", "code"),
        ("ORA-12154", "code"),
        ("0x80070005", "code"),
        ("ECONNREFUSED", "code"),
        ("E1021", "code"),
        ("5.2.1", "version"),
        ("v2.1", "version"),
        ("7.2.0.v20180301", "version"),
        ("gateway.log", "file"),
        ("conf/server.xml", "file"),
        ("NullPointerException", "identifier"),
        ("java.lang.String", "identifier"),
        ("max_pool_size", "identifier"),
        ("sign-in", "word"),
        ("crash", "word"),
        ("2026", "word"),
    ],
)
def test_a_token_is_told_by_its_shape(token: str, kind: str) -> None:
    """Codes, versions, files and identifiers are not words."""
    assert kind == token_kind(token)


def test_a_question_is_taken_apart() -> None:
    """Codes, names, files and versions are pulled out of the prose, and words keep their spelling."""
    prepared = prepare(
        Query(
            subject="Login loop after SAML-0417",
            body="Since the upgrade to 5.2.1 the Admin Console throws IllegalStateException: gateway.log, HTTP 502",
            version="5.2.1",
        )
    )
    assert ("502", "SAML-0417") == tuple(sorted(prepared.codes))
    assert ("IllegalStateException",) == prepared.identifiers
    assert ("gateway.log",) == prepared.files
    assert ("5.2.1",) == prepared.versions
    assert ("Admin", "Console", "IllegalStateException") == prepared.names
    assert ("login", "loop") == prepared.title_words
    assert "Login" == prepared.spelling["login"]


def test_a_long_log_does_not_drown_the_words() -> None:
    """What the customer says is embedded in full, and of the log the line that names the error."""
    said = "The nightly export stops half way and the file stays empty."
    body = f"{LOG * 3000}{said}\n{LOG * 3000}2026-11-02 10:15:09 ERROR disk quota exceeded on volume seven\n"
    prepared = prepare(Query(subject="Export stops", body=(said + "\n" + body)))
    assert said in prepared.text
    assert prepared.words[:3] == ("export", "stops", "nightly")
    short = prepare(
        Query(subject="Export stops", body=f"{LOG * 50}{said}\n2026-11-02 10:15:09 ERROR disk quota exceeded")
    )
    assert "disk quota exceeded" in short.text
    assert said in short.text


def test_markup_is_left_out() -> None:
    """Wiki macros, tags and link targets are no words."""
    prepared = prepare(
        Query(body="{code:java}x{code} <p>Broken&nbsp;table</p> [the guide|https://example.com/a/b]\nh3. Steps")
    )
    assert {"broken", "table", "guide", "steps"} == set(prepared.words)


@given(st.text(max_size=300), st.text(max_size=2000))
def test_any_text_can_be_asked(subject: str, body: str) -> None:
    """No text breaks it, and what comes out can be stored, embedded and is bounded."""
    prepared = prepare(Query(subject=subject, body=body, version=subject, environment=body))
    for text in (*prepared.texts, prepared.lexical):
        assert "\0" not in text
        assert text == text.encode("utf-8").decode("utf-8")
    assert len(prepared.text) <= EMBED_LIMIT + 3
    assert len(prepared.lexical) <= LEXICAL_LIMIT
    assert all(text.strip() for text in prepared.texts)


@given(st.text(alphabet=st.characters(codec=None), max_size=50))
def test_lone_surrogates_do_not_get_through(text: str) -> None:
    """A body may hold half a character; nothing after it has to care."""
    prepared = prepare(Query(subject=text, body=text, product_area=text, environment=text, version=text))
    assert prepared.model_dump_json()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "unit", ["a", "<", "{code", "[", " \n", "(", "at a.b(", "h1.", "\t- ", "a_", "a.", "&amp;", "v1."]
)
def test_a_long_hostile_text_is_read_before_anyone_gives_up(unit: str) -> None:
    """Time that grew with the square of the length would run into the limit."""
    assert prepare(Query(body=(unit * READ_LIMIT)[:READ_LIMIT])).model_dump_json()


@pytest.mark.parametrize("form", ["crash", "crashes", "crashed", "crashing"])
def test_forms_of_a_word_meet_in_its_stem(form: str) -> None:
    """Endings do not keep words apart."""
    assert stem("crash") == stem(form)


@given(st.text(max_size=400))
def test_lists_hold_no_repeats(text: str) -> None:
    """Compared without case."""
    for found in read_tokens(text):
        folded = [item.casefold() for item in found]
        assert len(set(folded)) == len(folded)
