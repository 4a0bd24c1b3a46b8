"""A closed gap is verified by demand that fell against that of others, and by nothing else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gaps.verify import (
    ENOUGH,
    LOOKS,
    Basis,
    Counts,
    Other,
    Verdict,
    Watch,
    change,
    dispersion,
    judge,
    watch,
)

CLOSED = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEK = timedelta(weeks=1)
few = st.integers(0, 60)
some = st.integers(1, 60)
rivals = st.lists(st.builds(Counts, before=some, after=some), min_size=1, max_size=8)


def weekly(before: int, after: int, weeks: int = 26, later: int = 8, since: datetime = CLOSED) -> tuple[datetime, ...]:
    """So much demand, spread evenly over the weeks before and after a closing."""
    early = [since - weeks * WEEK + (n + 0.5) * weeks * WEEK / before for n in range(before)]
    return (*early, *(since + (n + 0.5) * later * WEEK / after for n in range(after)))


def looked(
    times: tuple[datetime, ...],
    *others: Other,
    weeks: float = 8,
    area: str | None = None,
    rest: tuple[datetime, ...] = (),
    first: datetime = CLOSED - 40 * WEEK,
) -> Watch:
    return watch(times, area, CLOSED, others, rest, first, CLOSED + weeks * WEEK)


STEADY = Other(times=weekly(26, 8))
TWO = (STEADY, Other(times=weekly(20, 6)))


def test_demand_that_stops_while_that_of_others_goes_on_has_fallen() -> None:
    seen = looked(weekly(26, 0), *TWO)
    assert seen.change is not None
    assert (Verdict.FELL, 8, 16, Basis.SIZE, 2) == (
        seen.verdict,
        seen.look,
        seen.next_look,
        seen.basis,
        seen.compared,
    )
    assert seen.change.high < 1
    assert 34 == len(seen.weekly)
    assert 26 == sum(seen.weekly)


def test_demand_that_goes_on_as_that_of_others_did_not_fall() -> None:
    seen = looked(weekly(40, 13), *TWO, Other(times=weekly(50, 15)))
    assert seen.change is not None
    assert (Verdict.STAYED, 1.1) == (seen.verdict, round(seen.change.ratio, 1))


def test_demand_that_falls_everywhere_proves_nothing() -> None:
    everywhere = Other(times=weekly(40, 2))
    assert (
        Verdict.WATCHING is looked(weekly(40, 2), everywhere, STEADY.model_copy(update=everywhere.model_dump())).verdict
    )
    silent = Other(times=weekly(40, 0))
    assert looked(weekly(40, 0), silent, silent).change is None


def test_nothing_is_said_before_the_first_look() -> None:
    seen = looked(weekly(26, 0), *TWO, weeks=3.9)
    assert (Verdict.WATCHING, None, 4, 3) == (seen.verdict, seen.look, seen.next_look, seen.weeks)


def test_between_two_looks_the_earlier_one_holds() -> None:
    """Otherwise every night would be a look, and one of them would find something by chance."""
    late = tuple(CLOSED + timedelta(weeks=9, hours=n) for n in range(30))
    at_eight = looked(weekly(26, 0), *TWO, weeks=8).verdict
    assert at_eight is looked(weekly(26, 0) + late, *TWO, weeks=15.9).verdict is Verdict.FELL


def test_without_history_from_before_nothing_is_compared() -> None:
    seen = looked(weekly(26, 0), *TWO, first=CLOSED - 3 * WEEK)
    assert (Verdict.WATCHING, None, 3) == (seen.verdict, seen.change, seen.before_weeks)


def test_likest_first_gaps_of_the_area_then_of_the_size_then_all_the_rest() -> None:
    export, auth = Other(area="export", times=weekly(26, 8)), Other(area="auth", times=weekly(26, 8))
    own = weekly(26, 0)
    assert Basis.AREA is looked(own, export, auth, area="export").basis
    assert Basis.SIZE is looked(own, auth, area="export").basis
    large = Other(times=weekly(200, 60))
    assert Basis.REST is looked(own, large, area="export", rest=weekly(300, 90)).basis
    assert (Basis.NOTHING, Verdict.WATCHING) == (looked(own).basis, looked(own).verdict)


@given(few, rivals)
def test_a_gap_that_nobody_asked_for_before_is_never_judged(after: int, others: list[Counts]) -> None:
    assert change(Counts(before=0, after=after), others) is None
    assert Verdict.WATCHING is judge(None, last=True)


@given(some, few, st.integers(1, 20), rivals)
def test_more_demand_afterwards_is_never_a_greater_fall(
    before: int, after: int, more: int, others: list[Counts]
) -> None:
    one = change(Counts(before=before, after=after), others)
    two = change(Counts(before=before, after=after + more), others)
    assert one is not None
    assert two is not None
    assert (one.low, one.high) <= (two.low, two.high)
    assert one.ratio <= two.ratio


@given(some, few, rivals, st.integers(2, 9))
def test_who_has_more_demand_of_the_same_shape_knows_more(
    before: int, after: int, others: list[Counts], times: int
) -> None:
    """The ratio has no scale; the interval narrows. One rival alone: several would differ more from each other too."""
    own, rival = Counts(before=before, after=after), others[:1]
    small = change(own, rival)
    large = change(
        Counts(before=before * times, after=after * times),
        [Counts(before=rival[0].before * times, after=rival[0].after * times)],
    )
    assert small is not None
    assert large is not None
    assert small.ratio == pytest.approx(large.ratio, abs=0.002)
    assert large.high <= small.high
    assert small.low <= large.low or after == 0


@given(some, few, rivals)
def test_the_interval_holds_the_ratio(before: int, after: int, others: list[Counts]) -> None:
    found = change(Counts(before=before, after=after), others)
    assert found is not None
    assert found.low <= found.high
    assert after == 0 or found.low <= found.ratio <= found.high
    assert found.expected >= ENOUGH or judge(found) is not Verdict.STAYED


@given(st.integers(-500, 500), st.integers(1, 40), st.integers(0, 20))
def test_it_does_not_matter_when_all_of_it_happens(days: int, before: int, after: int) -> None:
    shift = timedelta(days=days)
    times = weekly(before, after)
    moved = watch(
        [at + shift for at in times],
        None,
        CLOSED + shift,
        [Other(times=tuple(at + shift for at in other.times)) for other in TWO],
        (),
        CLOSED - 40 * WEEK + shift,
        CLOSED + 8 * WEEK + shift,
    )
    assert looked(times, *TWO) == moved


def test_gaps_that_differ_among_themselves_make_the_interval_wider() -> None:
    own = Counts(before=30, after=9)
    alike = [Counts(before=30, after=9)] * 4
    unlike = [Counts(before=30, after=n) for n in (1, 17, 2, 16)]
    narrow, wide = change(own, alike), change(own, unlike)
    assert 1.0 == dispersion(alike)
    assert narrow is not None
    assert wide is not None
    assert narrow.ratio == wide.ratio
    assert wide.low < narrow.low < narrow.high < wide.high


@pytest.mark.parametrize("truth", [0.3, 1.0])
def test_the_interval_covers_the_truth_as_often_as_it_says(truth: float) -> None:
    """400 simulated gaps beside five that stay open, at 98.4 %: 394 expected, at least 386 in all but 1 of 1,000."""
    chance = np.random.default_rng(7)
    covered = 0
    for _ in range(400):
        others = [Counts(before=b, after=a) for b, a in zip(chance.poisson(15, 5), chance.poisson(9, 5), strict=True)]
        found = change(Counts(before=max(chance.poisson(20), 1), after=chance.poisson(12 * truth)), others)
        assert found is not None
        covered += found.low <= truth <= found.high
    assert covered >= 386


@pytest.mark.parametrize(("effect", "verdict", "at_least"), [(1.0, Verdict.STAYED, 0.9), (0.0, Verdict.FELL, 0.9)])
def test_over_a_year_of_looks_few_gaps_are_misjudged(effect: float, verdict: Verdict, at_least: float) -> None:
    """A record that changes nothing ends in reopening, one that ends the demand in verification; one look a verdict."""
    chance = np.random.default_rng(11)
    ends = [_year(chance, effect) for _ in range(100)]
    assert sum(end is verdict for end in ends) / len(ends) >= at_least
    wrong = Verdict.FELL if verdict is Verdict.STAYED else Verdict.STAYED
    assert sum(end is wrong for end in ends) / len(ends) <= 0.07


def _year(chance: np.random.Generator, effect: float) -> Verdict:
    """What the looks of a year come to, at one ticket a week in the gap and in each of five others."""
    before, beside = max(chance.poisson(26), 1), chance.poisson(26, 5)
    after, since, week = 0, np.zeros(5, dtype=int), 0
    for look in LOOKS:
        after, since = after + chance.poisson(effect * (look - week)), since + chance.poisson(look - week, 5)
        week = look
        others = [Counts(before=b, after=a) for b, a in zip(beside, since, strict=True)]
        found = judge(change(Counts(before=before, after=after), others), last=look == LOOKS[-1])
        if found is not Verdict.WATCHING:
            return found
    return Verdict.WATCHING
