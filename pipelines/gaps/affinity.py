"""How likely two pieces of demand ask for the same knowledge: nearness in meaning, plus the hard facts they share."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.domain.value import Value
from pipelines.ports import Vectors

# Fitted by logistic regression on pairs of the development half of marked duplicates among ordinary tickets, then
# scaled so that meaning weighs 1.
WORDS = 0.4
FACTS = 0.2
AREA = 0.04

TYPICAL = 50
"""Vectors are read from their common middle; fewer of them than this say little about where that is."""

_CHUNK = 20_000

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Marks(Value):
    """What of a question compares exactly: words (stemmed), facts (error codes, identifiers, files), product area."""

    words: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    area: str | None = None


class Affinity:
    """Scores pairs of rows; 1 is about the same text. The score of a pair depends on the other rows only a little."""

    def __init__(self, vectors: Vectors, marks: Sequence[Marks]) -> None:
        self.vectors = from_the_middle(vectors)
        self._words = _weighted([mark.words for mark in marks])
        self._facts = _weighted([mark.facts for mark in marks])
        names = {name: number for number, name in enumerate(sorted({m.area for m in marks if m.area}))}
        self._area = np.array([names.get(mark.area or "", -1) for mark in marks], dtype=np.int64)

    def pairs(self, left: Rows, right: Rows) -> Floats:
        """One score for each pair of rows."""
        parts = [self._pairs(left[at : at + _CHUNK], right[at : at + _CHUNK]) for at in range(0, len(left), _CHUNK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _pairs(self, left: Rows, right: Rows) -> Floats:
        meaning = np.einsum("ij,ij->i", self.vectors[left], self.vectors[right], dtype=np.float64)
        words = _shared(self._words, left, right)
        facts = _shared(self._facts, left, right)
        return self._score(meaning, words, facts, self._area[left], self._area[right])

    def square(self, rows: Rows) -> Floats:
        """The scores of all pairs of the given rows."""
        own = self.vectors[rows].astype(np.float64)
        area = self._area[rows]
        return self._score(
            own @ own.T, _every(self._words, rows), _every(self._facts, rows), area[:, None], area[None, :]
        )

    def _score(self, meaning: Floats, words: Floats, facts: Floats, one: Rows, other: Rows) -> Floats:
        area = np.where((one < 0) | (other < 0), 0.0, np.where(one == other, 1.0, -1.0))
        # Rounded, since the last bit of a product depends on the order of the rows.
        found: Floats = np.round(meaning + WORDS * words + FACTS * facts + AREA * area, 5)
        return found


def from_the_middle(vectors: Vectors) -> Vectors:
    """Unit vectors as seen from the mean of all: what every ticket of one product has in common says nothing."""
    if not len(vectors):
        return vectors
    middle = vectors.mean(axis=0, dtype=np.float64) * (len(vectors) / (len(vectors) + TYPICAL))
    moved = vectors.astype(np.float32) - middle.astype(np.float32)
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    found: Vectors = moved / np.where(length > 0, length, np.float32(1))
    return found


def _weighted(lists: Sequence[Sequence[str]]) -> Any:
    """Rows of tf-idf weights of length 1; None where no row has anything."""
    if not any(lists):
        return None
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 (slow to import)

    model = TfidfVectorizer(analyzer=_as_it_is, sublinear_tf=True, dtype=np.float32)
    return model.fit_transform(lists)


def _as_it_is(tokens: Sequence[str]) -> Sequence[str]:
    return tokens


def _shared(weights: Any, left: Rows, right: Rows) -> Floats:
    if weights is None:
        return np.zeros(len(left))
    found: Floats = np.asarray(weights[left].multiply(weights[right]).sum(axis=1), dtype=np.float64).ravel()
    return found


def _every(weights: Any, rows: Rows) -> Floats:
    if weights is None:
        return np.zeros((len(rows), len(rows)))
    own = weights[rows]
    found: Floats = (own @ own.T).toarray().astype(np.float64)
    return found
