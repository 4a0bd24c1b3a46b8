"""Neighbours are found exactly, and what was found before changes nothing but the time it takes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gaps import neighbours
from pipelines.gaps.neighbours import Near, digests, nearest, whole_numbers
from pipelines.ports import Vectors

# Few values in few coordinates: equal rows and equal distances are common, which is where what is kept could matter.
rows = st.lists(st.tuples(*[st.integers(-2, 2)] * 3).filter(any), min_size=1, max_size=40)
COUNT = 3


def ordered(content: list[tuple[int, ...]]) -> tuple[Vectors, list[bytes]]:
    vectors = np.array(content, dtype=np.float32)
    whole = whole_numbers(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    names = digests(whole)
    order = sorted(range(len(names)), key=lambda row: names[row])
    return whole[order], [names[row] for row in order]


def same(one: Near, other: Near) -> bool:
    return all(np.array_equal(getattr(one, part), getattr(other, part)) for part in ("keys", "rows", "values"))


@given(rows)
def test_each_row_has_its_nearest_others_the_nearest_first(content: list[tuple[int, ...]]) -> None:
    whole, names = ordered(content)
    found = nearest(whole, names, count=COUNT)
    products = whole.astype(np.int64) @ whole.T.astype(np.int64)
    for row, line in enumerate(products.tolist()):
        others = sorted((other for other in range(len(line)) if other != row), key=lambda o: (-line[o], o))[:COUNT]
        assert others == [other for other in found.rows[row].tolist() if other >= 0]
        assert [line[other] for other in others] == found.values[row].tolist()[: len(others)]


@given(rows, rows, rows)
def test_neighbours_kept_of_other_demand_do_not_change_what_is_found(
    common: list[tuple[int, ...]], gone: list[tuple[int, ...]], new: list[tuple[int, ...]]
) -> None:
    before = nearest(*ordered(common + gone), count=COUNT)
    whole, names = ordered(common + new)
    assert same(nearest(whole, names, count=COUNT), nearest(whole, names, before, count=COUNT))


def test_how_the_work_is_cut_up_does_not_change_what_is_found(monkeypatch: "object") -> None:
    chance = np.random.default_rng(3)
    vectors = chance.standard_normal((300, 16)).astype(np.float32)
    content = [tuple(row) for row in (np.round(vectors * 4)).astype(int).tolist() if any(row)]
    whole, names = ordered(content)
    in_one = nearest(whole, names)
    steps: list[tuple[int, int]] = []
    monkeypatch.setattr(neighbours, "_TILE", 64)  # type: ignore[attr-defined]
    assert same(in_one, nearest(whole, names, progress=lambda done, todo: steps.append((done, todo))))
    assert [(step, 15) for step in range(1, 16)] == steps
    assert same(in_one, nearest(whole, names, nearest(*ordered(content[:200]))))


def test_each_pair_is_compared_once() -> None:
    angles = np.radians([0, 10, 11, 60, 180])
    whole = whole_numbers(np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32))
    left, right = nearest(whole, digests(whole), count=1).pairs()
    assert [(0, 1), (1, 2), (2, 3), (3, 4)] == list(zip(left.tolist(), right.tolist(), strict=True))
