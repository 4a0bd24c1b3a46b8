"""Whether demand fell after a gap was closed, against demand that nobody answered.

Difference in differences on counts: what came before and after the closing, beside what came before and after to
comparable gaps that stayed open. With Poisson counts the ratio of the two changes needs no exposures, since they
cancel; its interval is the Gamma-Poisson one under Jeffreys priors (Price and Bonett 2000, for one ratio of rates),
here for a ratio of two ratios. Where the comparable gaps differ from one another by more than chance, all counts weigh
less by that factor (quasi-Poisson: Pearson's statistic over its degrees of freedom, McCullagh and Nelder 1989).

A record that covers a ticket does not make it uncounted: what came is counted as it came, answered or not; otherwise
every closing would verify itself. Looking often would make chance into a finding, so a verdict is given at five set
times alone, each at the level that keeps all five together at 95 % (Pocock 1977).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from pipelines.domain.value import Value

LOOKS = (4, 8, 16, 32, 52)
"""Whole weeks after a closing at which a verdict is given."""

LEVEL = 1 - 0.0158
"""Pocock's level for five looks at 5 %."""

BEFORE = 26
"""Weeks before a closing that count, at the most."""

SHORTEST_BEFORE = 4
"""Weeks of demand on record before a closing, without which nothing can be compared."""

ENOUGH = 8.0
"""Demand expected without the closing, from which as much coming is a sign that nothing changed: of a demand that was
halved, as much or more comes in 5 of 100 cases."""

HALVED = 0.5
ALIKE = 3.0
"""A gap is of similar size up to so many times the demand, or down to that part of it."""

ENOUGH_COMPARED = 20
"""Demand before the closing that comparable gaps must have together."""

_POINTS = 8192
_GRID = np.linspace(-5.0, 5.0, 201)


class Verdict(StrEnum):
    WATCHING = "watching"
    FELL = "fell"
    STAYED = "stayed"


class Basis(StrEnum):
    """What a closed gap is compared with, the likest first."""

    AREA = "gaps of similar size in the same area"
    SIZE = "gaps of similar size"
    REST = "all other demand"
    NOTHING = "nothing"


class Other(Value):
    """A gap that was known and stayed open: when its demand came."""

    area: str | None = None
    times: tuple[datetime, ...] = ()


class Counts(Value):
    before: int
    after: int


class Change(Value):
    """How demand changed against the others, 1 for not at all. `dispersion`: what the counts were divided by."""

    seen: int
    expected: float
    ratio: float
    low: float
    high: float
    dispersion: float = 1.0


class Watch(Value):
    """What is known of a closed gap's demand. `weeks`: whole ones since the closing, in which `seen` came.

    `change` is over the same weeks, `look` the week of the last look and `verdict` what it said. `weekly`: demand by
    week, the last `BEFORE` before the closing and all since, `closed_in` the number of those before.
    """

    verdict: Verdict = Verdict.WATCHING
    look: int | None = None
    next_look: int | None = None
    weeks: int
    before_weeks: int
    before: int
    seen: int
    change: Change | None = None
    basis: Basis = Basis.NOTHING
    compared: int = 0
    compared_before: int = 0
    compared_after: int = 0
    weekly: tuple[int, ...] = ()


