"""Whatever is cut or replaced, a place in the view leads back to the same words in the raw message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.offsets import Edit, apply, joined, raw_pieces
from pipelines.domain.drafts import MappedText, Span

BODIES = st.text(alphabet=st.sampled_from("ab \n[]é日"), min_size=1, max_size=60)
MARKS = st.sampled_from(["", "[email-1]", "[...]", "x"])


@st.composite
def _edits(draw: st.DrawFn, length: int) -> list[Edit]:
    """Ranges of a text of this length that do not overlap."""
    points = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
    pairs = zip(points[::2], points[1::2], strict=False)
    return [Edit(start, end, draw(MARKS), "log") for start, end in pairs]


@st.composite
def _edited(draw: st.DrawFn) -> tuple[str, MappedText]:
    """A raw text and what one to three rounds of edits made of it."""
    raw = draw(BODIES)
    text = MappedText.verbatim(raw)
    for _ in range(draw(st.integers(1, 3))):
        edits = draw(_edits(len(text.text)))
        try:
            text = apply(text, edits)
        except ValueError:  # two edits that cut into one and the same mark
            text = apply(text, edits[:1])
    return raw, text


@given(_edited())
def test_segments_tile_the_text(case: tuple[str, MappedText]) -> None:
    _, text = case
    at = 0
    for segment in text.segments:
        assert at == segment.view.start
        assert segment.view.start < segment.view.end
        at = segment.view.end
    assert len(text.text) == at


@given(_edited())
def test_verbatim_segments_are_slices_of_the_raw_text(case: tuple[str, MappedText]) -> None:
    raw, text = case
    for segment in text.segments:
        assert 0 <= segment.raw.start < segment.raw.end <= len(raw)
        if segment.verbatim:
            view = text.text[segment.view.start : segment.view.end]
            assert raw[segment.raw.start : segment.raw.end] == view


@given(_edited())
def test_raw_ranges_keep_the_order_of_the_view(case: tuple[str, MappedText]) -> None:
    _, text = case
    for before, after in zip(text.segments, text.segments[1:], strict=False):
        assert before.raw.end <= after.raw.start


@given(_edited(), st.data())
def test_any_range_of_verbatim_text_leads_back_to_itself(case: tuple[str, MappedText], data: st.DataObject) -> None:
    raw, text = case
    for segment in text.segments:
        if segment.verbatim:
            start = data.draw(st.integers(segment.view.start, segment.view.end - 1))
            end = data.draw(st.integers(start + 1, segment.view.end))
            span = text.raw_span(start, end)
            assert text.text[start:end] == raw[span.start : span.end]
            assert (span,) == raw_pieces(text, start, end)


@given(BODIES, st.data())
def test_two_rounds_of_removal_equal_removing_both_at_once(raw: str, data: st.DataObject) -> None:
    edits = [Edit(e.start, e.end) for e in data.draw(_edits(len(raw)))]
    together = apply(MappedText.verbatim(raw), edits)
    in_turn = MappedText.verbatim(raw)
    for edit in reversed(edits):
        in_turn = apply(in_turn, [edit])
    assert together.text == in_turn.text


def test_a_mark_stands_for_the_whole_range_that_it_replaced() -> None:
    text = apply(MappedText.verbatim("write to ann@example.org now"), [Edit(9, 24, "[email-1]", "email")])
    assert text.text == "write to [email-1] now"
    assert Span(start=9, end=24) == text.raw_span(10, 12)
    assert Span(start=6, end=28) == text.raw_span(6, 22)


def test_an_edit_that_cuts_into_a_mark_takes_the_whole_mark() -> None:
    once = apply(MappedText.verbatim("abcdef"), [Edit(2, 4, "[x-1]", "x")])
    twice = apply(once, [Edit(1, 4, "-", "log")])
    assert twice.text == "a-ef"
    assert Span(start=1, end=4) == twice.segments[1].raw


def test_pieces_leave_out_what_was_cut_between_them() -> None:
    text = apply(MappedText.verbatim("one two three four"), [Edit(4, 8), Edit(8, 13, "[cut]", "log")])
    assert text.text == "one [cut] four"
    assert (Span(start=0, end=4), Span(start=13, end=18)) == raw_pieces(text, 0, len(text.text))


@pytest.mark.parametrize("edits", [[Edit(0, 3), Edit(2, 4)], [Edit(2, 2)], [Edit(3, 9)], [Edit(-1, 2)]])
def test_edits_that_overlap_or_lie_outside_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="edit"):
        apply(MappedText.verbatim("abcdef"), edits)


def test_joined_ranges_are_sorted_and_apart() -> None:
    assert joined([(5, 7), (0, 2), (1, 3), (7, 9), (4, 4)]) == [(0, 3), (5, 9)]
