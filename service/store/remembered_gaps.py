"""The middles of known gaps, kept between questions: there may be tens of thousands, and every abstention looks there.

As with resolutions, nothing is answered from here by itself: each look asks the database whether the ledger or the
newest report changed, and the gap that is found is read again.
"""

from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.ports import Vectors

REMEMBERED_GAPS = "remembered gaps"
"""Key of a session's `info` under which its database keeps them."""


class Middles(NamedTuple):
    """Gaps that somebody has to do something about: their numbers and middles, row by row."""

    numbers: NDArray[np.int64]
    middles: Vectors

    def nearest(self, vector: Vectors, at_least: float) -> list[int]:
        """The gaps at least so near to a unit vector, nearest first and of equals the oldest."""
        if not len(self.numbers):
            return []
        near = self.middles @ vector
        rows = np.flatnonzero(near >= at_least)
        order = np.lexsort((self.numbers[rows], -near[rows]))
        return [int(number) for number in self.numbers[rows[order]]]


class RememberedGaps:
    """What was read of the ledger and of the newest report, each with the state it was read in."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._middles: tuple[Any, Middles] | None = None
        self._tickets: tuple[Any, Mapping[str, int]] | None = None

    def middles(self, state: Any) -> Middles | None:
        with self._lock:
            return self._middles[1] if self._middles and self._middles[0] == state else None

    def keep_middles(self, state: Any, found: Middles) -> None:
        with self._lock:
            self._middles = (state, found)

    def tickets(self, state: Any) -> Mapping[str, int] | None:
        """How many tickets each gap has, by its name."""
        with self._lock:
            return self._tickets[1] if self._tickets and self._tickets[0] == state else None

    def keep_tickets(self, state: Any, found: Mapping[str, int]) -> None:
        with self._lock:
            self._tickets = (state, found)
