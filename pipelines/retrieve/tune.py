"""Learns the ranking from one installation's own answers, and keeps it only where it is better on later ones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieve.fit import Example, adjust
from pipelines.retrieve.ranking import Coefficients

LEAST_PAIRS = 60
"""Fewer questions with a known answer cannot tell an improvement from luck."""

HELD_BACK = 0.4
"""The share of the questions, the latest, that judges and is not learned from."""

SURE = 0.95
"""How sure it must be that the gain is not luck."""

# How firmly the weights hold to those before: chosen by cross-validation on the earlier part of the development pairs.
FIRMNESS = 0.01
_ROUNDS = 5_000
_SEED = 1


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning found: reciprocal rank of the right answer on the held-back questions, before and after.

    `sure`: the share of resampled question sets in which the new ranking is better.
    """

    learned_from: int
    held_back: int
    before: float
    after: float
    sure: float
    coefficients: Coefficients

    @property
    def better(self) -> bool:
        return self.after > self.before and self.sure >= SURE


def tune(examples: Sequence[Example], current: Coefficients, *, least: int = LEAST_PAIRS) -> Tuned | None:
    """Coefficients from the earlier examples, judged by the later ones; None with fewer than `least` of use.

    Examples are in order of time; of use are those with a right candidate and another. Deterministic.
    """
    usable = [e for e in examples if any(e.right) and not all(e.right)]
    if len(usable) < least:
        return None
    cut = len(usable) - round(HELD_BACK * len(usable))
    earlier, later = usable[:cut], usable[cut:]
    coefficients = adjust(earlier, current, l2=FIRMNESS)
    before = np.array([_reciprocal_rank(e, current) for e in later])
    after = np.array([_reciprocal_rank(e, coefficients) for e in later])
    return Tuned(
        learned_from=len(earlier),
        held_back=len(later),
        before=float(before.mean()),
        after=float(after.mean()),
        sure=_sure(after - before),
        coefficients=coefficients,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Reciprocal rank of the right answer on the same questions, seen through two embedding models."""

    questions: int
    before: float
    after: float
    sure: float

    @property
    def better(self) -> bool:
        return self.after > self.before and self.sure >= SURE


def compare(before: Sequence[Example], after: Sequence[Example], coefficients: Coefficients) -> Compared:
    """The same questions twice, in the same order, by one ranking; an answer that is not found counts 0."""
    old = np.array([_reciprocal_rank(one, coefficients) for one in before])
    new = np.array([_reciprocal_rank(one, coefficients) for one in after])
    return Compared(len(old), float(old.mean()), float(new.mean()), _sure(new - old))


def _sure(gains: NDArray[np.float64]) -> float:
    draws = np.random.default_rng(_SEED).integers(0, len(gains), size=(_ROUNDS, len(gains)))
    return float((gains[draws].mean(axis=1) > 0).mean())


def _reciprocal_rank(example: Example, coefficients: Coefficients) -> float:
    if not any(example.right):
        return 0.0
    scores = [coefficients.score(row) for row in example.features]
    best = max(score for score, right in zip(scores, example.right, strict=True) if right)
    # Ties count against: what is level with a wrong one is not found first.
    ahead = sum(score >= best for score, right in zip(scores, example.right, strict=True) if not right)
    return 1 / (1 + ahead)
