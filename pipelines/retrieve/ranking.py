"""The fitted ranking: coefficients for each feature, from a small file that evals/fit_ranking.py writes."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from pipelines.domain.value import Value
from pipelines.retrieve.features import NAMES

_SHIPPED = Path(__file__).with_name("ranking.json")


def area_key(area: str) -> str:
    """A product area as areas are compared."""
    return " ".join(area.split()).casefold()


class Coefficients(Value):
    """A linear score of the features, and the logistic curve that turns scores into probabilities.

    probability = logistic(slope * score + share * log(softmax of the score among the candidates) + offset): how good a
    candidate is, and how far it stands out. Both grow with the score, so that order and probability agree.
    """

    weights: Mapping[str, float]
    slope: float = Field(gt=0)
    share: float = Field(ge=0)
    offset: float
    threshold: float = Field(ge=0, le=1)
    """Below this probability the best candidate is not recommended."""

    area_thresholds: Mapping[str, float] = {}
    """The same for questions of some product areas, by `area_key`; none in the ranking that is shipped."""

    @model_validator(mode="after")
    def _known_features(self) -> Self:
        unknown = sorted(self.weights.keys() - set(NAMES))
        if unknown:
            raise ValueError(f"weights for features that do not exist: {', '.join(unknown)}")
        return self

    def threshold_for(self, area: str | None) -> float:
        """Below this probability the best candidate is not recommended to a question of this product area."""
        return self.area_thresholds.get(area_key(area or ""), self.threshold)

    def score(self, features: Mapping[str, float]) -> float:
        return self.scores([features])[0]

    def scores(self, features: Sequence[Mapping[str, float]]) -> list[float]:
        """The score of each candidate."""
        weights = [(name, weight) for name, weight in sorted(self.weights.items()) if weight]
        return [sum([weight * values[name] for name, weight in weights]) for values in features]

    def probabilities(self, scores: Sequence[float]) -> list[float]:
        """The chance of each candidate to be right, given the scores of all."""
        if not scores:
            return []
        best = max(scores)
        whole = best + math.log(math.fsum(math.exp(score - best) for score in scores))
        return [logistic(self.slope * score + self.share * (score - whole) + self.offset) for score in scores]


class Ranking(Value):
    """Coefficients with the vector index and without it, and three shifts of the score that are set, not fitted.

    `track_record` is the most that a fix that always (or never) held moves the score up or down;
    `does_not_apply` is what a resolution loses whose versions rule the asker's out; `error_code` is what one gains that
    names the asker's error code, and one loses that names another of the same family.
    """

    full: Coefficients
    lexical_only: Coefficients
    track_record: float = Field(ge=0)
    does_not_apply: float = Field(ge=0)
    error_code: float = Field(ge=0)


_NAMED: list[tuple[Ranking, str]] = []
"""The ranking that was named last: an installation has one, and names it at every question."""


def ranking_id(ranking: Ranking) -> str:
    """A short hash of everything the ranking was fitted to: two rankings with the same one rank alike."""
    for known, name in _NAMED:
        if known is ranking:
            return name
    name = hashlib.sha256(ranking.model_dump_json().encode()).hexdigest()[:16]
    _NAMED[:] = [(ranking, name)]
    return name


@cache
def shipped_ranking() -> Ranking:
    """The ranking that comes with the program, read once."""
    return Ranking.model_validate(json.loads(_SHIPPED.read_text(encoding="utf-8")))


def logistic(value: float) -> float:
    """1 / (1 + exp(-value)), without overflow at either end."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-min(value, 700.0)))
    grown = math.exp(max(value, -700.0))
    return grown / (1.0 + grown)
