"""Thresholds by product area: where an installation has enough questions of one, its own line between yes and no.

Learned from what the ranking said of questions whose outcome is known, answered and unanswered, by `precedent tune`.
The ranking that comes with the program has none: areas are an installation's own.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieve.ranking import area_key, logistic

Floats = NDArray[np.float64]

LEAST = 40
"""Questions of an area below which it has no threshold of its own."""

LEAST_OF_EACH = 10
"""So many of them must have had an answer, and so many none: otherwise there is nothing to tell apart."""

FIRMNESS = 100
"""How many questions the common threshold counts for, against those of one area."""

HELD_BACK = 0.4
SURE = 0.95
_AS_GOOD = 0.01
_EDGE = 0.001
_ROUNDS = 5_000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: its area, the highest probability of its candidates, and whether one shown was right."""

    area: str | None
    probability: float
    answered: bool


@dataclass(frozen=True, slots=True)
class AreaThresholds:
    """What was learned, and how it tells answerable questions from others on later ones, before and after (0 to 1).

    `sure`: the share of resampled question sets in which it does so better.
    """

    thresholds: Mapping[str, float]
    learned_from: int
    held_back: int
    before: float
    after: float
    sure: float

    @property
    def better(self) -> bool:
        return self.after > self.before and self.sure >= SURE


def learn(judged: Sequence[Judged], common: float) -> AreaThresholds | None:
    """Thresholds from the earlier questions, judged by the later ones; None where no area has enough of both kinds."""
    cut = len(judged) - round(HELD_BACK * len(judged))
    earlier, later = judged[:cut], judged[cut:]
    found = fit(earlier, common)
    if not found or len({one.answered for one in later}) < len((True, False)):
        return None
    before = [decided_well(one, {}, common) for one in later]
    after = [decided_well(one, found, common) for one in later]
    gains = resampled_gains(later, np.array(after) - np.array(before))
    return AreaThresholds(
        thresholds=found,
        learned_from=len(earlier),
        held_back=len(later),
        before=balance(later, before),
        after=balance(later, after),
        sure=float((gains > 0).mean()),
    )


def fit(judged: Sequence[Judged], common: float) -> dict[str, float]:
    """The threshold of each area with enough questions: the common one, moved as its questions differ from the rest.

    Moved by the distance, in log-odds, between what does best for the area and what does best for all these questions
    together: what they have in common, such as how many had an answer, moves nothing. Shrunk by how few they are.
    """
    by_area: dict[str, list[Judged]] = {}
    for one in judged:
        if one.area and area_key(one.area):
            by_area.setdefault(area_key(one.area), []).append(one)
    for_all = _best(judged)
    found: dict[str, float] = {}
    for area, own in sorted(by_area.items()):
        with_answer = sum(one.answered for one in own)
        if len(own) >= LEAST and min(with_answer, len(own) - with_answer) >= LEAST_OF_EACH and for_all is not None:
            share = len(own) / (len(own) + FIRMNESS)
            moved = share * (_odds(_best(own) or for_all) - _odds(for_all))
            found[area] = round(logistic(_odds(common) + moved), 3)
    return found


def _best(judged: Sequence[Judged]) -> float | None:
    """The middle of the thresholds that about best tell the answered from the others."""
    answered = np.array([one.answered for one in judged], dtype=bool)
    stated = np.array([one.probability for one in judged])
    if answered.all() or not answered.any():
        return None
    tried = np.unique(stated)
    told = np.array([(stated[answered] >= t).mean() + (stated[~answered] < t).mean() for t in tried])
    return float(np.median(tried[told >= told.max() - _AS_GOOD]))


def _odds(probability: float) -> float:
    held = min(1 - _EDGE, max(_EDGE, probability))
    return math.log(held / (1 - held))


def decided_well(one: Judged, thresholds: Mapping[str, float], common: float) -> float:
    """1.0 where it is answered and there was an answer, or not answered and there was none."""
    threshold = thresholds.get(area_key(one.area or ""), common)
    return float((one.probability >= threshold) == one.answered)


def balance(judged: Sequence[Judged], well: Sequence[float]) -> float:
    """The mean of the shares decided well among questions with an answer and among those without."""
    sides = [[w for one, w in zip(judged, well, strict=True) if one.answered is side] for side in (True, False)]
    return sum(sum(side) / len(side) for side in sides) / len(sides)


def resampled_gains(judged: Sequence[Judged], gains: Floats) -> Floats:
    """What the balance gains in resampled question sets; each side is drawn from for itself."""
    draw = np.random.default_rng(_SEED)
    answered = np.array([one.answered for one in judged], dtype=bool)
    sides = [gains[answered], gains[~answered]]
    means = [side[draw.integers(0, len(side), size=(_ROUNDS, len(side)))].mean(axis=1) for side in sides]
    total: Floats = (means[0] + means[1]) / len(means)
    return total
