"""What stands in the place of something redacted, and which number it has. Used by redact and redaction_reveal."""

import re
from collections.abc import Iterable

MARK = re.compile(
    r"\[(?P<kind>email|phone|card|iban|ip|host|secret|url-secret|person|account)-(?P<number>[1-9]\d{0,8})\]"
)
"""What stands in the place of something redacted."""


def marks_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Every mark of some texts once, in the order in which they come."""
    return tuple(dict.fromkeys(match.group() for text in texts for match in MARK.finditer(text)))


class Numbers:
    """One numbering: equal values of a kind have one number, and no number that means something else is given out."""

    def __init__(self) -> None:
        self._marks: dict[tuple[str, str], str] = {}
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def reserve(self, text: str) -> None:
        """Keeps the marks that a text holds for what they mean there, whatever that is."""
        self._taken.update(match.group() for match in MARK.finditer(text))

    def pin(self, kind: str, value: str, mark: str) -> None:
        """Gives a value the mark that it had before; the first of two says what it is."""
        self._marks.setdefault((kind, value), mark)
        self._taken.add(mark)

    def mark(self, kind: str, value: str) -> str:
        """The value's mark, or the next free one of its kind."""
        known = self._marks.get((kind, value))
        if known is None:
            known = self._marks[kind, value] = self._next(kind)
        return known

    def _next(self, kind: str) -> str:
        number = self._last.get(kind, 0) + 1
        while f"[{kind}-{number}]" in self._taken:
            number += 1
        self._last[kind] = number
        return f"[{kind}-{number}]"
