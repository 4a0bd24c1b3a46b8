"""Cut sentences into clauses, so that no more of a sentence is quoted than says it. Called by `extract_reading`.

"I think the problem is in the parser, but I have not looked" states a cause in one of its three parts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.capture.extract_stance import CHANGE_LINK
from pipelines.capture.extract_units import Unit

_SAYS = (
    r"(?:i|we|you|they|it|he|she)(?:'ve| have| had| also| just| now)* (?:think|believe|guess|found(?: out)?|see|saw"
    r"|noticed?|suspect|confirm(?:ed)?|turns? out|turned out|seems?|appears?|looks?(?: like)?)(?: that| like)?"
)
_CUT = re.compile(
    r"(?P<after>[,;:](?=\s)|\.{2,3}(?=\s)|\s[-\u2013\u2014]+(?=\s)|\)(?=[\s,.])|(?:->|=>)(?=\s)"
    rf"|(?:^|(?<=\s)){_SAYS}(?=\s))"
    r"|\s(?P<before>\((?=\w)|(?:because|but|so|which|however|since|when|while|whereas|although|though|if|until|unless"
    r"|as|where|after|before|and|or|then|instead of|due to|caused by|thus|causing|even|with|by|in order to|weil|aber"
    r"|wenn|mais|parce|quand|pero|porque|cuando)\s)",
    re.IGNORECASE,
)
_TAGS = re.compile(r"\s*\[?\s*<a\s.*\Z", re.DOTALL)
"""What a commit message says of tickets in tags, after what it says in words."""
_WORD = re.compile(r"\w+")
_SAID = re.compile(r"\w{2}")
_FEWEST = 3
"""Words of the shortest clause; what is shorter goes along with the clause before it."""
_LONGEST = 900


@dataclass(frozen=True, slots=True)
class Clause:
    """Part [start, end) of the raw text of unit number `unit`; number `nth` of `of` in it.

    `link`: it is the address of a change to the program, and nothing else.
    """

    unit: int
    start: int
    end: int
    nth: int
    of: int
    text: str
    link: bool = False

    @property
    def low(self) -> str:
        return self.text.lower()

    @property
    def length(self) -> int:
        return self.end - self.start


def clauses_of(units: Sequence[Unit]) -> list[Clause]:
    """Every clause of every unit, in order. Code is not cut, and links to changes are clauses by themselves."""
    found: list[Clause] = []
    for number, unit in enumerate(units):
        spans = [(0, len(unit.raw), False)] if unit.code or len(unit.raw) > _LONGEST else list(_parts(unit.raw))
        found += [
            Clause(number, start, end, nth, len(spans), unit.raw[start:end], link)
            for nth, (start, end, link) in enumerate(spans)
        ]
    return found


def _parts(raw: str) -> Iterator[tuple[int, int, bool]]:
    begin = 0
    for link in _distinct(CHANGE_LINK.finditer(raw)):
        yield from ((a, b, False) for a, b in _cut(raw, begin, link.start()) if _SAID.search(raw, a, b))
        yield link.start(), link.end(), True
        begin = link.end()
    yield from ((a, b, False) for a, b in _cut(raw, begin, len(raw)) if not begin or _SAID.search(raw, a, b))


def _distinct(links: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    """Each address once, at its last place: markup names it twice, as the address and as the text to click on."""
    found = list(links)
    return [link for at, link in enumerate(found) if not any(_same(link, later) for later in found[at + 1 :])]


def _same(one: re.Match[str], other: re.Match[str]) -> bool:
    short, long = sorted((one.group(), other.group()), key=len)
    return short == long or ("/commit" in short and long.startswith(short))


def _cut(raw: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    places = [m.end("after") if m["after"] else m.start("before") for m in _CUT.finditer(raw, start, end)]
    begin = start
    for place in places:
        if _words(raw[begin:place]) >= _FEWEST and _words(raw[place:end]) >= _FEWEST:
            yield from _stripped(raw, begin, place)
            begin = place
    yield from _stripped(raw, begin, end)


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _stripped(raw: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = _TAGS.sub("", raw[start:end])
    left = len(piece) - len(piece.lstrip())
    if piece.strip():
        yield start + left, start + len(piece.rstrip())
