"""The intervals of hours and growth: known limits, and as often right as they say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gaps.interval import of_count, of_growth, of_total


@pytest.mark.parametrize(("count", "low", "high"), [(0, 0.0, 3.69), (1, 0.03, 5.57), (10, 4.8, 18.39)])
def test_a_count_has_garwoods_limits(count: int, low: float, high: float) -> None:
    assert (low, high) == tuple(round(limit, 2) for limit in of_count(count))


def test_a_total_of_equal_weights_has_the_limits_of_their_count() -> None:
    found = of_total([7.0] * 10)
    assert found is not None
    assert (round(7 * of_count(10)[0], 1), round(7 * of_count(10)[1], 1)) == (found.low, found.high)
    assert of_total([]) is None
    assert of_total([0.0, 0.0]) is None


@given(st.lists(st.floats(0.1, 500), min_size=1, max_size=20), st.floats(0.5, 20))
def test_a_total_lies_within_its_interval_which_scales_with_it(weights: list[float], factor: float) -> None:
    one, larger = of_total(weights), of_total([weight * factor for weight in weights])
    assert one is not None
    assert larger is not None
    assert one.low - 0.1 <= sum(weights) <= one.high + 0.1
    assert larger.high == pytest.approx(one.high * factor, rel=0.02, abs=0.2 * factor)


@given(st.integers(0, 40), st.integers(0, 40))
def test_growth_lies_within_its_interval_and_turns_with_it(recent: int, before: int) -> None:
    there, back = of_growth(recent, before, 4), of_growth(before, recent, 4)
    assert there.low <= (recent - before) / 4 <= there.high
    assert (there.low, there.high) == (-back.high, -back.low)


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """400 simulated gaps: both methods are known to err on the safe side, so that 372 of 400 is a sure failure."""
    chance = np.random.default_rng(3)
    hours, growth = 0, 0
    for _ in range(400):
        found = of_total(chance.exponential(20, max(chance.poisson(8), 1)).tolist())
        assert found is not None
        hours += found.low <= 160 <= found.high
        change = of_growth(chance.poisson(6), chance.poisson(4), 4)
        growth += change.low <= 0.5 <= change.high
    assert hours >= 372
    assert growth >= 372
