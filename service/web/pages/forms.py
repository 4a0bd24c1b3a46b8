"""Posted forms read as text: one value a name, line ends as the rest of the program writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

MAX_SECONDS = 86_400.0


class Form:
    """A posted form. A name that was not sent reads as empty text."""

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        self._data = data or {}

    def text(self, name: str) -> str:
        """The value with line feeds alone (browsers post CR LF), without blank ends; the first where several came."""
        value = self._data.get(name, "")
        first = value[0] if isinstance(value, list) else value
        return clean(str(first))

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def checked(self, name: str) -> bool:
        return name in self._data

    def all(self, name: str) -> tuple[str, ...]:
        """Every value sent under the name, blank ones left out."""
        value = self._data.get(name, [])
        values: Sequence[Any] = value if isinstance(value, list) else [value]
        return tuple(cleaned for cleaned in (clean(str(v)) for v in values) if cleaned)

    def names(self, start: str) -> tuple[str, ...]:
        """The names sent that start so."""
        return tuple(name for name in self._data if name.startswith(start))

    def number(self, name: str) -> int | None:
        """A whole number of at most 15 digits, None where it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None  # noqa: PLR2004

    def seconds(self, now: float) -> float | None:
        """Seconds on the screen: as the browser counted them, else since `opened` (unix seconds, set by the server)."""
        try:
            counted = float(self.text("seconds"))
        except ValueError:
            opened = self.number("opened")
            if opened is None:
                return None
            counted = now - opened
        # NaN fails the comparison too.
        return round(counted, 1) if 0 <= counted <= MAX_SECONDS else None


def clean(text: str) -> str:
    """Text as people meant it: no NUL, which no keyboard makes and PostgreSQL refuses; line feeds; no blank ends."""
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def parts(text: str) -> tuple[str, ...]:
    """The comma-separated parts of a text, blank ones left out, each once; `>=5.1, <5.3` and `[5.1, 5.3)` are one."""
    found: list[str] = []
    for part in (piece.strip() for piece in text.replace(";", ",").split(",")):
        before = found[-1] if found else ""
        upper_end = part.startswith(("<", "\u2264")) and before.startswith((">", "\u2265")) and "," not in before
        closing = part.endswith(("]", ")")) and before.startswith(("[", "(")) and not before.endswith(("]", ")"))
        if upper_end or closing:
            found[-1] = f"{before}, {part}"
        elif part:
            found.append(part)
    return tuple(dict.fromkeys(found))
