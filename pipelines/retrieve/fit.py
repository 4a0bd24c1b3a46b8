"""Fits the ranking to questions with known answers: first the weights, then the curve that gives probabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipelines.retrieve.features import MEANING_FEATURES, NAMES
from pipelines.retrieve.ranking import Coefficients

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = NDArray[np.float64]

LOWERING = ("other_area",)
"""Features that may only lower the score; every other may only raise it, so that more likeness never ranks lower."""

SHOWN = 5
"""The curve is fitted on what would be shown, the best few of each question."""

MISSED = 1.0
"""How many needless suggestions one missed precedent is worth. A judgement, not a measurement: a missed one costs an
investigation; but near misses stay in sight beside an abstention, and each wrong suggestion costs trust."""

_RESAMPLES = 200
"""The balance is flat around its best: chosen on the questions as they are, a few more would move the threshold far."""

_L2 = 0.002
_CURVE_BOUNDS = ((0.01, None), (0.0, None), (None, None))


@dataclass(frozen=True, slots=True)
class Example:
    """One question: the features of each candidate, and which of them answer it (none, where nothing does)."""

    features: Sequence[Mapping[str, float]]
    right: Sequence[bool]


def fit(examples: Sequence[Example], *, meaning: bool = True, l2: float = _L2) -> Coefficients:
    """Coefficients from the examples; the same examples in the same order give the same coefficients.

    Weights minimise the cross-entropy of a softmax over each question's candidates (ListNet's top-one loss, Cao et al.
    2007) under sign bounds. Slope, share and offset are a logistic regression, as in Platt's scaling, over the best few
    candidates of all questions, those without an answer included. The threshold is the probability that about best
    tells questions with a right candidate among the best few from the others, a missed one counting MISSED times.

    meaning: False fits for word search alone. Raises ValueError where no example has a right candidate.
    """
    names = [name for name in NAMES if meaning or name not in MEANING_FEATURES]
    tables = [(_table(e.features, names), np.array(e.right, dtype=bool)) for e in examples if e.features]
    if not any(right.any() for _, right in tables):
        raise ValueError("no example has a right candidate; the ranking cannot be fitted")
    weights = _order_weights(tables, names, l2, np.zeros(len(names)))
    scores = [table @ weights for table, _ in tables]
    shown = [np.argsort(-s, kind="stable")[:SHOWN] for s in scores]
    lines = [np.column_stack([s, s - _log_sum(s), np.ones(len(s))]) for s in scores]
    curve = _curve(
        np.concatenate([line[top] for line, top in zip(lines, shown, strict=True)]),
        np.concatenate([right[top] for (_, right), top in zip(tables, shown, strict=True)]),
    )
    best = np.array([(line @ curve).max() for line in lines])
    answered = np.array([right[top].any() for (_, right), top in zip(tables, shown, strict=True)])
    return Coefficients(
        weights={name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
        slope=round(float(curve[0]), 4),
        share=round(float(curve[1]), 4),
        offset=round(float(curve[2]), 4),
        threshold=round(max(_threshold(1 / (1 + np.exp(-best)), answered), _no_evidence(curve)), 3),
    )


def _no_evidence(curve: Floats) -> float:
    """A little above the probability of a single candidate that nothing speaks for: it must never be recommended."""
    return float(1 / (1 + np.exp(-curve[2]))) + 0.01


def _log_sum(scores: Floats) -> float:
    best = float(scores.max())
    return best + float(np.log(np.exp(scores - best).sum()))


def _table(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> Floats:
    return np.array([[row[name] for name in names] for row in rows], dtype=np.float64)


def adjust(examples: Sequence[Example], start: Coefficients, *, l2: float) -> Coefficients:
    """Coefficients for these examples that stray from those to start with only as far as the examples insist.

    The curve is laid so that each candidate keeps nearly the probability it had: examples of one installation are
    questions that somebody found the answer to, which says nothing of how often there is none.
    Raises ValueError where no example has both a right and another candidate.
    """
    names = [name for name in NAMES if name in start.weights]
    tables = [(_table(e.features, names), np.array(e.right, dtype=bool)) for e in examples if e.features]
    if not any(right.any() and not right.all() for _, right in tables):
        raise ValueError("no example has a right candidate beside another; the ranking cannot be adjusted")
    before = np.array([start.weights[name] for name in names])
    weights = _order_weights(tables, names, l2, before)
    lines, meant = [], []
    for table, _ in tables:
        old, new = table @ before, table @ weights
        lines.append(np.column_stack([new, new - _log_sum(new), np.ones(len(new))]))
        meant.append(start.slope * old + start.share * (old - _log_sum(old)) + start.offset)
    curve = _nearest_curve(np.concatenate(lines), np.concatenate(meant))
    return Coefficients(
        weights={name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
        slope=round(float(curve[0]), 4),
        share=round(float(curve[1]), 4),
        offset=round(float(curve[2]), 4),
        threshold=round(max(start.threshold, _no_evidence(curve)), 3),
    )


def _nearest_curve(lines: Floats, meant: Floats) -> Floats:
    def loss(curve: Floats) -> tuple[float, Floats]:
        wrong = lines @ curve - meant
        return float(wrong @ wrong) / len(wrong), 2 * lines.T @ wrong / len(wrong)

    return _minimise(loss, np.array([1.0, 0.0, 0.0]), _CURVE_BOUNDS)


def _order_weights(
    tables: Sequence[tuple[Floats, NDArray[np.bool_]]], names: Sequence[str], l2: float, start: Floats
) -> Floats:
    """The weights of least loss; l2 is the price of each one's squared distance from where it starts."""
    with_answer = [(table, right) for table, right in tables if right.any() and not right.all()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        moved = weights - start
        total, slope = l2 * float(moved @ moved), 2 * l2 * moved
        for table, right in with_answer:
            scores = table @ weights
            powers = np.exp(scores - scores.max())
            chance = powers / powers.sum()
            among_right = np.where(right, powers, 0.0) / powers[right].sum()
            total -= float(np.log(chance[right].sum())) / len(with_answer)
            slope = slope + table.T @ (chance - among_right) / len(with_answer)
        return total, slope

    bounds = [(None, 0.0) if name in LOWERING else (0.0, None) for name in names]
    return _minimise(loss, start, bounds)


def _curve(lines: Floats, right: NDArray[np.bool_]) -> Floats:
    """Slope, share and offset of the logistic curve of being right, with Platt's smoothed targets."""
    hits, misses = int(right.sum()), int((~right).sum())
    wanted = np.where(right, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(curve: Floats) -> tuple[float, Floats]:
        margin = lines @ curve
        # log(1 + exp(x)) without overflow
        total = float((np.logaddexp(0, margin) - wanted * margin).mean())
        wrong = 1 / (1 + np.exp(-margin)) - wanted
        return total, lines.T @ wrong / len(wanted)

    return _minimise(loss, np.array([1.0, 0.0, 0.0]), _CURVE_BOUNDS)


def _threshold(best: Floats, answered: NDArray[np.bool_]) -> float:
    """The threshold of the best balance, as the mean over resamples of the questions (Breiman's bagging, 1996)."""
    if answered.all() or not answered.any():
        return 0.0
    draw = np.random.default_rng(0)
    found = [_best_balanced(best, answered)]
    for _ in range(_RESAMPLES):
        drawn = draw.integers(0, len(best), len(best))
        if answered[drawn].any() and not answered[drawn].all():
            found.append(_best_balanced(best[drawn], answered[drawn]))
    return float(np.mean(found))


def _best_balanced(best: Floats, answered: NDArray[np.bool_]) -> float:
    tried = np.unique(best)
    with_one, with_none = np.sort(best[answered]), np.sort(best[~answered])
    missed = np.searchsorted(with_one, tried) / len(with_one)
    abstained = np.searchsorted(with_none, tried) / len(with_none)
    return float(tried[np.argmax(abstained - MISSED * missed)])


def _minimise(
    loss: "Callable[[Floats], tuple[float, Floats]]",
    start: Floats,
    bounds: Sequence[tuple[float | None, float | None]],
) -> Floats:
    from scipy.optimize import minimize  # noqa: PLC0415 - only fitting needs it, and it is slow to import

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=list(bounds), options={"maxiter": 500})
    return np.asarray(found.x, dtype=np.float64)
