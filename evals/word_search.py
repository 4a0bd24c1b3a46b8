"""Word search in memory: the one that serves, as SQLite scores it, and the plain BM25 to hold retrieval against."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.domain.resolutions import Resolution
from pipelines.ports import LexicalHit
from service.store.lexical import telling
from service.store.postings import BM25_WEIGHTS
from service.store.stemming import stem
from service.store.words import terms
from service.usecases.lexical_text import lexical_text

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 3

_LEAST = 1e-6
"""What FTS5 counts a word at the least that more than half of all documents hold."""

Floats = NDArray[np.float64]
Words = Mapping[str, float]


class WordSearch:
    """What SqliteLexicalIndex answers over a fixed list of records, addressed by position, as if the later ones had not
    been written yet.
    """

    def __init__(self, records: Sequence[Resolution]) -> None:
        fields = [[list(_terms(part)) for part in lexical_text(record).parts()] for record in records]
        self._postings = _Postings(
            [_weighed(zip(BM25_WEIGHTS, parts, strict=True)) for parts in fields],
            [sum(map(len, parts)) for parts in fields],
        )

    def scores(self, text: str, before: int | None = None) -> Floats:
        """One score a record, 0 where nothing that was searched for is shared. `before`: only the first so many."""
        size = self._postings.size if before is None else before
        asked = Counter(_terms(text))
        chosen = telling(asked, {term: self._postings.seen(term, size) for term in asked}, size)
        return self._postings.scores({term: asked[term] for term in chosen}, size, _as_fts5)

    def hits(self, text: str, names: Sequence[str]) -> list[LexicalHit]:
        """The records that share something, by these names."""
        found = zip(names, self.scores(text, len(names)), strict=True)
        return [LexicalHit(name, float(score), ()) for name, score in found if score > 0]


class PlainWords:
    """Textbook BM25 (k1 1.2, b 0.75) over Porter's stems without the commonest words, the title counted three times.

    What the figures in the data's own README are made with, but for some tenths of a point.
    """

    def __init__(self, documents: Sequence[tuple[str, str]]) -> None:
        bags = [_bag(title, text) for title, text in documents]
        self._postings = _Postings(bags, [sum(bag.values()) for bag in bags])

    def scores(self, title: str, text: str, before: int | None = None) -> Floats:
        """One score a document, 0 where no word is shared. `before`: only the first so many documents."""
        size = self._postings.size if before is None else before
        return self._postings.scores(_bag(title, text), size, _as_lucene)


class _Postings:
    def __init__(self, documents: Sequence[Words], lengths: Sequence[float]) -> None:
        whole = np.array(lengths, dtype=np.float64)
        mean = whole.mean() if len(documents) and whole.any() else 1.0
        self.size = len(documents)
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for place, document in enumerate(documents):
            norm = K1 * (1 - B + B * whole[place] / mean)
            for word, count in document.items():
                places, weights = postings.setdefault(word, ([], []))
                places.append(place)
                weights.append(count * (K1 + 1) / (count + norm))
        self._postings = {word: (np.array(p), np.array(w)) for word, (p, w) in postings.items()}

    def seen(self, word: str, size: int) -> int:
        """How many of the first documents hold it."""
        held = self._postings.get(word)
        return int(np.searchsorted(held[0], size)) if held else 0

    def scores(self, query: Words, size: int, rarity: Callable[[int, int], float]) -> Floats:
        found = np.zeros(size, dtype=np.float64)
        for word in sorted(query):
            if seen := self.seen(word, size):
                places, weights = self._postings[word]
                found[places[:seen]] += query[word] * rarity(seen, size) * weights[:seen]
        return found


def _as_fts5(seen: int, size: int) -> float:
    return max(_LEAST, float(np.log((size - seen + 0.5) / (seen + 0.5))))


def _as_lucene(seen: int, size: int) -> float:
    return float(np.log(1 + (size - seen + 0.5) / (seen + 0.5)))


def _terms(text: str) -> Iterable[str]:
    return (term for term, _ in terms(text))


def _weighed(parts: Iterable[tuple[float, Iterable[str]]]) -> Words:
    found: dict[str, float] = {}
    for weight, words in parts:
        for word in words:
            found[word] = found.get(word, 0.0) + weight
    return found


_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    """a an and are as at be but by for if in into is it no not of on or such that the their then there these they this
    to was will with""".split()
)
_stem = lru_cache(maxsize=200_000)(stem)


def _bag(title: str, text: str) -> Words:
    return _weighed((weight, _plain(part)) for weight, part in ((TITLE_WEIGHT, title), (1, text)))


def _plain(text: str) -> Iterable[str]:
    return (_stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON)
