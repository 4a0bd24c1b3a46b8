"""Whether a fix held, with what so few cases cannot say: survival over time and a posterior share.

Survival after E. L. Kaplan and P. Meier (1958), its variance after M. Greenwood, the interval on the log(-log) scale,
which stays within 0 and 1. The share that holds has a Beta posterior from a uniform prior. Both are exact sums over a
handful of reuses; neither hides how few they are.
"""

import math
from collections.abc import Sequence

from pipelines.domain.value import Value

_Z = 1.959964
_STEPS = 60


class Span(Value):
    """One reuse: how many days it was watched after its ticket closed, and whether the problem then came back."""

    days: float
    failed: bool


class Survival(Value):
    """The share of reuses that still hold after `day` days, with its 95 % interval; None where nothing can be said.

    `at_risk`: reuses watched for that long at least.
    """

    day: float
    share: float
    low: float | None = None
    high: float | None = None
    at_risk: int = 0

    @property
    def known(self) -> bool:
        """Whether the share is an estimate at all: past the last day on which any was watched it is only the last one.

        That of 0 stays: what has failed does not hold again.
        """
        return self.at_risk > 0 or self.share == 0


class Share(Value):
    """A posterior share with its 95 % interval."""

    mean: float
    low: float
    high: float


def survival(spans: Sequence[Span], day: float) -> Survival:
    """Kaplan-Meier at one day. Reuses watched for a shorter time count for as long as they were watched."""
    share, greenwood = 1.0, 0.0
    for moment in sorted({span.days for span in spans if span.failed and span.days <= day}):
        at_risk = sum(span.days >= moment for span in spans)
        failed = sum(span.failed and span.days == moment for span in spans)
        share *= 1 - failed / at_risk
        greenwood = greenwood + failed / (at_risk * (at_risk - failed)) if failed < at_risk else math.inf
    watched = sum(span.days >= day for span in spans)
    low, high = _log_log(share, greenwood)
    return Survival(day=day, share=share, low=low, high=high, at_risk=watched)


def _log_log(share: float, greenwood: float) -> tuple[float | None, float | None]:
    if not 0 < share < 1 or not math.isfinite(greenwood):
        return None, None
    width = _Z * math.sqrt(greenwood) / abs(math.log(share))
    return share ** math.exp(width), share ** math.exp(-width)


def holds(held: int, failed: int) -> Share:
    """The share of reuses that hold: Beta(1 + held, 1 + failed)."""
    a, b = 1 + max(0, held), 1 + max(0, failed)
    return Share(mean=a / (a + b), low=beta_quantile(0.025, a, b), high=beta_quantile(0.975, a, b))


def beta_quantile(probability: float, a: int, b: int) -> float:
    """By bisection of the distribution function."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_cdf(x: float, a: int, b: int) -> float:
    """For whole a and b it is a binomial tail: at least a successes of a + b - 1."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    n = a + b - 1
    logs = math.log(x), math.log1p(-x)
    terms = (
        math.exp(math.lgamma(n + 1) - math.lgamma(j + 1) - math.lgamma(n - j + 1) + j * logs[0] + (n - j) * logs[1])
        for j in range(a, n + 1)
    )
    return min(1.0, math.fsum(terms))
