"""Demand groups the same way whatever order it comes in, and a gap is known again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gaps import cluster as cluster_module
from pipelines.gaps.cluster import centroid, closeness, cluster, recognise
from pipelines.gaps.weights import shipped_weights
from pipelines.ports import Vectors


def unit(rows: object) -> Vectors:
    vectors = np.asarray(rows, dtype=np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


# Few coordinates from few values: equal vectors and equal distances are common, which is where order could matter.
points = st.lists(st.lists(st.integers(-2, 2), min_size=2, max_size=2).filter(any), min_size=1, max_size=14)


@given(points, st.randoms(use_true_random=False), st.sampled_from([0.3, 0.55, 0.8]))
def test_the_order_of_demand_does_not_change_its_groups(
    rows: list[list[int]], chance: "object", threshold: float
) -> None:
    vectors = unit(rows)
    places = list(range(len(rows)))
    chance.shuffle(places)  # type: ignore[attr-defined]
    groups = cluster(vectors, threshold=threshold)
    shuffled = cluster(vectors[places], threshold=threshold)
    assert _as_vectors(vectors, groups) == _as_vectors(vectors[places], shuffled)


def _as_vectors(vectors: Vectors, groups: list[list[int]]) -> list[list[tuple[float, ...]]]:
    return sorted(sorted(tuple(map(float, vectors[row])) for row in group) for group in groups)


@given(points)
def test_every_row_is_in_exactly_one_group_and_groups_come_largest_first(rows: list[list[int]]) -> None:
    groups = cluster(unit(rows))
    assert list(range(len(rows))) == sorted(row for group in groups for row in group)
    assert sorted(map(len, groups), reverse=True) == list(map(len, groups))
    assert all(group == sorted(group) for group in groups)


@given(points)
def test_equal_questions_are_never_parted(rows: list[list[int]]) -> None:
    vectors = unit([*rows, *rows])
    of = {row: place for place, group in enumerate(cluster(vectors)) for row in group}
    assert all(of[row] == of[row + len(rows)] for row in range(len(rows)))


def test_a_tie_goes_the_same_way_from_both_ends() -> None:
    """The middle is as near to the one as to the other; linkage takes whichever pair stands first."""
    a, b, c = unit([[1, 0], [1, 1], [0, 1]])
    forward = _as_vectors(np.stack([a, b, c]), cluster(np.stack([a, b, c])))
    backward = _as_vectors(np.stack([c, b, a]), cluster(np.stack([c, b, a])))
    assert forward == backward
    assert [1, 2] == sorted(map(len, forward))


def test_a_chain_of_neighbours_is_not_one_group() -> None:
    angles = np.radians(np.arange(0, 180, 30))
    chain = unit(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert len(cluster(chain)) > 1


def test_the_more_demand_the_surer_a_pair_has_to_be() -> None:
    weights = shipped_weights()
    assert weights.threshold == weights.same_question(weights.fitted_on)
    assert weights.same_question(1) == weights.same_question(20) < weights.same_question(300)
    assert weights.same_question(300) < weights.same_question(100_000)


def test_twenty_tickets_are_enough_and_odd_ones_stay_single() -> None:
    chance = np.random.default_rng(11)
    problems = unit(chance.standard_normal((3, 64)))
    asked = unit(np.repeat(problems, [4, 3, 2], axis=0) + 0.04 * chance.standard_normal((9, 64)))
    groups = cluster(np.concatenate([asked, unit(chance.standard_normal((11, 64)))]))
    assert [[0, 1, 2, 3], [4, 5, 6], [7, 8]] == [group for group in groups if len(group) > 1]
    assert 20 == sum(map(len, groups))


def test_the_closer_of_two_groups_is_surer_to_be_one_problem() -> None:
    vectors = unit([[1, 0, 0], [1, 0.1, 0], [0, 1, 1], [0, 1, 0.5]])
    near, far = closeness(vectors, None, [[0, 1], [2, 3]])
    assert near > far
    assert [] == closeness(vectors, None, [])
    assert [0.0] == closeness(vectors, None, [[3]])


def test_no_demand_has_no_groups() -> None:
    assert [] == cluster(np.zeros((0, 3), dtype=np.float32))


def test_a_centroid_is_the_unit_mean() -> None:
    vectors = unit([[1, 0], [0, 1], [1, 0]])
    assert [0.707107, 0.707107] == pytest.approx(centroid(vectors, [0, 1]).tolist(), abs=1e-6)
    assert [0.0, 0.0] == centroid(unit([[1, 0], [-1, 0]]), [0, 1]).tolist()


def test_each_known_gap_is_continued_once_by_the_nearest() -> None:
    known = unit([[1, 0], [0, 1]])
    new = unit([[1, 0.5], [1, 0.1], [-1, 0]])
    assert [None, 0, None] == recognise(new, known)


def test_a_gap_that_moved_too_far_is_a_new_one() -> None:
    assert [None] == recognise(unit([[1, 1]]), unit([[1, 0]]))
    assert [0] == recognise(unit([[1, 0.7]]), unit([[1, 0]]))


@pytest.mark.parametrize(("new", "known"), [(0, 2), (2, 0), (0, 0)])
def test_nothing_is_recognised_in_nothing(new: int, known: int) -> None:
    empty = np.zeros((0, 2), dtype=np.float32)
    assert [None] * new == recognise(
        unit(np.eye(2))[:new] if new else empty, unit(np.eye(2))[:known] if known else empty
    )


def test_middles_are_recognised_however_many_are_compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    known = unit(chance.standard_normal((30, 4)).tolist())
    new = unit((known + 0.2 * chance.standard_normal(known.shape)).tolist())
    whole = recognise(new, known)
    assert 20 < len([place for place in whole if place is not None])
    monkeypatch.setattr(cluster_module, "_AT_ONCE", 4)
    assert whole == recognise(new, known)


@given(points)
def test_groups_are_recognised_as_themselves(rows: list[list[int]]) -> None:
    distinct = unit(sorted({tuple(unit(row).tolist()) for row in rows}))
    assert list(range(len(distinct))) == recognise(distinct, distinct)
