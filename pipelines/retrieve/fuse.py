"""Brings what vector search and word search found together, one candidate a resolution."""

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache

import numpy as np

from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import Candidate, TrackRecord
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, WORDING_VIEWS

LEXICAL_SHARE = 0.3
"""Weight of scaled word search against cosine when the pool is cut: keeps most right answers on development pairs."""

# A view that the search did not return is at most as near as the last hit that it did.
_UNSEEN = 0.9
_WORDINGS = frozenset(WORDING_VIEWS)


def combined(vectors: Vectors) -> Vectors:
    """One query vector of length 1 from those of a question's texts, shape (texts, dimension), at least one of them.

    A search with it ranks by the mean cosine of title and text at the price of one search: on development pairs 2 to 3
    points of success ahead of the text's vector alone.
    """
    mean = vectors.mean(axis=0, dtype=np.float32)
    length = float(np.linalg.norm(mean))
    found: Vectors = mean / length if length > 0 else vectors[0]
    return found


def fuse(
    vector_hits: Sequence[VectorHit],
    lexical_hits: Sequence[LexicalHit],
    resolutions: Mapping[str, Resolution],
    *,
    track_records: Mapping[str, TrackRecord] | None = None,
    limit: int = 100,
) -> tuple[Candidate, ...]:
    """At most `limit` candidates, likeliest first; hits whose resolution is not in `resolutions` are left out.

    Vector hits are named RESOLUTION:VIEW (or RESOLUTION alone); lexical hits RESOLUTION. The result does not depend on
    the order of the hits.
    """
    similarity = similarities(vector_hits, resolutions)
    lexical: dict[str, float] = {}
    for hit in lexical_hits:
        lexical[hit.id] = max(hit.score, lexical.get(hit.id, 0.0))
    best = max(lexical.values(), default=0.0)
    records = track_records or {}
    found = [
        Candidate(
            resolution=resolutions[key],
            similarity=similarity.get(key),
            lexical=lexical.get(key),
            track_record=records.get(key, TrackRecord()),
        )
        for key in sorted({*similarity, *lexical} & resolutions.keys())
    ]
    found.sort(key=lambda c: (-blended(c.similarity, c.lexical, best), c.resolution.id))
    return tuple(found[:limit])


def shortlist(vector_hits: Sequence[VectorHit], lexical_hits: Sequence[LexicalHit], limit: int) -> list[str]:
    """The ids of the likeliest resolutions by the scores of the two searches alone, before any of them is read.

    Reading a record costs more than ranking it, and what stands far down in both searches is never shown.
    """
    similarity = similarities(vector_hits)
    lexical: dict[str, float] = {}
    for hit in lexical_hits:
        lexical[hit.id] = max(hit.score, lexical.get(hit.id, 0.0))
    best = max(lexical.values(), default=0.0)
    keys = {*similarity, *lexical}
    return sorted(keys, key=lambda key: (-blended(similarity.get(key), lexical.get(key), best), key))[:limit]


def similarities(hits: Sequence[VectorHit], of: Container[str] | None = None) -> Mapping[str, float]:
    """One cosine for each resolution: the mean over the views of the problem, or the answer view where that is nearer.

    The mean of title and problem ranks better than either view or their maximum. `of` leaves out other resolutions.
    """
    found = _similarities(tuple(hits))
    return found if of is None else {key: cosine for key, cosine in found.items() if key in of}


# Of one question the same hits are cut to the likeliest and then fused.
@lru_cache(maxsize=32)
def _similarities(hits: tuple[VectorHit, ...]) -> Mapping[str, float]:
    if not hits:
        return {}
    floor = max(0.0, min([similarity for _, similarity in hits])) * _UNSEEN
    by_view: dict[str, dict[str, float]] = {}
    for identifier, similarity in hits:
        key, _, view = identifier.partition(":")
        # However many customers told the problem, it counts as one view: the wording that is nearest.
        view = PROBLEM_VIEW if view in _WORDINGS else view
        seen = by_view.get(key)
        if seen is None:
            by_view[key] = {view: similarity}
        elif view not in seen or similarity > seen[view]:
            seen[view] = similarity
    return {key: _clamped(_combined(seen, floor)) for key, seen in by_view.items()}


def _combined(seen: Mapping[str, float], floor: float) -> float:
    problem = [value for view, value in seen.items() if view != ANSWER_VIEW]
    if "" in seen:
        return max(problem)
    if len(problem) < 2:  # noqa: PLR2004 - title and problem
        problem += [min(floor, *seen.values())] * (2 - len(problem))
    return max(sum(problem) / len(problem), seen.get(ANSWER_VIEW, -1.0))


def _clamped(cosine: float) -> float:
    return max(-1.0, min(1.0, cosine))


def blended(similarity: float | None, lexical: float | None, best_lexical: float) -> float:
    """Scaled word score and cosine, weighted: at least -1 and at most 1."""
    scaled = lexical / best_lexical if lexical and best_lexical > 0 else 0.0
    return LEXICAL_SHARE * scaled + (1 - LEXICAL_SHARE) * (similarity or 0.0)