def watch(
    times: Sequence[datetime],
    area: str | None,
    closed_at: datetime,
    others: Sequence[Other],
    rest: Sequence[datetime],
    first: datetime,
    now: datetime,
) -> Watch:
    """Where a closed gap stands. `rest`: all demand that no closed gap has; `first`: the first demand on record."""
    weeks = max((now - closed_at) // timedelta(weeks=1), 0)
    before_weeks = min(max((closed_at - first) // timedelta(weeks=1), 0), BEFORE)
    basis, compared = _comparable(times, area, closed_at, before_weeks, others, rest)
    look = max((week for week in LOOKS if week <= weeks), default=None)
    own = counts(times, closed_at, before_weeks, weeks)
    beside = [counts(each, closed_at, before_weeks, weeks) for each in compared]
    enough_history = before_weeks >= SHORTEST_BEFORE
    verdict = Verdict.WATCHING
    if look is not None and enough_history:
        at_look = [counts(each, closed_at, before_weeks, look) for each in (times, *compared)]
        verdict = judge(change(at_look[0], at_look[1:]), last=look == LOOKS[-1])
    return Watch(
        verdict=verdict,
        look=look,
        next_look=next((week for week in LOOKS if week > weeks), None),
        weeks=weeks,
        before_weeks=before_weeks,
        before=own.before,
        seen=own.after,
        change=change(own, beside) if enough_history and weeks else None,
        basis=basis,
        compared=len(compared) if basis in (Basis.AREA, Basis.SIZE) else 0,
        compared_before=sum(each.before for each in beside),
        compared_after=sum(each.after for each in beside),
        weekly=_weekly(times, closed_at, before_weeks, weeks),
    )


def judge(found: Change | None, *, last: bool = False) -> Verdict:
    """What a look says. Demand stayed where enough was expected to see it fall, and it did not, or surely not by half;
    at the last look, where it was not shown to fall.
    """
    if found is None:
        return Verdict.WATCHING
    if found.high < 1:
        return Verdict.FELL
    if found.expected >= ENOUGH and (found.ratio >= 1 or found.low > HALVED or last):
        return Verdict.STAYED
    return Verdict.WATCHING


def change(own: Counts, others: Sequence[Counts]) -> Change | None:
    """The change of one gap's demand over that of the others; None where nothing came before, or to compare with."""
    before, after = sum(each.before for each in others), sum(each.after for each in others)
    if own.before == 0 or before == 0 or after == 0:
        return None
    weight = 1 / dispersion(others)
    expected = own.before * after / before
    logs = (
        _log_gamma(0, own.after * weight)
        - _log_gamma(1, own.before * weight)
        - _log_gamma(2, after * weight)
        + _log_gamma(3, before * weight)
    )
    tail = (1 - LEVEL) / 2
    low, high = np.exp(np.quantile(logs, (tail, 1 - tail)))
    return Change(
        seen=own.after,
        expected=round(expected, 2),
        ratio=round(own.after / expected, 3),
        low=round(float(low), 3),
        high=round(float(high), 3),
        dispersion=round(1 / weight, 3),
    )


def dispersion(others: Sequence[Counts]) -> float:
    """How many times more than by chance the changes of the others differ; 1 where they do not, or are too few."""
    asked = [(each.after, each.before + each.after) for each in others if each.before + each.after]
    total, share = sum(n for _, n in asked), sum(after for after, _ in asked) / max(sum(n for _, n in asked), 1)
    if len(asked) < 3 or not 0 < share < 1 or not total:  # noqa: PLR2004 - of two, the variance says nothing
        return 1.0
    squares = sum((after - n * share) ** 2 / (n * share * (1 - share)) for after, n in asked)
    return float(max(1.0, squares / (len(asked) - 1)))


def counts(times: Sequence[datetime], closed_at: datetime, before_weeks: int, weeks: int) -> Counts:
    """Demand in the weeks before a closing and in those after."""
    start, end = closed_at - timedelta(weeks=before_weeks), closed_at + timedelta(weeks=weeks)
    return Counts(
        before=sum(start <= at < closed_at for at in times),
        after=sum(closed_at <= at < end for at in times),
    )


def _comparable(
    times: Sequence[datetime],
    area: str | None,
    closed_at: datetime,
    before_weeks: int,
    others: Sequence[Other],
    rest: Sequence[datetime],
) -> tuple[Basis, list[Sequence[datetime]]]:
    """Gaps that were about as large before the closing: in the same area, else anywhere, else all other demand.

    They were noticed as the closed one was, by having much demand, so that what falls back by itself falls back in
    both. All other demand was not, and says less.
    """
    size = counts(times, closed_at, before_weeks, 0).before
    sized = [(other, counts(other.times, closed_at, before_weeks, 0).before) for other in others]
    alike = [(other, own) for other, own in sized if own and size and 1 / ALIKE <= own / size <= ALIKE]
    near = [(other, own) for other, own in alike if area is not None and other.area == area]
    for basis, found in ((Basis.AREA, near), (Basis.SIZE, alike)):
        if sum(own for _, own in found) >= ENOUGH_COMPARED:
            return basis, [other.times for other, _ in found]
    return (Basis.REST, [rest]) if rest else (Basis.NOTHING, [])


def _weekly(times: Sequence[datetime], closed_at: datetime, before_weeks: int, weeks: int) -> tuple[int, ...]:
    found = [0] * (before_weeks + weeks)
    for at in times:
        week = before_weeks + (at - closed_at) // timedelta(weeks=1)
        if 0 <= week < len(found):
            found[week] += 1
    return tuple(found)


def _log_gamma(dimension: int, count: float) -> NDArray[np.float64]:
    """Logarithms of draws from the posterior of a Poisson mean under Jeffreys prior, at points that never change.

    By the inverse of its distribution, so that more counted is never less drawn.
    """
    drawn: NDArray[np.float64] = np.interp(_points()[dimension], _GRID, _quantiles(count))
    return drawn


@lru_cache(maxsize=4096)
def _quantiles(count: float) -> NDArray[np.float64]:
    """The logarithm of the posterior's quantiles over the grid of normal scores."""
    from scipy.special import gammaincinv, ndtr  # noqa: PLC0415 (slow to import; only closed gaps need it)

    found: NDArray[np.float64] = np.log(np.maximum(gammaincinv(count + 0.5, ndtr(_GRID)), 1e-300))
    return found


@cache
def _points() -> NDArray[np.float64]:
    """Normal scores of evenly spread points of the unit cube of four dimensions.

    An additive recurrence on the root of x^5 = x + 1.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    root = 1.1673039782614187
    steps = np.array([root**-power for power in (1, 2, 3, 4)])
    scores: NDArray[np.float64] = ndtri(np.mod(0.5 + np.outer(steps, np.arange(1, _POINTS + 1)), 1.0))
    return scores
