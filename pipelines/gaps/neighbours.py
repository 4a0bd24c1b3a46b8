"""The nearest neighbours of every row: which pairs are worth a closer look, within bounded memory."""

import numpy as np
from numpy.typing import NDArray

from pipelines.ports import Vectors

NEIGHBOURS = 20

LARGEST_EXACT = 20_000
"""Beyond, neighbours are sought in fewer dimensions: the principal ones of the rows themselves."""

DIMENSIONS = 96
LEAST_COSINE = 0.3
"""Pairs farther apart are never the same question; leaving them out early is most of the speed."""

_CELLS = 50_000_000
"""Cosines held at a time: 200 MB."""

Rows = NDArray[np.int64]


def neighbour_pairs(vectors: Vectors, count: int = NEIGHBOURS) -> tuple[Rows, Rows]:
    """Pairs (i < j) of unit rows where one is among the `count` nearest of the other, each pair once, in order."""
    size = len(vectors)
    if size < 2:  # noqa: PLR2004
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    near = _reduced(vectors) if size > LARGEST_EXACT else np.ascontiguousarray(vectors)
    block = max(1, min(2048, _CELLS // size))
    keys = [_block(near, start, min(start + block, size), count) for start in range(0, size, block)]
    unique = np.unique(np.concatenate(keys))
    return unique // size, unique % size


def _block(near: Vectors, start: int, stop: int, count: int) -> Rows:
    """The pairs of one block of rows, each as smaller row * size + larger row."""
    size = len(near)
    cosine = near[start:stop] @ near.T
    cosine[np.arange(stop - start), np.arange(start, stop)] = -1.0
    left, right = np.nonzero(cosine >= LEAST_COSINE)
    value = cosine[left, right]
    # Nearest first within each row; ties by row number.
    order = np.lexsort((right, -np.round(value, 5), left))
    left, right = left[order], right[order]
    begin = np.searchsorted(left, np.arange(stop - start))
    keep = np.arange(len(left)) - begin[left] < count
    one, other = left[keep] + start, right[keep]
    found: Rows = np.minimum(one, other).astype(np.int64) * size + np.maximum(one, other)
    return found


def _reduced(vectors: Vectors) -> Vectors:
    """Unit rows in their principal dimensions, from the eigenvectors of the second moments: exact, no random start."""
    moments = np.zeros((vectors.shape[1], vectors.shape[1]))
    for start in range(0, len(vectors), 10_000):
        part = vectors[start : start + 10_000].astype(np.float64)
        moments += part.T @ part
    _, axes = np.linalg.eigh(moments)
    down = vectors @ axes[:, -DIMENSIONS:].astype(np.float32)
    length = np.linalg.norm(down, axis=1, keepdims=True)
    found: Vectors = np.ascontiguousarray(down / np.where(length > 0, length, np.float32(1)))
    return found
