"""The model of the person at the keyboard adds up."""

import pytest

from evals.confirm_time import COMPOSED_PER_MINUTE, KEY, MENTAL, READ_PER_MINUTE, Hands, _timed


class Page:
    """A page that nobody looks at: the model counts what was pressed, not what came of it."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.keyboard = self

    def press(self, combination: str) -> None:
        self.pressed.append(combination)

    def type(self, text: str, *, delay: float) -> None:
        assert 0 == delay
        self.pressed.append(text)


def test_keys_thoughts_and_words_make_the_time_of_a_person() -> None:
    page = Page()
    hands = Hands(page)
    hands.press("Alt+5", "Tab")
    hands.write("four words of text")
    assert ["Alt+5", "Tab", "four words of text"] == page.pressed
    timed = _timed("demo/T-1", 1, hands, (READ_PER_MINUTE, 2 * READ_PER_MINUTE), 1.5, None)
    assert pytest.approx(1.5 + (3 + 18) * KEY + 2 * MENTAL + 60) == timed.knows
    assert pytest.approx(timed.knows - 18 * KEY + 4 * 60 / COMPOSED_PER_MINUTE) == timed.composes
    assert pytest.approx(timed.composes + 120) == timed.stranger
