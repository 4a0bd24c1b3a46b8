"""Keeps an article and the resolutions it was made from out of each other's way: one of both is shown."""

from collections.abc import Collection, Mapping, Sequence

from pipelines.domain.suggestions import Candidate
from pipelines.retrieve.fuse import blended

BEHIND = 0.2
"""How far an article may lie behind its own source and still be shown in its place: it says the same, reviewed. Much
further behind, the question is about the one record and not about all that the article tells."""


def fold(
    candidates: Sequence[Candidate], sources: Mapping[str, Collection[str]]
) -> tuple[tuple[Candidate, ...], Mapping[str, str]]:
    """The candidates of which none says again what another one says, and the article for each record shown instead.

    sources: the records that each article was made from. An article shown for its sources was found as well as they.
    """
    best = max((c.lexical or 0.0 for c in candidates), default=0.0)
    known = {candidate.resolution.id: candidate for candidate in candidates}
    told: dict[str, str] = {}

    def nearness(name: str) -> float:
        return blended(known[name].similarity, known[name].lexical, best)

    for article in sorted(sources.keys() & known.keys(), key=lambda name: (-nearness(name), name)):
        own = sorted(name for name in sources[article] if name in known)
        if not own:
            continue
        if nearness(article) < max(map(nearness, own)) - BEHIND:
            del known[article]
            told |= dict.fromkeys(own, article)
            continue
        known[article] = known[article].found_like(known[name] for name in own)
        for name in own:
            del known[name]
            told.pop(name, None)
    return tuple(known.values()), told
