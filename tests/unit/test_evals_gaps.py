"""Planted gaps are judged by hand-made groups: found as one, in parts, or among strangers."""

from datetime import UTC, datetime

import numpy as np
import pytest

from evals.gaps_planted import Planted
from evals.gaps_score import found_problem, purity, scores, stability
from pipelines.gaps.affinity import Marks

TRUTH = ("a", "a", "a", "b", "b", "k", "k", None, None, None)
MIX = Planted(
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


def test_two_runs_that_agree_on_what_both_saw_are_stable() -> None:
    assert 1.0 == stability({0: 1, 1: 1, 2: 5}, {0: 9, 1: 9, 2: 4, 3: 4})
    assert 1.0 > stability({0: 1, 1: 1, 2: 2, 3: 2}, {0: 1, 1: 2, 2: 1, 3: 2})
