"""Brings what vector search and word search found together, one candidate a resolution."""

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import Candidate, TrackRecord
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, TITLE_VIEW, WORDING_VIEWS

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
    nearness = similarities(vector_hits, resolutions)
    lexical: dict[str, float] = {}
    for hit in lexical_hits:
        lexical[hit.id] = max(hit.score, lexical.get(hit.id, 0.0))
    best = max(lexical.values(), default=0.0)
    records = track_records or {}
    found = []
    for key in sorted({*nearness, *lexical} & resolutions.keys()):
        near = nearness.get(key, _NOT_FOUND)
        found.append(
            Candidate(
                resolution=resolutions[key],
                similarity=near.whole,
                title_similarity=near.title,
                problem_similarity=near.problem,
                lexical=lexical.get(key),
                track_record=records.get(key) or TrackRecord(),
            )
        )
    found.sort(key=lambda c: (-blended(c.similarity, c.lexical, best), c.resolution.id))
    return tuple(found[:limit])


def shortlist(vector_hits: Sequence[VectorHit], lexical_hits: Sequence[LexicalHit], limit: int) -> list[str]:
    """The ids of the likeliest resolutions by the scores of the two searches alone, before any of them is read.

    Reading a record costs more than ranking it, and what stands far down in both searches is never shown.
    """
    nearness = similarities(vector_hits)
    lexical: dict[str, float] = {}
    for hit in lexical_hits:
        lexical[hit.id] = max(hit.score, lexical.get(hit.id, 0.0))
    best = max(lexical.values(), default=0.0)
    whole = {key: near.whole for key, near in nearness.items()}
    keys = {*whole, *lexical}
    return sorted(keys, key=lambda key: (-blended(whole.get(key), lexical.get(key), best), key))[:limit]


class Nearness(NamedTuple):
    """Cosines of a resolution: `whole` is the mean of title and problem, or the answer's where that is nearer."""

    whole: float | None
    title: float | None = None
    problem: float | None = None


_NOT_FOUND = Nearness(None)


def similarities(hits: Sequence[VectorHit], of: Container[str] | None = None) -> Mapping[str, Nearness]:
    """How near each resolution is. `of` leaves out other resolutions.

    The mean of title and problem ranks better than either view or their maximum.
    """
    found = _similarities(tuple(hits))
    return found if of is None else {key: near for key, near in found.items() if key in of}


# Of one question the same hits are cut to the likeliest and then fused.
@lru_cache(maxsize=32)
def _similarities(hits: tuple[VectorHit, ...]) -> Mapping[str, Nearness]:
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
    return {key: _nearness(seen, floor) for key, seen in by_view.items()}


def _nearness(seen: Mapping[str, float], floor: float) -> Nearness:
    if "" in seen:
        return Nearness(max(value for view, value in seen.items() if view != ANSWER_VIEW))
    unseen = min(floor, *seen.values())
    title, problem = seen.get(TITLE_VIEW, unseen), seen.get(PROBLEM_VIEW, unseen)
    return Nearness(max((title + problem) / 2, seen.get(ANSWER_VIEW, -1.0)), title, problem)


def blended(similarity: float | None, lexical: float | None, best_lexical: float) -> float:
    """Scaled word score and cosine, weighted: at least -1 and at most 1."""
    scaled = lexical / best_lexical if lexical and best_lexical > 0 else 0.0
    return LEXICAL_SHARE * scaled + (1 - LEXICAL_SHARE) * (similarity or 0.0)
