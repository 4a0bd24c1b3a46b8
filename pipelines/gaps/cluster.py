"""Groups demand that asks for the same knowledge. Deterministic: the same rows in any order give the same groups."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.gaps.affinity import Affinity, Marks
from pipelines.gaps.neighbours import Kept, Progress, digests, nearest, whole_numbers
from pipelines.gaps.weights import Weights, shipped_weights
from pipelines.ports import Vectors

FALLS_INTO = 0.55
"""Cosine to a gap's middle from which one more question falls into it."""

LARGEST_DENSE = 3000
"""Average linkage keeps a full distance matrix: 72 MB at this many points. A larger component is cut finer first."""

_AT_ONCE = 1024
"""Middles held against all others at once: of ten thousand gaps 40 MB."""

_STEP = 0.5
_FINEST = 20.0
_FURTHEST = 30.0
"""Log odds above every score; linkage sees the distance to them."""

Rows = NDArray[np.int64]


def cluster(
    vectors: Vectors,
    marks: Sequence[Marks] | None = None,
    *,
    weights: Weights | None = None,
    threshold: float | None = None,
    kept: Kept | None = None,
    progress: Progress | None = None,
) -> list[list[int]]:
    """Row numbers of `vectors` (unit rows) by group, largest group first; a row alone is a group of one.

    Only near neighbours are compared: connected components of the graph of neighbours whose affinity reaches the
    threshold first, average linkage inside each, so that a chain of neighbours does not become one group. `kept`: where
    the neighbours that an earlier run found lie; they save time and change nothing.
    """
    if not len(vectors):
        return []
    weights = weights or shipped_weights()
    marks = marks or [Marks()] * len(vectors)
    threshold = weights.same_question(len(vectors)) if threshold is None else threshold
    raw = np.ascontiguousarray(vectors)
    whole = whole_numbers(raw)
    names = digests(whole)
    order = _by_content(raw, names, marks)
    near = nearest(whole[order], [names[i] for i in order], kept.read() if kept else None, progress=progress)
    if kept:
        kept.keep(near)
    del whole
    affinity = Affinity(raw[order], [marks[i] for i in order], weights)
    left, right = near.pairs()
    scores = affinity.pairs(left, right)
    groups: list[list[int]] = []
    for component in _components(np.arange(len(raw)), (left, right, scores), threshold):
        groups.extend(sorted(order[group].tolist()) for group in _linked(affinity, component, threshold))
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _by_content(raw: Vectors, names: Sequence[bytes], marks: Sequence[Marks]) -> Rows:
    """Places in an order of the rows' own: ties, and the last bit of a product of matrices, go by place."""
    common = Counter(names)

    def own(row: int) -> tuple[bytes, bytes, str]:
        alone = common[names[row]] == 1
        return names[row], *((b"", "") if alone else (raw[row].tobytes(), marks[row].model_dump_json()))

    return np.array(sorted(range(len(raw)), key=own), dtype=np.int64)


def _components(rows: Rows, edges: tuple[Rows, Rows, NDArray[np.float64]], threshold: float) -> list[Rows]:
    """Rows that edges of at least the threshold connect; a component too large for linkage is cut at a higher one."""
    from scipy.sparse import coo_array  # noqa: PLC0415 (slow to import; only reports need it)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    strong = edges[2] >= threshold
    left, right, scores = edges[0][strong], edges[1][strong], edges[2][strong]
    one, other = np.searchsorted(rows, left), np.searchsorted(rows, right)
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(rows), len(rows)))
    count, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    parts = [rows[np.sort(part)] for part in np.split(order, np.searchsorted(label[order], np.arange(1, count)))]
    found: list[Rows] = []
    for part in parts:
        if len(part) <= LARGEST_DENSE or threshold + _STEP > _FINEST:
            found.append(part)
        else:
            inside = np.isin(left, part)
            found.extend(_components(part, (left[inside], right[inside], scores[inside]), threshold + _STEP))
    return found


def _linked(affinity: Affinity, rows: Rows, threshold: float) -> list[Rows]:
    # One row needs no linkage; more than it can hold are copies of one text.
    if len(rows) == 1 or len(rows) > LARGEST_DENSE:
        return [rows]
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415

    distance = np.clip(_FURTHEST - affinity.square(rows), 0.0, None)
    condensed = distance[np.triu_indices(len(rows), k=1)]
    label = fcluster(linkage(condensed, method="average"), t=_FURTHEST - threshold, criterion="distance")
    return [rows[label == name] for name in np.unique(label)]


def closeness(
    vectors: Vectors, marks: Sequence[Marks] | None, groups: Sequence[Sequence[int]], weights: Weights | None = None
) -> list[float]:
    """For each group the mean log odds that two of it ask for the same knowledge; 0 for a row alone."""
    if not groups:
        return []
    affinity = Affinity(vectors, marks or [Marks()] * len(vectors), weights or shipped_weights())
    found = []
    for group in groups:
        # Of a crowd the first rows say enough; the square of all would not fit into memory.
        rows = np.array(group[:LARGEST_DENSE])
        if len(rows) == 1:
            found.append(0.0)
            continue
        scores = affinity.square(rows)
        found.append(round(float((scores.sum() - np.trace(scores)) / (len(rows) * (len(rows) - 1))), 2))
    return found


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
    pairs: list[tuple[float, int, int]] = []
    for start in range(0, len(centroids), _AT_ONCE):
        cosine = centroids[start : start + _AT_ONCE] @ known.T
        one, other = np.nonzero(cosine >= at_least)
        values = np.round(cosine[one, other].astype(np.float64), 6)
        pairs += zip((-values).tolist(), (one + start).tolist(), other.tolist(), strict=True)
    taken: set[int] = set()
    for _, new, old in sorted(pairs):
        if found[new] is None and old not in taken:
            found[new] = old
            taken.add(old)
    return found
