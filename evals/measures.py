"""Measures of a ranking and of its probabilities, each with its uncertainty."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SUCCESS_AT = (1, 5, 10)
ROUNDS = 2_000
SEED = 20_130_107


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over questions with the 95 % bootstrap interval around it."""

    mean: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.3f} {self.high:.3f}]"


def ranking_measures(ranked: Sequence[str], relevant: Collection[str]) -> dict[str, float]:
    """S@k, MRR (reciprocal rank of the first right one), MAP (average precision over all relevant) of one question."""
    hits = 0
    precision = 0.0
    first = 0
    for place, name in enumerate(ranked, start=1):
        if name in relevant:
            hits += 1
            precision += hits / place
            first = first or place
    found = {f"S@{k}": float(0 < first <= k) for k in SUCCESS_AT}
    found["MRR"] = 1 / first if first else 0.0
    found["MAP"] = precision / len(relevant) if relevant else 0.0
    return found


def interval(values: Sequence[float], *, seed: int = SEED, rounds: int = ROUNDS) -> Interval:
    """Percentile bootstrap over questions; the same values and seed give the same interval. NaN for no values."""
    if not values:
        return Interval(float("nan"), float("nan"), float("nan"), 0)
    sample = np.asarray(values, dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(sample), size=(rounds, len(sample)))
    means = sample[draws].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Interval(float(sample.mean()), float(low), float(high), len(sample))


def by_measure(questions: Sequence[Mapping[str, float]]) -> dict[str, Interval]:
    """Each measure's interval over questions that all have the same measures."""
    return {name: interval([one[name] for one in questions]) for name in (questions[0] if questions else {})}


def calibration_error(probabilities: Sequence[float], outcomes: Sequence[float], bins: int = 10) -> float:
    """Expected calibration error: distance of stated from observed frequency, mean over equal-width bins by size."""
    stated = np.asarray(probabilities, dtype=np.float64)
    came = np.asarray(outcomes, dtype=np.float64)
    if not len(stated):
        return float("nan")
    place = np.minimum((stated * bins).astype(int), bins - 1)
    gaps = [abs(stated[place == b].mean() - came[place == b].mean()) * (place == b).sum() for b in np.unique(place)]
    return float(sum(gaps) / len(stated))


def reliability(probabilities: Sequence[float], outcomes: Sequence[float], bins: int = 5) -> list[dict[str, float]]:
    """Stated against observed frequency, a row for each bin that holds anything."""
    stated = np.asarray(probabilities, dtype=np.float64)
    came = np.asarray(outcomes, dtype=np.float64)
    place = np.minimum((stated * bins).astype(int), bins - 1)
    return [
        {
            "from": float(b / bins),
            "to": float((b + 1) / bins),
            "count": int((place == b).sum()),
            "stated": round(float(stated[place == b].mean()), 4),
            "observed": round(float(came[place == b].mean()), 4),
        }
        for b in np.unique(place)
    ]


def below(figures: Mapping[str, float], baseline: Mapping[str, float], tolerance: float) -> list[str]:
    """The measures that lie under their baseline by more than the tolerance, each in words."""
    return [
        f"{name} {figures[name]:.3f} is below the baseline {wanted:.3f}"
        for name, wanted in sorted(baseline.items())
        if name in figures and figures[name] < wanted - tolerance
    ]
