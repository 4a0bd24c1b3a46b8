"""Sentences, headings and version numbers are read from the markup of real helpdesks without losing their place."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.extract_sections import CAUSE, FIX, STEPS, SYMPTOM
from pipelines.capture.extract_units import clean, read_units
from pipelines.capture.versions_in_text import Subject, find_versions, plain_version
from pipelines.domain.drafts import MappedText, TicketView, ViewMessage
from pipelines.domain.tickets import Role, Visibility


def one_message(text: str) -> TicketView:
    message = ViewMessage(
        id="m1",
        revision=1,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        role=Role.AGENT,
        visibility=Visibility.PUBLIC,
        text=MappedText.verbatim(text),
    )
    return TicketView(subject=MappedText.verbatim("s"), messages=(message,))


def prose(text: str) -> list[str]:
    return [u.text for u in read_units(one_message(text)) if not u.code]


def test_wrapped_lines_are_one_sentence() -> None:
    """A sentence that an e-mail program wrapped is read as one."""
    text = "The export of the customer list has been failing since\nthe move to the new machines. It worked before."
    assert [
        "The export of the customer list has been failing since the move to the new machines.",
        "It worked before.",
    ] == prose(text)


def test_abbreviations_and_versions_end_no_sentence() -> None:
    """An abbreviation or a version number does not cut a sentence."""
    assert ["Use a newer build, e.g. 4.2.1 of the agent."] == prose("Use a newer build, e.g. 4.2.1 of the agent.")


def test_code_and_logs_are_no_sentences() -> None:
    """Fenced code, stack frames and log lines are kept apart from prose."""
    text = (
        "It fails.\n```\nthe fix is here\n```\n12:00:01 ERROR pool is empty\n    at "
        "org.example.Pool.take(Pool.java:7)\nDone."
    )
    assert ["It fails.", "Done."] == prose(text)


def test_unclosed_fence_hides_nothing() -> None:
    """A single fence mark that is never closed does not turn the rest of the message into code."""
    assert "The cause is a full disk." in prose("{code}\nThe cause is a full disk.")


def test_html_paragraphs_are_paragraphs() -> None:
    """HTML bodies are read by their block tags, and entities are spelled out."""
    text = "{html}<div><p>The app &amp; the agent\nstop.</p><p>Restart <b>both</b>.</p></div>{html}"
    assert ["The app & the agent stop.", "Restart both."] == prose(text)


@pytest.mark.parametrize(
    ("text", "section", "words"),
    [
        ("Root cause: the disk is full.", CAUSE, "the disk is full."),
        ("*Root cause (confirmed):* the disk is full.", CAUSE, "the disk is full."),
        ("h2. Steps to reproduce\n# open the list", STEPS, "open the list"),
        ("Actual result:\n\nThe list is empty.", SYMPTOM, "The list is empty."),
        ("Lösung: Dienst neu starten.", FIX, "Dienst neu starten."),
    ],
)
def test_headings_say_what_follows(text: str, section: str, words: str) -> None:
    """A unit knows the heading it stands under, and does not repeat it."""
    (unit,) = read_units(one_message(text))
    assert (section, words) == (unit.section, unit.text)


def test_an_ordinary_colon_is_no_heading() -> None:
    """A sentence with a colon in it stays whole."""
    (unit,) = read_units(one_message("One thing is odd: the list is empty."))
    assert ("", "One thing is odd: the list is empty.") == (unit.section, unit.text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400))
def test_units_keep_their_place(text: str) -> None:
    """Each unit is the very text that stands at its place, in order and without overlap."""
    units = read_units(one_message(text))
    assert all(text[u.start : u.end] == u.raw for u in units)
    assert all(a.end <= b.start for a, b in pairwise(units))


@given(st.text(max_size=200))
def test_clean_text_is_on_one_line(text: str) -> None:
    """Cleaned text has single spaces only, and none at its ends."""
    assert " ".join(clean(text).split()) == clean(text)


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("fails in 4.2.1 and 4.2.2", {"4.2.1": Subject.PRODUCT, "4.2.2": Subject.PRODUCT}),
        ("Android 4.0.4, SDK 3.0.2 GA", {"4.0.4": Subject.PLATFORM, "3.0.2 GA": Subject.PRODUCT}),
        ("Studio, build: 3.0.1.201212181159", {"3.0.1.201212181159": Subject.TOOL}),
        ("PostgreSQL 14.2", {"14.2": Subject.PLATFORM}),
        ("it took 4.5 seconds on 02.03.2026, 99.9 % from 10.0.0.12", {}),
        ("seen with 3.0+", {"3.0+": Subject.PRODUCT}),
    ],
)
def test_versions_are_found_with_whose_they_are(text: str, versions: dict[str, Subject]) -> None:
    """A version number is told from amounts, dates and addresses, and the product's from the platform's."""
    assert versions == {v.name: v.of for v in find_versions(text)}


@pytest.mark.parametrize(("spelled", "bare"), [("Release 3.0.0", "3.0.0"), ("v4.2", "4.2"), ("3.1.1.GA", "3.1.1")])
def test_two_spellings_of_a_version_are_one(spelled: str, bare: str) -> None:
    """Decoration does not make another version."""
    assert bare == plain_version(spelled)


@given(st.text(max_size=200))
def test_a_version_stands_where_it_was_found(text: str) -> None:
    """Every version found is a piece of the text."""
    assert all(text[v.start : v.end] == v.name for v in find_versions(text))
