"""How the pages cut, fold and word what they show: pure functions."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.suggestions import TrackRecord
from service.web.pages import flash
from service.web.pages.forms import Form, parts
from service.web.pages.marks import LOG_RUN, LONG_LINES, Mark, marked
from service.web.pages.words import ago, duration, ticket_path, track_record

LINES = st.sampled_from(["2026-03-02 09:00:00 INFO x", "  at a.b.C(D.java:1)", "hello", "", "\r", "wört 🙂", "}\n"])
TEXTS = st.one_of(st.text(max_size=300), st.lists(LINES, max_size=90).map("\n".join))


@st.composite
def texts_with_marks(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(TEXTS)
    places = st.integers(-5, len(text) + 5)
    spans = draw(st.lists(st.tuples(places, places, st.sampled_from(["fix", "symptom", "version"])), max_size=6))
    return text, [Mark(f"q{n}", start, end, (name,)) for n, (start, end, name) in enumerate(spans)]


@given(texts_with_marks())
def test_the_pieces_are_the_text_and_nothing_else(given_: tuple[str, list[Mark]]) -> None:
    """Whatever overlaps, folds or lies outside, the text comes out whole and in order."""
    text, marks = given_
    assert text == "".join(piece.text for section in marked(text, marks) for piece in section.pieces)


@given(texts_with_marks())
def test_each_character_is_under_exactly_the_marks_that_cover_it(given_: tuple[str, list[Mark]]) -> None:
    text, marks = given_
    at = 0
    for piece in (piece for section in marked(text, marks) for piece in section.pieces):
        for place in range(at, at + len(piece.text)):
            covering = {name for mark in marks if mark.start <= place < mark.end for name in mark.fields}
            assert covering == set(piece.fields)
        at += len(piece.text)


@given(texts_with_marks())
def test_each_mark_within_the_text_begins_once(given_: tuple[str, list[Mark]]) -> None:
    """Links from a field find their quote, and no id stands in a page twice."""
    text, marks = given_
    begun = [anchor for section in marked(text, marks) for piece in section.pieces for anchor in piece.anchors]
    within = [mark.anchor for mark in marks if max(0, mark.start) < min(mark.end, len(text))]
    assert sorted(within) == sorted(begun)


def test_a_run_of_log_lines_folds_with_what_stands_between() -> None:
    """The lines of an entry that carry no date of their own belong to the run."""
    entry = "2026-03-02 09:00:00 ERROR stop\nDetail: it stopped\n"
    text = "Here is the log:\n" + entry * LOG_RUN + "Regards\n"
    sections = marked(text, [])
    assert [False, True, False] == [section.folded for section in sections]
    assert "Detail: it stopped\nRegards\n" == sections[2].pieces[0].text
    assert 2 * LOG_RUN - 1 == sections[1].lines


def test_the_middle_of_a_long_message_folds_and_its_end_stays_in_sight() -> None:
    text = "".join(f"line {n} of a long story\n" for n in range(LONG_LINES + 1))
    sections = marked(text, [])
    assert [False, True, False] == [section.folded for section in sections]
    assert sections[2].pieces[0].text.endswith(f"line {LONG_LINES} of a long story\n")


def test_a_fold_that_holds_evidence_says_so() -> None:
    text = "2026-03-02 09:00:00 INFO x\n" * LOG_RUN
    (section,) = marked(text, [Mark("q", 3, 9, ("fix",))])
    assert (True, True) == (section.folded, section.holds_evidence)


def test_ages_are_said_in_one_unit() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    said = [ago(now - timedelta(**{unit: n}), now) for unit, n in _AGES]
    assert ["just now", "4 min ago", "5 h ago", "1 day ago", "3 weeks ago", "4 months ago", "2 years ago"] == said
    assert "just now" == ago(now + timedelta(days=1), now)
    assert "unknown" == ago(None)


_AGES = (("seconds", 5), ("minutes", 4), ("hours", 5), ("days", 1), ("days", 22), ("days", 125), ("days", 800))


def test_durations_and_track_records_are_plain_words() -> None:
    assert ["41 s", "2 min 5 s", "3 h 10 min", "unknown"] == [duration(s) for s in (41.2, 125, 11_400, None)]
    assert "not reused yet" == track_record(TrackRecord(shown=4))
    assert "held 9 of 10 reuses, failed 1" == track_record(TrackRecord(reused=10, held=9, failed=1))
    assert "held 0 of 1 reuse, 1 still open" == track_record(TrackRecord(reused=1, open=1))


def test_a_ticket_path_survives_any_id() -> None:
    assert "/tickets/jira/T%20%3F1%23x" == ticket_path("jira/T ?1#x")


def test_a_form_reads_line_ends_as_the_program_writes_them() -> None:
    """Browsers post CR LF; kept like that, an untouched claim would count as edited."""
    form = Form({"a": "one\r\ntwo ", "b": ["x", "y", " "], "c": "", "n": "12", "z": "1e9"})
    assert ("one\ntwo", ("x", "y"), None, 12, None) == (
        form.text("a"),
        form.all("b"),
        form.optional("c"),
        form.number("n"),
        form.number("z"),
    )
    assert ("5.2.0", "5.2.1") == parts(" 5.2.0, 5.2.1,,5.2.0 ")


def test_a_comma_within_a_range_does_not_split_it() -> None:
    """Two halves of a range, taken apart, would each hold for half of all versions."""
    assert (">=5.1, <5.3", "6.0") == parts(">=5.1,<5.3; 6.0")
    assert ("[5.1, 5.3)", "6.0") == parts("[5.1, 5.3), 6.0")
    assert ("<5.3", "<4.2") == parts("<5.3, <4.2")


@given(st.text(max_size=20))
def test_seconds_are_a_number_of_the_day_or_nothing(text: str) -> None:
    seconds = Form({"seconds": text}).seconds(now=0)
    assert seconds is None or 0 <= seconds <= 86_400


def test_seconds_without_scripts_count_from_the_opening() -> None:
    assert 42.5 == Form({"seconds": "", "opened": "1000"}).seconds(now=1042.5)
    assert [None, None] == [Form({"seconds": value}).seconds(now=0) for value in ("nan", "-1")]


@given(st.text(max_size=60))
def test_a_foreign_flash_cookie_never_puts_words_on_a_page(text: str) -> None:
    """The words stand in the program; a cookie only names them."""
    shown = flash.read(urlencode({"m": "confirmed", "n": text, "t": text}))
    assert shown is not None
    assert shown.text.startswith("Confirmed")
    assert flash.read(urlencode({"m": text})) is None
    assert shown.href is None or shown.href.startswith("/resolutions/R-")
