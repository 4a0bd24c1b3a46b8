"""What speaks for one question behind two pieces of demand and how much; evals/fit_gaps writes the file."""

import json
import math
from functools import cache
from pathlib import Path

from pydantic import Field

from pipelines.domain.value import Value

_SHIPPED = Path(__file__).with_name("weights.json")

PER_SIZE = 0.7
"""How much the threshold rises as the demand grows by a factor of e. On mixes of 26, 70 and 285 tickets of the
development half the best one rose by 0.6 to 1; the odds that two are the same by chance would have it rise by 1."""

LEAST = 20
"""Less demand than this is treated like so much."""


class Weights(Value):
    """Log odds that a pair asks for the same knowledge, as a weighted sum, and from where on demand is put together.

    `meaning`: cosine, seen from the middle of all. `words`, `facts`: share of the rarer ones in common. `area`: 1 the
    same, -1 another, 0 not known. `apart`: logarithm of the share of all demand that was opened from the one to the
    other. `length`: logarithm of the number of different words; two short questions look alike by chance.
    """

    meaning: float = Field(ge=0)
    words: float = Field(ge=0)
    facts: float = Field(ge=0)
    area: float = Field(ge=0)
    apart: float = Field(le=0)
    length: float = Field(ge=0)
    base: float
    threshold: float
    """Mean log odds from which groups are one, for as much demand as `fitted_on`."""
    fitted_on: int = Field(gt=0)

    def same_question(self, size: int) -> float:
        """The threshold for so much demand: the more of it, the more strangers come close by chance."""
        return self.threshold + PER_SIZE * math.log(max(size, LEAST) / self.fitted_on)


@cache
def shipped_weights() -> Weights:
    """The weights that come with the program, read once."""
    return Weights.model_validate(json.loads(_SHIPPED.read_text(encoding="utf-8")))
