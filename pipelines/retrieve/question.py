"""One symptom, several causes: the one question that tells the best candidates apart, and what its answer changes.

The question is the one with the highest expected information gain over the causes in question: how many bits of doubt
its answer takes away on average, after D. Lindley, On a measure of the information provided by an experiment (1956).
An answer moves probability between candidates by Bayes' rule. Nothing here knows how the candidates were ranked.
"""

import math
from collections.abc import Mapping, Sequence

from pipelines.domain.suggestions import UNKNOWN, Answer, Answered, Query, Question, Ranked
from pipelines.retrieve.conditions import ANOTHER, NO, NONE_OF_THESE, YES, Conditions, conditions
from pipelines.retrieve.documents import matchable
from pipelines.retrieve.inquiries import NAME, Inquiry, inquiries, inquiry_about
from pipelines.retrieve.query import PreparedQuery

LOOKED_AT = 6
"""Candidates that a question may be about."""

CLOSE = 0.15
"""A candidate is in question down to this share of the best one's probability."""

ALIKE = 0.2
"""Cosines to the question may differ by this much between candidates of one symptom."""

RELATED = 0.31
"""A candidate whose cosine to the question is lower has another symptom: see the degrees in `retrieve.explain`."""

SAME_CAUSE = 0.3
"""Share of words that cause and fix of two records have in common from which on they say the same."""

LEAST_GAIN = 0.1
"""Bits below which asking is not worth the agent's time."""

_CERTAIN = 0.99
_SAYS_NOTHING = {UNKNOWN, ANOTHER, NONE_OF_THESE, YES, NO, ""}


def with_answers(query: Query) -> Query:
    """The query with what was answered put where it belongs: version, area, error code, or the environment."""
    for answered in query.answers:
        about, answer = answered.about, answered.answer.strip()
        if answer.casefold() in _SAYS_NOTHING and not (about.startswith(NAME) and answer == YES):
            continue
        if about == "version":
            query = query.model_copy(update={"version": query.version or answer})
        elif about == "area":
            continue  # as a filter it would hide what names another area: only the order may change
        elif about == "code":
            query = query.model_copy(update={"body": f"{query.body}\n{answer}".strip()})
        else:
            part = about.removeprefix(NAME) if answer == YES else answer
            query = query.model_copy(update={"environment": "; ".join(filter(None, (query.environment, part)))})
    return query


def told_apart(query: Query, prepared: PreparedQuery, given: Answer) -> Answer:
    """The answer in the order that what the customer said makes likeliest, cut to `query.k`, with the next question.

    Once a question was answered no other follows; one answered with unknown is followed by the next best.
    """
    shown = given.suggestions or given.near_misses
    asked = [inquiry for answered in query.answers if (inquiry := _answerable(answered, shown))]
    after = _after(shown, asked)
    settled = any(answered.answer != UNKNOWN for _, answered in asked)
    question = None if settled else best_question(query, prepared, after)
    kept = tuple(one.model_copy(update={"rank": place}) for place, one in enumerate(after[: max(0, query.k)], start=1))
    part = "suggestions" if given.suggestions else "near_misses"
    return given.model_copy(update={part: kept, "question": question})


def _answerable(answered: Answered, shown: Sequence[Ranked]) -> tuple[Inquiry, Answered] | None:
    """The question that was answered, made again over what is shown; None where it asks nothing there any more."""
    inquiry = inquiry_about(answered.about, [conditions(one.candidate.resolution) for one in shown])
    return (inquiry, answered) if inquiry else None


def _after(shown: Sequence[Ranked], asked: Sequence[tuple[Inquiry, Answered]]) -> list[Ranked]:
    """All that is shown, likeliest first once the answers are known; their probabilities together stay as they were."""
    chances = [one.probability for one in shown]
    said = [(inquiry, answered) for inquiry, answered in asked if answered.answer != UNKNOWN]
    if not said:
        return list(shown)
    for inquiry, answered in said:
        stated = [conditions(one.candidate.resolution) for one in shown]
        chances = updated(chances, [inquiry.chance(answered.answer, one) for one in stated])
    moved = [
        one.model_copy(update={"probability": min(_CERTAIN, chance)})
        for one, chance in zip(shown, chances, strict=True)
    ]
    return sorted(moved, key=lambda one: (-one.probability, one.rank))


