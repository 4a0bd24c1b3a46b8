"""The nearest gaps come first, of equals the oldest, and none that is too far."""

import numpy as np
from numpy.typing import NDArray

from service.store.remembered_gaps import Middles


def middles(*rows: tuple[float, float]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32).reshape(len(rows), 2)


def test_the_nearest_come_first_and_the_far_are_left_out() -> None:
    found = Middles(np.array([4, 7, 9, 2]), middles((0.8, 0.6), (1, 0), (0, 1), (1, 0)))
    assert [2, 7, 4] == found.nearest(middles((1, 0))[0], 0.55)


def test_without_gaps_there_is_none() -> None:
    assert [] == Middles(np.array([], dtype=np.int64), middles()).nearest(middles((1, 0))[0], 0.55)
