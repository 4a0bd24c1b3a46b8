"""Intervals for the figures of a report: how far they could lie from here by chance alone, at 95 %.

Hours are a sum over tickets that came as they came: the gamma interval of Fay and Feuer (1997) for a weighted sum of
Poisson counts, each ticket's hours its weight. Growth is a difference of two counts: each by its exact limits (Garwood
1936), put together by MOVER (Zou and Donner 2008).
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from pipelines.domain.value import Value

SMALL = 30
"""Tickets or searches below which a figure is shown with its interval: above, it is narrow."""

_TAIL = 0.025


class Interval(Value):
    low: float
    high: float


def of_total(weights: Sequence[float]) -> Interval | None:
    """The interval of a sum of non-negative weights, one for each that came; None for none."""
    total, squares = sum(weights), sum(weight * weight for weight in weights)
    if total <= 0:
        return None
    largest = max(weights)
    low = squares / (2 * total) * _chi_squared(_TAIL, 2 * total * total / squares)
    spread = squares + largest * largest
    high = spread / (2 * (total + largest)) * _chi_squared(1 - _TAIL, 2 * (total + largest) ** 2 / spread)
    return Interval(low=round(low, 1), high=round(high, 1))


def of_growth(recent: int, before: int, weeks: int) -> Interval:
    """The interval of the change in demand a week, by counts of as many weeks."""
    recent_low, recent_high = of_count(recent)
    before_low, before_high = of_count(before)
    change = recent - before
    low = change - math.hypot(recent - recent_low, before_high - before)
    high = change + math.hypot(recent_high - recent, before - before_low)
    return Interval(low=round(low / weeks, 2), high=round(high / weeks, 2))


def of_count(count: int) -> tuple[float, float]:
    """Garwood's exact limits of a Poisson mean."""
    low = _chi_squared(_TAIL, 2 * count) / 2 if count else 0.0
    return low, _chi_squared(1 - _TAIL, 2 * count + 2) / 2


@lru_cache(maxsize=4096)
def _chi_squared(share: float, degrees: float) -> float:
    """The quantile of the chi-squared distribution."""
    from scipy.special import gammaincinv  # noqa: PLC0415 (slow to import; only reports need it)

    return float(2 * gammaincinv(degrees / 2, share))
