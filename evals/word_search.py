"""BM25 over stemmed words, the word search that retrieval is measured with and against."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieve.words import scan, stem, strip_markup

K1 = 1.2
B = 0.75
TITLE_WEIGHT = 3

Floats = NDArray[np.float64]


def bag(title: str, text: str) -> Counter[str]:
    """Stemmed words with their counts, the title's three times; codes, identifiers and file names count whole."""
    counts: Counter[str] = Counter()
    for part, weight in ((title, TITLE_WEIGHT), (text, 1)):
        for word in _every_word(strip_markup(part)):
            counts[word] += weight
    return counts


def _every_word(text: str) -> Iterable[str]:
    for kind, token in scan(text):
        if kind == "word":
            yield stem(token)
        elif kind != "version":
            yield token.casefold()


class WordSearch:
    """BM25 (k1 1.2, b 0.75) over a fixed list of documents, addressed by position."""

    def __init__(self, documents: Sequence[Counter[str]]) -> None:
        lengths = np.array([sum(document.values()) for document in documents], dtype=np.float64)
        mean = lengths.mean() if len(documents) and lengths.any() else 1.0
        self._size = len(documents)
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for place, document in enumerate(documents):
            norm = K1 * (1 - B + B * lengths[place] / mean)
            for word, count in document.items():
                places, weights = postings.setdefault(word, ([], []))
                places.append(place)
                weights.append(count * (K1 + 1) / (count + norm))
        self._postings = {word: (np.array(p), np.array(w)) for word, (p, w) in postings.items()}

    def scores(self, query: Counter[str], before: int | None = None) -> Floats:
        """One score a document, 0 where no word is shared. A word of the query counts as often as it stands there.

        before: only the first so many documents, as if the others had not been written yet.
        """
        size = self._size if before is None else before
        found = np.zeros(size, dtype=np.float64)
        for word in sorted(query):
            posting = self._postings.get(word)
            if posting is None:
                continue
            places, weights = posting
            seen = int(np.searchsorted(places, size))
            idf = np.log(1 + (size - seen + 0.5) / (seen + 0.5))
            found[places[:seen]] += query[word] * idf * weights[:seen]
        return found
