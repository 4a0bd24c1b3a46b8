"""What ranking makes of questions: its measures beside those of simple methods, and whether its probabilities hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.corpus import Question
from evals.measures import Interval, by_measure, calibration_error, interval, ranking_measures, reliability
from pipelines.domain.suggestions import Applicability, ApplicabilityVerdict, Candidate, Ranked
from pipelines.retrieve.fit import SHOWN
from pipelines.retrieve.rank import order
from pipelines.retrieve.ranking import Coefficients, Ranking

RANKED = "ranked"
DEGRADED = "words only, ranked (degraded)"
COVERAGES = (0.1, 0.25, 0.5, 0.75, 1.0)

_UNJUDGED = Applicability(verdict=ApplicabilityVerdict.UNKNOWN, why="not judged")


def ranked(question: Question, ranking: Ranking, *, words_only: bool = False) -> list[Ranked]:
    """All candidates of a question, best first."""
    candidates = question.words_only() if words_only else question.candidates
    judged = [(candidate, _UNJUDGED) for candidate in candidates]
    return order(question.prepared, judged, ranking, coefficients(ranking, candidates))


def coefficients(ranking: Ranking, candidates: Sequence[Candidate]) -> Coefficients:
    return ranking.full if any(c.similarity is not None for c in candidates) else ranking.lexical_only


def names(found: Sequence[Ranked]) -> tuple[str, ...]:
    return tuple(one.candidate.resolution.id for one in found)


def methods(questions: Sequence[Question], ranking: Ranking) -> dict[str, dict[str, Interval]]:
    """Each method's measures over the same questions, and what ranking gains over each, question by question."""
    lists = {name: [q.simple[name] for q in questions] for name in (questions[0].simple if questions else {})}
    lists[DEGRADED] = [names(ranked(q, ranking, words_only=True)) for q in questions]
    lists[RANKED] = [names(ranked(q, ranking)) for q in questions]
    each = {
        name: [ranking_measures(ids, q.relevant) for ids, q in zip(found, questions, strict=True)]
        for name, found in lists.items()
    }
    measured = {name: by_measure(values) for name, values in each.items()}
    for other in lists:
        if other not in (RANKED, DEGRADED):
            pairs = zip(each[RANKED], each[other], strict=True)
            gains = [{measure: ours[measure] - theirs[measure] for measure in ours} for ours, theirs in pairs]
            measured[f"gain over {other}"] = by_measure(gains)
    return measured


@dataclass(frozen=True, slots=True)
class _Best:
    """The first suggestion of a question: what it claims, and whether it, or another that is shown, is right."""

    stated: float
    first: bool
    shown: bool
    known: bool


def probabilities(questions: Sequence[Question], ranking: Ranking, *, words_only: bool = False) -> dict[str, Any]:
    """Whether stated probabilities hold, and what abstaining brings; half of the questions should have no answer."""
    stated: list[float] = []
    came: list[float] = []
    best: list[_Best] = []
    for question in questions:
        shown = ranked(question, ranking, words_only=words_only)[:SHOWN]
        right = [one.candidate.resolution.id in question.relevant for one in shown]
        stated += [one.probability for one in shown]
        came += [float(one) for one in right]
        first = shown[0].probability if shown else 0.0
        best.append(_Best(first, right[:1] == [True], any(right), bool(question.relevant)))
    threshold = (ranking.lexical_only if words_only else ranking.full).threshold
    return {
        "questions": len(best),
        "calibration_error": calibration_error(stated, came),
        "first_calibration_error": calibration_error([b.stated for b in best], [float(b.first) for b in best]),
        "threshold": threshold,
        "answered": interval([float(b.stated >= threshold) for b in best]),
        "right_among_shown_when_answered": interval([float(b.shown) for b in best if b.stated >= threshold]),
        "abstained_when_nothing_known": interval([float(b.stated < threshold) for b in best if not b.known]),
        "answered_when_right_was_there": interval([float(b.stated >= threshold) for b in best if b.shown]),
        "reliability": reliability(stated, came),
        "coverage": _coverage(best),
    }


def _coverage(best: Sequence[_Best]) -> list[dict[str, float]]:
    """How often the first and any shown one is right where only the surest questions are answered."""
    ordered = sorted(best, key=lambda b: -b.stated)
    rows = []
    for share in COVERAGES if ordered else ():
        given = ordered[: max(1, round(share * len(ordered)))]
        first, shown = (sum(each) / len(given) for each in zip(*((b.first, b.shown) for b in given), strict=True))
        rows.append({"coverage": share, "least": given[-1].stated, "first_right": first, "right_among_shown": shown})
    return rows


def not_below(name: str, measured: Mapping[str, Mapping[str, Interval]], others: Sequence[str]) -> list[str]:
    """In words, where ranking surely loses to one of these: the whole interval of what it gains lies below 0."""
    return [
        f"{name}: ranking changes {measure} by {gain} against {other}"
        for other in others
        for measure, gain in measured.get(f"gain over {other}", {}).items()
        if gain.high < 0
    ]
