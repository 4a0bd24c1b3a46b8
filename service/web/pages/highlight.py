"""The words of a question, marked where they stand in a record: why it matched, for the eye."""

import re

from pipelines.domain.suggestions import Query
from pipelines.retrieve.query import prepare
from pipelines.retrieve.words import stem

_WORD = re.compile(r"[^\W_](?:[\w.:-]*[^\W_])?")
_LONGEST = 20_000


def matched_words(query: Query) -> frozenset[str]:
    """What to mark: stems of the question's words, and its codes and names whole, in lower case."""
    prepared = prepare(query)
    exact = (*prepared.codes, *prepared.identifiers, *prepared.files)
    return frozenset((*map(stem, prepared.words), *(name.casefold() for name in exact)))


def highlighted(text: str, words: frozenset[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words. Joined, the pieces are the text."""
    pieces: list[tuple[str, bool]] = []
    done = 0
    for match in _WORD.finditer(text[:_LONGEST]):
        word = match.group()
        if word.casefold() not in words and stem(word) not in words:
            continue
        if match.start() > done:
            pieces.append((text[done : match.start()], False))
        pieces.append((word, True))
        done = match.end()
    if done < len(text):
        pieces.append((text[done:], False))
    return pieces
