"""How likely two pieces of demand ask for the same knowledge: nearness in meaning, plus the hard facts they share."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.domain.value import Value
from pipelines.gaps.weights import Weights
from pipelines.ports import Vectors

TYPICAL = 50
"""Vectors are read from their common middle; fewer of them than this say little about where that is."""

CLOSEST = 1 / 300
"""Two questions with less of all demand between them count as one after the other."""

_USUAL_SPAN = -1.5
"""The mean logarithm of the share of demand between two that were drawn by chance."""

_USUAL_LENGTH = 4.0
"""The logarithm of the number of words in a usual ticket: 55."""

_CHUNK = 20_000

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


class Marks(Value):
    """What of a question compares exactly: words (stemmed), facts (error codes, identifiers, files), area, opening."""

    words: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    area: str | None = None
    at: datetime | None = None


class Affinity:
    """Scores pairs of rows in log odds. The score of a pair depends on the other rows only a little."""

    def __init__(self, vectors: Vectors, marks: Sequence[Marks], weights: Weights) -> None:
        self._weights = weights
        self._vectors = from_the_middle(vectors)
        self._words = _weighted([mark.words for mark in marks])
        self._facts = _weighted([mark.facts for mark in marks])
        names = {name: number for number, name in enumerate(sorted({m.area for m in marks if m.area}))}
        self._area = np.array([names.get(mark.area or "", -1) for mark in marks], dtype=np.int64)
        self._place, self._crowd = _places([mark.at.timestamp() if mark.at else None for mark in marks])
        self._length = np.array(
            [math.log1p(len(set(mark.words))) - _USUAL_LENGTH if mark.words else 0.0 for mark in marks]
        )

    def pairs(self, left: Rows, right: Rows) -> Floats:
        """One score for each pair of rows."""
        parts = [self._pairs(left[at : at + _CHUNK], right[at : at + _CHUNK]) for at in range(0, len(left), _CHUNK)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _pairs(self, left: Rows, right: Rows) -> Floats:
        meaning = np.einsum("ij,ij->i", self._vectors[left], self._vectors[right], dtype=np.float64)
        return self._score(meaning, _shared(self._words, left, right), _shared(self._facts, left, right), left, right)

    def square(self, rows: Rows) -> Floats:
        """The scores of all pairs of the given rows."""
        own = self._vectors[rows].astype(np.float64)
        words, facts = _every(self._words, rows), _every(self._facts, rows)
        return self._score(own @ own.T, words, facts, rows[:, None], rows[None, :])

    def parts(self, rows: Rows) -> dict[str, Floats]:
        """What speaks for each pair of the given rows, by the name of its weight."""
        own = self._vectors[rows].astype(np.float64)
        return {
            "meaning": own @ own.T,
            "words": _every(self._words, rows),
            "facts": _every(self._facts, rows),
            **self._circumstances(rows[:, None], rows[None, :]),
        }

    def _score(self, meaning: Floats, words: Floats, facts: Floats, one: Rows, other: Rows) -> Floats:
        weights, around = self._weights, self._circumstances(one, other)
        total = weights.base + weights.meaning * meaning + weights.words * words + weights.facts * facts
        total = total + weights.area * around["area"] + weights.apart * around["apart"]
        # Rounded, since the last bit of a product depends on the order of the rows.
        found: Floats = np.round(total + weights.length * around["length"], 4)
        return found

    def _circumstances(self, one: Rows, other: Rows) -> dict[str, Floats]:
        """Area, time and length; 0 wherever one of the two says nothing."""
        area = np.where(self._area[one] == self._area[other], 1.0, -1.0)
        area = np.where((self._area[one] < 0) | (self._area[other] < 0), 0.0, area)
        span = np.abs(self._place[one] - self._place[other]) + (self._crowd[one] + self._crowd[other]) / 2
        apart = np.log(np.maximum(span, CLOSEST)) - _USUAL_SPAN
        length = (self._length[one] + self._length[other]) / 2
        return {"area": area, "apart": np.where(np.isnan(span), 0.0, apart), "length": length}


def _places(times: Sequence[float | None]) -> tuple[Floats, Floats]:
    """Where in all demand each was opened, from 0 to 1, and how far from it one of the same moment would be; or NaN."""
    at = np.array([np.nan if time is None else time for time in times], dtype=np.float64)
    ordered = np.sort(at[~np.isnan(at)])
    first, behind = np.searchsorted(ordered, at, "left"), np.searchsorted(ordered, at, "right")
    size = max(len(ordered), 1)
    place = np.where(np.isnan(at), np.nan, (first + behind) / 2 / size)
    return place, (behind - first) / 3 / size


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
