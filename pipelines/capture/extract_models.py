"""How likely something states a field: a logistic model and boosted trees, averaged, fitted by `evals.fit_capture`.

The two err differently: the trees see what goes together, the logistic model says less wild things of threads unlike
those it was fitted on. Called by `extract`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FITTED = Path(__file__).with_name("extract_models.json")
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees, node by node: arrays of shape (trees, nodes). A leaf leads to itself.

    A row goes to `low` where its value of `feature` is at most `bound`, else to `high`; `value` is in log odds.
    """

    feature: NDArray[np.int32]
    bound: NDArray[np.float32]
    low: NDArray[np.int32]
    high: NDArray[np.int32]
    value: NDArray[np.float32]
    depth: int

    def log_odds(self, rows: Matrix) -> Matrix:
        """Shape (rows,): the sum over the trees."""
        tree = np.arange(len(self.feature))[None, :]
        at = np.zeros((len(rows), len(self.feature)), dtype=np.int32)
        row = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_low = rows[row, self.feature[tree, at]] <= self.bound[tree, at]
            at = np.where(goes_low, self.low[tree, at], self.high[tree, at])
        total: Matrix = self.value[tree, at].sum(axis=1)
        return total


@dataclass(frozen=True, slots=True)
class Model:
    """`threshold`: below that expected score a field stays empty. `typical`: characters, or words, mostly quoted."""

    weights: Matrix
    intercept: float
    trees: Trees
    threshold: float
    typical: float

    def probabilities(self, rows: Matrix) -> Matrix:
        """Shape (rows,), in [0, 1]."""
        if not len(rows):
            return np.zeros(0, dtype=np.float32)
        score = (rows @ self.weights + self.intercept + self.trees.log_odds(rows)) / 2
        return np.asarray(1.0 / (1.0 + np.exp(-score)), dtype=np.float32)


def load_models(names: Mapping[str, Sequence[str]], path: Path = FITTED) -> dict[str, Model]:
    """The fitted models by what they tell. `names`: the features each was fitted for.

    Raises ValueError where the file was fitted for other features.
    """
    fitted = json.loads(path.read_text(encoding="utf-8"))
    stale = [told for told, wanted in names.items() if fitted[told]["features"] != list(wanted)]
    if stale:
        raise ValueError(f"{path.name} was fitted for other features; run `python -m evals.fit_capture`")
    return {told: model_of(fitted[told]) for told in names}


def model_of(fitted: Mapping[str, Any]) -> Model:
    trees = fitted["trees"]
    return Model(
        weights=np.array(fitted["weights"], dtype=np.float32),
        intercept=float(fitted["intercept"]),
        trees=Trees(
            feature=_padded([tree["feature"] for tree in trees], np.int32),
            bound=_padded([tree["bound"] for tree in trees], np.float32),
            low=_padded([tree["low"] for tree in trees], np.int32),
            high=_padded([tree["high"] for tree in trees], np.int32),
            value=_padded([tree["value"] for tree in trees], np.float32),
            depth=int(fitted["depth"]),
        ),
        threshold=float(fitted["threshold"]),
        typical=float(fitted["typical"]),
    )


def _padded(rows: Sequence[Sequence[float]], kind: Any) -> Any:
    found = np.zeros((len(rows), max(map(len, rows), default=1)), dtype=kind)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found
