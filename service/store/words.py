"""Cuts text into the words that lexical search compares; both engines store and seek exactly these.

Identifiers, error codes and version numbers stay whole (`SAML-0417`, `5.2.1`, `0x80070005`) and so do their parts,
so that `SAML 0417` finds the code. Scripts without blanks between words are cut into pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from service.store.stemming import stem

_LONGEST = 64
"""Longer runs are hashes, keys or encoded data: nobody types them in, and FTS5 would not stem or rank them sensibly."""

_SHORTEST_NUMBER = 3
"""Shorter numbers inside an identifier say nothing by themselves."""

_RUN = re.compile(r"[^\W_](?:[\w.:/@#+-]*[\w#+])?")
_PART = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VERSION = re.compile(r"v?\d+(?:[._:/-]\d+)+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

STOP_WORDS = frozenset(
    """a an and are as at be but by dear for from has have he hello hi i in is it its me my of on or our please regards
    she so thank thanks that the their them then there these they this those to too us was we were will with would you
    your yours""".split()
)
"""Words that a ticket says nothing with. Those that tell questions apart (how, where, not) are left to their rarity."""


def terms(text: str) -> Iterator[tuple[str, str]]:
    """Every (term, surface form) of a text in its order, stop words left out; a term holds no blank and no quote."""
    for match in _RUN.finditer(_folded(text)):
        run = match.group().rstrip("_")
        yield from _terms_of(run) if len(run) <= _LONGEST else _terms_of_long(run)


def _folded(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


# Nine in ten runs of a question have been seen before.
@lru_cache(maxsize=65_536)
def _terms_of(run: str) -> tuple[tuple[str, str], ...]:
    return tuple(_pairs(run) if _UNSPACED.search(run) else _terms_of_run(run))


def _terms_of_long(run: str) -> Iterator[tuple[str, str]]:
    if _UNSPACED.search(run):
        yield from _pairs(run)
        return
    for part in _PART.findall(run):
        yield from _word(part)


def _terms_of_run(run: str) -> Iterator[tuple[str, str]]:
    pieces = [piece for part in _PART.findall(run) for piece in _CAMEL.split(part)]
    if pieces == [run]:
        yield from _word(run)
        return
    whole = run.lower()
    if _VERSION.fullmatch(whole):
        yield whole.removeprefix("v"), run
        return  # the parts of 5.2.1 are in every other number
    yield whole, run
    for piece in pieces:
        if len(piece) > 1 and not (piece.isdigit() and len(piece) < _SHORTEST_NUMBER):
            yield from _word(piece)


def _word(word: str) -> Iterator[tuple[str, str]]:
    lowered = word.lower()
    if len(lowered) <= _LONGEST and lowered not in STOP_WORDS:
        yield stem(lowered), word


def _pairs(run: str) -> Iterator[tuple[str, str]]:
    for part in _PART.findall(run):
        if len(part) == 1:
            yield part, part
        for at in range(len(part) - 1):
            yield part[at : at + 2].lower(), part[at : at + 2]
