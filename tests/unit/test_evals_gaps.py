"""Planted gaps are judged by hand-made groups: found as one, in parts, or among strangers."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from evals.gaps_planted import Planted
from evals.gaps_score import found_problem, lost, purity, reachable, scores, stability
from pipelines.gaps.affinity import Marks

TRUTH = ("a", "a", "a", "b", "b", "k", "k", None, None, None)
MIX = Planted(
    tickets=tuple("0123456789"),
    vectors=np.eye(10, dtype=np.float32),
    marks=(Marks(),) * 10,
    times=(datetime(2026, 1, 1, tzinfo=UTC),) * 10,
    truth=TRUTH,
    gaps=frozenset({"a"}),
    sizes={"a": 3, "b": 2},
    answered={},
)


@pytest.mark.parametrize(
    ("group", "problem"),
    [
        ([0, 1], "a"),
        ([0, 1, 7, 8], "a"),
        ([0, 1, 7, 8, 9], None),
        ([0, 3], None),
        ([3, 4], "b"),
        ([5, 6], "k"),
        ([7, 8], None),
    ],
)
def test_a_gap_stands_for_a_problem_where_each_is_most_of_the_other(group: list[int], problem: str | None) -> None:
    assert problem == found_problem(group, MIX)


def test_singles_are_problems_of_their_own() -> None:
    assert (1.0, 0.5, 2 / 3) == (purity([0, 1], MIX), purity([7, 8], MIX), purity([0, 1, 9], MIX))


def test_recall_is_of_planted_gaps_and_precision_of_places() -> None:
    found = scores([[7, 8], [0, 1, 2], [3, 4]], MIX)
    assert (1.0, 1.0, 0.2, 0.1) == (
        found["recall_at_10"],
        found["recall_at_20"],
        found["precision_at_10"],
        found["precision_at_20"],
    )


def test_what_any_grouping_found_was_within_reach() -> None:
    apart, together = [[0, 3], [7, 8]], [[0, 1, 2]]
    assert (0.0, 1.0) == (reachable([apart], MIX), reachable([apart, together], MIX))


@pytest.mark.parametrize(
    ("groups", "way"),
    [
        ([[0, 1, 2]], "in the first 1"),
        ([[3, 4], [0, 1]], "found further down"),
        ([[0, 3], [1, 7]], "each ticket apart"),
        ([[0, 1, 7, 8, 9]], "among others"),
    ],
)
def test_each_planted_gap_is_found_or_lost_in_one_way(groups: list[list[int]], way: str) -> None:
    ways = lost(groups, MIX, depth=1)
    assert {way: 1.0} == {name: share for name, share in ways.items() if share}


def test_a_gap_can_be_lost_to_coverage_or_in_parts() -> None:
    covered = replace(MIX, sizes={"a": 6, "b": 2})
    assert 1.0 == lost([[0, 1, 2]], covered)["taken for covered"]
    parts = replace(MIX, truth=("a",) * 5 + (None,) * 5, sizes={"a": 5})
    assert 1.0 == lost([[0, 1], [2, 3]], parts)["in parts"]


def test_two_runs_that_agree_on_what_both_saw_are_stable() -> None:
    assert 1.0 == stability({0: 1, 1: 1, 2: 5}, {0: 9, 1: 9, 2: 4, 3: 4})
    assert 1.0 > stability({0: 1, 1: 1, 2: 2, 3: 2}, {0: 1, 1: 2, 2: 1, 3: 2})