def updated(chances: Sequence[float], likelihoods: Sequence[float]) -> list[float]:
    """Bayes' rule over the candidates; the sum of the chances stays what it was."""
    joint = [chance * likelihood for chance, likelihood in zip(chances, likelihoods, strict=True)]
    whole = math.fsum(joint)
    if whole <= 0:
        return list(chances)
    return [math.fsum(chances) * value / whole for value in joint]


def best_question(query: Query, prepared: PreparedQuery, shown: Sequence[Ranked]) -> Question | None:
    """The question that separates the causes in question best, None where one is clear or no question helps."""
    close = in_question(shown)
    causes = by_cause(close)
    if len(set(causes)) < 2:  # noqa: PLR2004 - one cause leaves nothing to ask
        return None
    stated = [conditions(one.candidate.resolution) for one in close]
    chances = [one.probability for one in close]
    known = {answered.about for answered in query.answers}
    best: tuple[float, Inquiry] | None = None
    for inquiry in inquiries(prepared, stated):
        if inquiry.about in known:
            continue
        gain = inquiry.answerable * expected_gain(chances, causes, _likelihoods(inquiry, stated))
        if gain >= LEAST_GAIN and (best is None or gain > best[0]):
            best = gain, inquiry
    if best is None:
        return None
    gain, inquiry = best
    names = tuple(one.candidate.resolution.id for one in close)
    options = (*inquiry.options, UNKNOWN)
    return Question(about=inquiry.about, text=inquiry.text, options=options, apart=names, gain=round(gain, 4))


def _likelihoods(inquiry: Inquiry, stated: Sequence[Conditions]) -> list[Mapping[str, float]]:
    return [{option: inquiry.chance(option, one) for option in inquiry.options} for one in stated]


def in_question(shown: Sequence[Ranked]) -> list[Ranked]:
    """The likeliest candidate and those that come close to it for the same symptom."""
    ordered = sorted(shown, key=lambda one: (-one.probability, one.rank))[:LOOKED_AT]
    if not ordered:
        return []
    first = ordered[0]
    return [one for one in ordered if one.probability >= CLOSE * first.probability and _one_symptom(first, one)]


def _one_symptom(first: Ranked, other: Ranked) -> bool:
    ours, theirs = first.candidate.similarity, other.candidate.similarity
    if ours is None or theirs is None:
        return True
    return min(ours, theirs) >= RELATED and abs(ours - theirs) <= ALIKE


def by_cause(shown: Sequence[Ranked]) -> list[int]:
    """A number for each candidate, the same for those that name one cause: one error code, or nearly one answer."""
    found: list[int] = []
    for place, one in enumerate(shown):
        same = next((found[i] for i in range(place) if _one_cause(shown[i], one)), place)
        found.append(same)
    return found


def _one_cause(first: Ranked, other: Ranked) -> bool:
    ours, theirs = first.candidate.resolution, other.candidate.resolution
    if conditions(ours).codes & conditions(theirs).codes:
        return True
    mine, seen = matchable(ours.content).answer, matchable(theirs.content).answer
    return bool(mine | seen) and len(mine & seen) >= SAME_CAUSE * len(mine | seen)


def expected_gain(chances: Sequence[float], causes: Sequence[int], likelihoods: Sequence[Mapping[str, float]]) -> float:
    """Bits by which the answer narrows down the cause on average: at least 0, at most the doubt there is.

    `likelihoods`: for each candidate the chance of each option if it is the right one; each sums to 1.
    """
    whole = math.fsum(chances)
    if whole <= 0:
        return 0.0
    left = 0.0
    for option in likelihoods[0] if likelihoods else ():
        joint = [chance / whole * each[option] for chance, each in zip(chances, likelihoods, strict=True)]
        said = math.fsum(joint)
        if said > 0:
            left += said * doubt([value / said for value in joint], causes)
    return max(0.0, doubt([chance / whole for chance in chances], causes) - left)


def doubt(chances: Sequence[float], causes: Sequence[int]) -> float:
    """Entropy over the causes, in bits."""
    sums: dict[int, float] = {}
    for chance, cause in zip(chances, causes, strict=True):
        sums[cause] = sums.get(cause, 0.0) + chance
    return -math.fsum(value * math.log2(value) for value in sums.values() if value > 0)
