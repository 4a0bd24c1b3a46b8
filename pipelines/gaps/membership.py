"""Which known gap a question falls into, by the gaps' middles."""

from collections.abc import Sequence

import numpy as np

from pipelines.gaps.cluster import FALLS_INTO
from pipelines.ports import Vectors


def falls_into(vectors: Vectors, middles: Vectors, own: Sequence[int | None] | None = None) -> list[int | None]:
    """For each row of `vectors` the row of `middles` that it is nearest to, None where it is near none (unit rows).

    `own`: the gap that a question already belongs to. It is held against the middle of the others there: against one
    that it helped to make, it would come nearer than the next question of the kind.
    """
    if not len(vectors) or not len(middles):
        return [None] * len(vectors)
    near = np.round(vectors @ middles.T, 5)
    members: dict[int, list[int]] = {}
    for row, gap in enumerate(own or ()):
        if gap is not None:
            members.setdefault(gap, []).append(row)
    for gap, rows in members.items():
        if len(rows) > 1:
            total = vectors[rows].sum(axis=0)
            others = total - vectors[rows]
            length = np.maximum(np.linalg.norm(others, axis=1), 1e-9)
            near[rows, gap] = np.round((others * vectors[rows]).sum(axis=1) / length, 5)
    best = near.argmax(axis=1)
    return [int(gap) if near[row, gap] >= FALLS_INTO else None for row, gap in enumerate(best)]
