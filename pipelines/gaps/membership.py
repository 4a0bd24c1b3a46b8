"""Which known gap a question falls into, by the gaps' middles."""

from collections.abc import Sequence

import numpy as np

from pipelines.gaps.cluster import FALLS_INTO
from pipelines.ports import Vectors

_AT_ONCE = 1024
"""Rows held against all middles at once: of ten thousand gaps 40 MB."""


def falls_into(vectors: Vectors, middles: Vectors, own: Sequence[int | None] | None = None) -> list[int | None]:
    """For each row of `vectors` the row of `middles` that it is nearest to, None where it is near none (unit rows).

    `own`: the gap that a question already belongs to. It is held against the middle of the others there: against one
    that it helped to make, it would come nearer than the next question of the kind.
    """
    if not len(vectors) or not len(middles):
        return [None] * len(vectors)
    to_others = _to_others(vectors, own or ())
    found: list[int | None] = []
    for start in range(0, len(vectors), _AT_ONCE):
        near = np.round(vectors[start : start + _AT_ONCE] @ middles.T, 5)
        for row in range(len(near)):
            if start + row in to_others:
                gap, cosine = to_others[start + row]
                near[row, gap] = cosine
        best = near.argmax(axis=1)
        found += [int(gap) if near[row, gap] >= FALLS_INTO else None for row, gap in enumerate(best)]
    return found


def _to_others(vectors: Vectors, own: Sequence[int | None]) -> dict[int, tuple[int, float]]:
    """For each row that belongs to a gap with others, the gap and the cosine to the middle of these."""
    members: dict[int, list[int]] = {}
    for row, gap in enumerate(own):
        if gap is not None:
            members.setdefault(gap, []).append(row)
    found: dict[int, tuple[int, float]] = {}
    for gap, rows in members.items():
        if len(rows) > 1:
            total = vectors[rows].sum(axis=0)
            others = total - vectors[rows]
            length = np.maximum(np.linalg.norm(others, axis=1), 1e-9)
            cosines = np.round((others * vectors[rows]).sum(axis=1) / length, 5)
            found |= {row: (gap, float(cosine)) for row, cosine in zip(rows, cosines, strict=True)}
    return found
