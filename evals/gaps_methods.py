"""The grouping that is shipped, and what it is measured against, all on the same vectors."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec

import numpy as np

from evals.gaps_planted import Planted
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import closeness, cluster
from pipelines.ports import Vectors

Method = Callable[[Vectors, Sequence[Marks]], list[list[int]]]
SHIPPED = "shipped"
BERTOPIC = "BERTopic, its defaults"
REDUCED = 50
SEED = 7


def shipped(vectors: Vectors, marks: Sequence[Marks]) -> list[list[int]]:
    return cluster(vectors, marks)


def at_any_threshold(planted: Planted) -> list[list[list[int]]]:
    """The shipped grouping from very coarse to very fine."""
    return [cluster(planted.vectors, planted.marks, threshold=t) for t in np.arange(-5.0, 2.1, 0.5).tolist()]


def kmeans(share: float) -> Method:
    """Plain k-means, k as a share of the number of tickets."""

    def group(vectors: Vectors, _marks: Sequence[Marks]) -> list[list[int]]:
        from sklearn.cluster import KMeans  # noqa: PLC0415 (slow to import)

        count = max(2, round(share * len(vectors)))
        return _by_label(KMeans(n_clusters=count, n_init=3, random_state=SEED).fit_predict(vectors))

    return group


def hdbscan(smallest: int) -> Method:
    """BERTopic's recipe, reduce and then HDBSCAN; principal components stand in for UMAP. Noise is single tickets."""

    def group(vectors: Vectors, _marks: Sequence[Marks]) -> list[list[int]]:
        from sklearn.cluster import HDBSCAN  # noqa: PLC0415 (slow to import)
        from sklearn.decomposition import PCA  # noqa: PLC0415

        reduced = PCA(min(REDUCED, *vectors.shape), random_state=SEED).fit_transform(vectors)
        model = HDBSCAN(min_cluster_size=smallest, copy=True)
        return _by_label(model.fit_predict(reduced))

    return group


def bertopic(vectors: Vectors, marks: Sequence[Marks]) -> list[list[int]]:
    """BERTopic itself with its defaults, over the same vectors. Its documents only name its topics: the words do."""
    from bertopic import BERTopic  # type: ignore[import-not-found]  # noqa: PLC0415 (heavy, and not a dependency)

    documents = [" ".join(mark.words) or "-" for mark in marks]
    labels, _ = BERTopic().fit_transform(documents, embeddings=vectors)
    return _by_label(labels)


def _by_label(labels: Sequence[int]) -> list[list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        groups[int(label) if label >= 0 else -row - 1].append(row)
    return list(groups.values())


def _installed() -> dict[str, Method]:
    """BERTopic where it is installed; `python -m evals gaps` says where it is not."""
    return {BERTOPIC: bertopic} if find_spec("bertopic") else {}


METHODS: Mapping[str, Method] = {
    SHIPPED: shipped,
    "k-means, k = n/10": kmeans(0.1),
    "k-means, k = n/3": kmeans(0.33),
    "k-means, k = 2n/3": kmeans(0.67),
    "PCA + HDBSCAN, clusters of 10 (BERTopic's default size)": hdbscan(10),
    "PCA + HDBSCAN, clusters of 2": hdbscan(2),
    **_installed(),
}


def report_order(groups: Sequence[Sequence[int]], planted: Planted) -> list[list[int]]:
    """Gaps as the report lists them: most tickets first, the closest of equals first; single tickets left out."""
    real = [list(group) for group in groups if len(group) > 1]
    close = closeness(planted.vectors, planted.marks, real)
    listed = sorted(zip(real, close, strict=True), key=lambda gap: (-len(gap[0]), -gap[1], gap[0][0]))
    return [group for group, _ in listed]


def numbered(groups: Sequence[Sequence[int]], rows: Sequence[int]) -> dict[int, int]:
    """Row of the whole -> number of its group, for groups over a part of the rows."""
    return {int(rows[member]): number for number, group in enumerate(groups) for member in group}


def earlier_rows(planted: Planted, seed: int) -> list[int]:
    """The rows of a run before 5 % of new demand came."""
    size = len(planted.vectors)
    chosen = np.random.default_rng(seed).permutation(size)[: max(2, int(size / 1.05))]
    return sorted(int(row) for row in chosen)
