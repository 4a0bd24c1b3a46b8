"""Groups demand that asks for the same knowledge. Deterministic: the same vectors in any order give the same groups."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.ports import Vectors

SAME_QUESTION = 0.55
"""Mean cosine at which two groups of demand become one. Higher, and questions in other words stay apart; lower, and
tickets about one part of the product run together (on marked duplicates: purity .44 at .55, .68 at .70)."""

LARGEST_DENSE = 4000
"""Average linkage keeps a full distance matrix: 128 MB at this many points. A larger component is cut finer first."""

_STEP = 0.05
_BLOCK = 2048


def cluster(vectors: Vectors, threshold: float = SAME_QUESTION) -> list[list[int]]:
    """Row numbers of `vectors` (unit rows) by group, largest group first; a row alone is a group of one.

    Rows that are no neighbours are never compared: connected components of the graph of pairs above the threshold
    first, average linkage inside each, so that a chain of neighbours does not become one group.
    """
    # In an order of the vectors' own: ties, and the last bit of a product of matrices, go by place.
    order = np.argsort(np.ascontiguousarray(vectors).view(f"V{vectors.itemsize * vectors.shape[1]}").ravel())
    ordered = vectors[order]
    groups: list[list[int]] = []
    for component in _components(ordered, np.arange(len(ordered)), threshold):
        groups.extend(sorted(order[group].tolist()) for group in _linked(ordered, component, threshold))
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _components(vectors: Vectors, rows: NDArray[np.int64], threshold: float) -> list[NDArray[np.int64]]:
    from scipy.sparse import coo_array  # noqa: PLC0415 (slow to import; only reports need it)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    if len(rows) == 0:
        return []
    own = vectors[rows]
    left, right = [], []
    for start in range(0, len(rows), _BLOCK):
        near = np.argwhere(own[start : start + _BLOCK] @ own.T >= threshold)
        left.append(near[:, 0] + start)
        right.append(near[:, 1])
    i, j = np.concatenate(left), np.concatenate(right)
    graph = coo_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(len(rows), len(rows)))
    count, label = connected_components(graph, directed=False)
    found: list[NDArray[np.int64]] = []
    order = np.argsort(label, kind="stable")
    for part in np.split(order, np.searchsorted(label[order], np.arange(1, count))):
        member = rows[np.sort(part)]
        finer = threshold + _STEP
        if len(member) > LARGEST_DENSE and finer < 1:
            found.extend(_components(vectors, member, finer))
        else:
            found.append(member)
    return found


def _linked(vectors: Vectors, rows: NDArray[np.int64], threshold: float) -> list[list[int]]:
    if len(rows) == 1:
        return [[int(rows[0])]]
    if len(rows) > LARGEST_DENSE:  # duplicates of one text beyond what linkage can hold
        return [[int(r) for r in rows]]
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415

    own = vectors[rows].astype(np.float64)
    distance = np.clip(1.0 - own @ own.T, 0.0, None)
    condensed = distance[np.triu_indices(len(rows), k=1)]
    # Rounding makes equal inputs in another order link the same way.
    label = fcluster(linkage(np.round(condensed, 6), method="average"), t=1.0 - threshold, criterion="distance")
    return [[int(r) for r in rows[label == name]] for name in np.unique(label)]


def centroid(vectors: Vectors, group: Sequence[int]) -> Vectors:
    """The unit mean of a group, by which a gap is known again in the next run."""
    mean: Vectors = vectors[list(group)].mean(axis=0, dtype=np.float32)
    length = np.float32(np.linalg.norm(mean))
    return mean / length if length else mean


def recognise(centroids: Vectors, known: Vectors, at_least: float = 0.8) -> list[int | None]:
    """For each new centroid the row of the known one it continues; each known one at most once, best pairs first."""
    found: list[int | None] = [None] * len(centroids)
    if len(centroids) == 0 or len(known) == 0:
        return found
    cosine = centroids @ known.T
    pairs = np.argwhere(cosine >= at_least)
    taken: set[int] = set()
    for new, old in sorted(map(tuple, pairs.tolist()), key=lambda p: (-round(float(cosine[p[0], p[1]]), 6), p)):
        if found[new] is None and old not in taken:
            found[new] = old
            taken.add(old)
    return found
