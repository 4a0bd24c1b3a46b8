"""Finds quoted words in a text: exactly, or forgiving white space, markup and typographic signs. Used by ground."""

import re
from dataclasses import dataclass
from functools import cached_property

from pipelines.capture.offsets import raw_pieces
from pipelines.capture.redaction_marks import MARK
from pipelines.domain.drafts import MappedText, Span

SHORTEST = 3
_SPACELESS = 0x2FFF  # scripts beyond write without spaces
_LONG = 20  # characters: from here on a quote need not begin and end with whole words

_PLAIN = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}
_MARKUP_SIGNS = "*_+~^#>|`\\"
_SPECIAL = re.compile(
    r"(?P<tag>\{(?:code|noformat|quote|panel|color|info|note|tip|warning)(?::[^}\n]{0,200})?\})"
    r"|(?P<joint>(?<=[^\W_])[*_+~^#>|`\\]+(?=[^\W_]))"
    r"|(?P<markup>(?:(?<=\n)(?:bq|h[1-6])\. |[{}*_+~^#>|`\\\u200b\u200c\u200d\ufeff]+))"
    r"|(?P<space>\s+)"
    rf"|(?P<sign>[{''.join(re.escape(c) for c in _PLAIN if c != '`')}])"
)


@dataclass(frozen=True)
class Searched:
    """A text to find quotes in, with its forgiving form made once and only when needed."""

    text: MappedText

    @cached_property
    def _skeleton(self) -> tuple[str, list[int]]:
        return skeleton(self.text.text)

    def exact(self, quote: str) -> tuple[int, int] | None:
        """The view range of the quote as it stands, at whole words unless it is long."""
        return _occurrence(self.text.text, quote.strip())

    def forgiving(self, quote: str) -> tuple[int, int] | None:
        """The view range of the quote, differences of white space, markup and typography forgiven."""
        wanted = skeleton(quote)[0].strip()
        if not is_evidence(wanted):
            return None
        text, places = self._skeleton
        found = _occurrence(text, wanted)
        return (places[found[0]], places[found[1] - 1] + 1) if found else None

    def raw(self, view: tuple[int, int]) -> tuple[Span, ...]:
        """The raw ranges behind a view range, without what was cut out between them."""
        return raw_pieces(self.text, *view)


def is_evidence(quote: str) -> bool:
    """Whether a quote says anything: three characters, and among them a letter or digit that is no redaction mark's."""
    return len(quote.strip()) >= SHORTEST and any(c.isalnum() for c in MARK.sub("", quote))


def skeleton(text: str) -> tuple[str, list[int]]:
    """The text with white space as single spaces, no markup and plain quotes and dashes; and each character's place."""
    out: list[str] = []
    places: list[int] = []
    at = 0

    def put(characters: str, begin: int, *, each: bool) -> None:
        out.append(characters)
        places.extend(range(begin, begin + len(characters)) if each else [begin] * len(characters))

    for special in _SPECIAL.finditer(text):
        start, end = special.span()
        if start > at:
            put(text[at:start], at, each=True)
        sort, signs = special.lastgroup, special.group()
        if sort == "joint":
            put(signs, start, each=True)
        elif sort == "space" and (out and not out[-1].endswith(" ")):
            put(" ", start, each=True)
        elif sort == "sign":
            put(_PLAIN[signs], start, each=False)
        at = end
    if at < len(text):
        put(text[at:], at, each=True)
    return "".join(out), places


def _occurrence(text: str, wanted: str) -> tuple[int, int] | None:
    """The first place of the wanted words, not inside a longer word or number unless they are long."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if len(wanted) >= _LONG or (_free(text, at, -1) and _free(text, end - 1, 1)):
            return at, end
        at = text.find(wanted, at + 1)
    return None


def _free(text: str, edge: int, step: int) -> bool:
    """Whether the word or number at an edge of a match ends there. Scripts without spaces have no such edges."""
    inside, outside = text[edge], text[edge + step : edge + step + 1] if edge + step >= 0 else ""
    if not outside or not inside.isalnum() or ord(inside) > _SPACELESS:
        return True
    if outside.isalnum():
        return ord(outside) > _SPACELESS
    beyond = text[edge + 2 * step : edge + 2 * step + 1] if edge + 2 * step >= 0 else ""
    return not (inside.isdigit() and outside == "." and beyond.isdigit())
