"""How likely a sentence states a field: logistic models over `extract_features`, fitted by `evals.fit_capture`."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.extract_features import NAMES

WEIGHTS = Path(__file__).with_name("extract_weights.json")


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights in the order of NAMES. A sentence below `threshold` is not proposed."""

    weights: NDArray[np.float32]
    intercept: float
    threshold: float

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Shape (units,), in [0, 1]."""
        score: NDArray[np.float32] = features @ self.weights + self.intercept
        return (1.0 / (1.0 + np.exp(-score))).astype(np.float32)


def load_rankers(path: Path = WEIGHTS) -> dict[str, Ranker]:
    """The fitted rankers by field. Raises ValueError where the file was fitted for other features."""
    fitted = json.loads(path.read_text(encoding="utf-8"))
    if tuple(fitted["features"]) != NAMES:
        raise ValueError(f"{path.name} was fitted for other features; run `python -m evals.fit_capture`")
    return {
        field: Ranker(np.array(one["weights"], dtype=np.float32), float(one["intercept"]), float(one["threshold"]))
        for field, one in fitted["fields"].items()
    }
