"""Where a claim's quotes stand: whole sentences, who says them, what is said after. Made by ground for its checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.capture.extract_units import MAX_SENTENCE, Unit, clean, read_units
from pipelines.capture.ground_words import Vocabulary
from pipelines.domain.drafts import SUBJECT, TicketView
from pipelines.domain.tickets import Role

Place = tuple[str, tuple[int, int]]
"""A message id (or the subject) and a view range in it."""

_AFTER = 2


@dataclass(frozen=True, slots=True)
class Cited:
    """One quote's surroundings. `message` is the position of its message, -1 for the subject.

    `said`: the sentences it stands in, whole; `after`: the next two of the same paragraph; `words`: the quote itself.
    """

    message: int
    role: Role
    said: tuple[str, ...]
    after: tuple[str, ...]
    words: str


class Context:
    """The sentences of a view by message."""

    def __init__(self, view: TicketView) -> None:
        self.view = view
        self._order = {message.id: n for n, message in enumerate(view.messages)}

    @cached_property
    def units(self) -> dict[int, list[Unit]]:
        found: dict[int, list[Unit]] = {n: [] for n in range(len(self.view.messages))}
        for unit in read_units(self.view):
            found[unit.message].append(unit)
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the thread."""
        return Vocabulary((self.view.subject.text, *(m.text.text for m in self.view.messages)))

    def sentences(self, message: int) -> list[str]:
        """The prose of a message."""
        return [unit.text for unit in self.units[message] if not unit.code]

    def cited(self, places: Sequence[Place]) -> list[Cited]:
        return [self._cited(message, span) for message, span in places]

    def _cited(self, message: str, span: tuple[int, int]) -> Cited:
        if message == SUBJECT:
            whole = self.view.subject.text
            return Cited(-1, Role.CUSTOMER, (whole,), (), whole[span[0] : span[1]])
        at = self._order[message]
        units, words = self.units[at], self.view.messages[at].text.text[span[0] : span[1]]
        inside = [n for n, u in enumerate(units) if u.start < span[1] and span[0] < u.end]
        after: list[str] = []
        if inside:
            last = units[inside[-1]]
            after = [u.text for u in units[inside[-1] + 1 :][:_AFTER] if u.paragraph == last.paragraph and not u.code]
        # A line of data can be as long as a message, and says nothing: the checks of a sentence take their time by it.
        said = tuple(units[n].text[:MAX_SENTENCE] for n in inside) or (clean(words[:MAX_SENTENCE]),)
        return Cited(at, self.view.messages[at].role, said, tuple(after), words)
