"""What an agent changed is shown as words taken out and put in."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.web.pages.word_diff import MOST_WORDS, Change, shortened, word_diff

TEXTS = st.text(alphabet="ab .,\n\u00e4", max_size=40)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_off_their_difference(before: str, after: str) -> None:
    runs = word_diff(before, after)
    assert before == "".join(run.text for run in runs if run.kind != "ins")
    assert after == "".join(run.text for run in runs if run.kind != "del")
    assert all(run.text for run in runs)
    assert all(one.kind != other.kind for one, other in pairwise(runs))


@given(TEXTS)
def test_equal_texts_have_no_changes(text: str) -> None:
    assert all(run.kind == "same" for run in word_diff(text, text))


def test_a_changed_word_is_replaced_as_a_word() -> None:
    assert (
        Change("same", "Upgrade to "),
        Change("del", "5.2.3"),
        Change("ins", "5.2.4"),
        Change("same", " on each node."),
    ) == word_diff("Upgrade to 5.2.3 on each node.", "Upgrade to 5.2.4 on each node.")


def test_a_changed_phrase_stays_in_one_piece() -> None:
    runs = word_diff("Restart the old spooler.", "Reinstall every new spooler.")
    assert (Change("del", "Restart the old"), Change("ins", "Reinstall every new")) == runs[:2]


def test_very_long_texts_are_compared_at_their_ends_alone() -> None:
    words = " a b" * MOST_WORDS
    runs = word_diff(f"Same start x{words} same end", f"Same start y{words} z{words} same end")
    assert ["same", "del", "ins", "same"] == [run.kind for run in runs]


def test_the_middle_of_a_long_unchanged_run_is_left_out_and_no_change_is() -> None:
    start, new = "Step by step. " * 60, "something else " * 60
    same, taken, put = shortened(word_diff(f"{start}Restart.", f"{start}{new}"))
    assert (len(same.text) < 200, "Restart.", new) == (True, taken.text, put.text)
    assert (start[:20], start[-20:]) == (same.text[:20], same.text[-20:])
