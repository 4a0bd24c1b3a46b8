"""Orders candidates by how likely each solves the ticket, and recommends them or abstains."""

from collections.abc import Sequence

from pipelines.domain.suggestions import (
    Answer,
    Applicability,
    ApplicabilityVerdict,
    Candidate,
    Query,
    Ranked,
    SuggestionVerdict,
    TrackRecord,
)
from pipelines.retrieve.applicability import applicability
from pipelines.retrieve.codes import code_balance
from pipelines.retrieve.explain import reasons
from pipelines.retrieve.features import Pool, features
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.ranking import Coefficients, Ranking, shipped_ranking

NEAR_MISSES = 3
COMPANIONS = 0.25
"""Beside one candidate good enough to recommend, others are shown down to this share of the threshold."""

_NOT = ApplicabilityVerdict.DOES_NOT_APPLY


def answer(
    query: Query,
    candidates: Sequence[Candidate],
    *,
    degraded: tuple[str, ...] = (),
    prepared: PreparedQuery | None = None,
    ranking: Ranking | None = None,
    only_area: bool = True,
    only_version: bool = False,
) -> Answer:
    """At most `query.k` suggestions, best first, or an abstention with the nearest misses. Input order is irrelevant.

    only_area: with a product area in the query, leave out resolutions that state another one. only_version: leave out
    what does not apply to the query's version; otherwise it stays, below all that may apply. Archived resolutions and
    those without an answer are never shown. Pass `prepared` to save taking the query apart twice.
    """
    prepared = prepared or prepare(query)
    ranking = ranking or shipped_ranking()
    served = [c for c in _one_each(candidates) if c.resolution.served and (not only_area or _in_area(query, c))]
    judged = [(c, applicability(query, c.resolution)) for c in served]
    if only_version:
        judged = [(c, a) for c, a in judged if a.verdict is not _NOT]
    chosen = _coefficients(ranking, served)
    ordered = order(prepared, judged, ranking, chosen)
    threshold = chosen.threshold_for(asked_area(query, ordered))
    if any(r.probability >= threshold for r in ordered):
        least = threshold * COMPANIONS
        good = [r for r in ordered if r.probability >= least][: max(0, query.k)]
        given = _placed(prepared, good)
        return Answer(verdict=SuggestionVerdict.SUGGESTED, threshold=threshold, degraded=degraded, suggestions=given)
    near = _placed(prepared, ordered[: min(NEAR_MISSES, max(0, query.k))])
    return Answer(verdict=SuggestionVerdict.ABSTAINED, threshold=threshold, degraded=degraded, near_misses=near)


def asked_area(query: Query, ordered: Sequence[Ranked]) -> str | None:
    """The product area that a question belongs to: its own, else that of the likeliest candidate."""
    likeliest = max(ordered, key=lambda r: r.probability, default=None)
    return query.product_area or (likeliest.candidate.resolution.content.product_area if likeliest else None)


def _coefficients(ranking: Ranking, candidates: Sequence[Candidate]) -> Coefficients:
    """Without a single cosine there was no vector search, and the other coefficients carry the answer."""
    return ranking.full if any(c.similarity is not None for c in candidates) else ranking.lexical_only


def _one_each(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate a resolution, in the order of their ids, the better scores of each kept."""
    if len({candidate.resolution.id for candidate in candidates}) == len(candidates):
        return sorted(candidates, key=lambda c: c.resolution.id)
    merged: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: (c.resolution.id, -c.resolution.version, c.model_dump_json())):
        first = merged.setdefault(candidate.resolution.id, candidate)
        merged[candidate.resolution.id] = first.found_like([candidate])
    return list(merged.values())


def _in_area(query: Query, candidate: Candidate) -> bool:
    wanted = (query.product_area or "").strip().casefold()
    stated = (candidate.resolution.content.product_area or "").strip().casefold()
    return not wanted or not stated or wanted == stated


def order(
    prepared: PreparedQuery,
    judged: Sequence[tuple[Candidate, Applicability]],
    ranking: Ranking,
    coefficients: Coefficients,
) -> list[Ranked]:
    """All candidates, best first; what does not apply comes after all that may."""
    pool = Pool.of([candidate for candidate, _ in judged])
    known = [features(prepared, candidate, pool) for candidate, _ in judged]
    scores = [
        score
        + ranking.track_record * held_balance(candidate.track_record)
        - ranking.does_not_apply * (verdict.verdict is _NOT)
        + ranking.error_code * code_balance(prepared, candidate)
        for (candidate, verdict), score in zip(judged, coefficients.scores(known), strict=True)
    ]
    scored = [
        # Not checked again: every part was made here, and there are dozens for each question.
        Ranked.model_construct(
            rank=1, score=score, probability=chance, candidate=candidate, applicability=verdict, features=values
        )
        for (candidate, verdict), values, score, chance in zip(
            judged, known, scores, coefficients.probabilities(scores), strict=True
        )
    ]
    return sorted(scored, key=lambda r: (r.applicability.verdict is _NOT, -r.score, r.candidate.resolution.id))


def held_balance(record: TrackRecord) -> float:
    """How far the fix held, from -1 never to 1 always; near 0 for few outcomes: four imagined ones, even, count too."""
    held, failed = max(0, record.held), max(0, record.failed)
    return (held - failed) / (held + failed + 4)


def _placed(prepared: PreparedQuery, ranked: Sequence[Ranked]) -> tuple[Ranked, ...]:
    return tuple(
        one.model_copy(update={"rank": place, "reasons": reasons(prepared, one.candidate)})
        for place, one in enumerate(ranked, start=1)
    )
