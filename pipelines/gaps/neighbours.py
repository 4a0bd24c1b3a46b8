"""The nearest neighbours of every row: which pairs are worth a closer look, within bounded memory.

Rows are rounded to whole numbers first. Their products are exact in single precision then, whatever the order of the
sums, so that a neighbour list does not depend on how the work was cut up, on threads, or on what was kept of last time.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.ports import Vectors

NEIGHBOURS = 20

_WHOLE = 4000
"""What length 1 becomes: sums of products stay under 2 ** 24, up to which single precision holds every whole number."""

_TILE = 2048
_NOBODY = -1
_NEVER = np.float32(-(2**24))

Rows = NDArray[np.int64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Near:
    """Each row's nearest others, nearest first, and how near; `keys` say which rows these were. Padded with -1."""

    keys: NDArray[np.uint64]
    rows: NDArray[np.int32]
    values: NDArray[np.float32]

    def is_whole(self) -> bool:
        """Whether the parts fit each other."""
        return (
            [part.dtype.str[1:] for part in (self.keys, self.rows, self.values)] == ["u8", "i4", "f4"]
            and self.rows.ndim == 2  # noqa: PLR2004
            and self.rows.shape == self.values.shape
            and self.keys.shape == self.rows.shape[:1]
            and bool(((self.rows >= _NOBODY) & (self.rows < len(self.keys))).all())
        )

    def pairs(self) -> tuple[Rows, Rows]:
        """Pairs (i < j) where one is among the nearest of the other, each pair once, in order."""
        size = len(self.rows)
        one = np.repeat(np.arange(size, dtype=np.int64), self.rows.shape[1])
        other = self.rows.ravel().astype(np.int64)
        there = other != _NOBODY
        one, other = one[there], other[there]
        unique = np.unique(np.minimum(one, other) * size + np.maximum(one, other))
        return unique // max(size, 1), unique % max(size, 1)


class Kept(Protocol):
    """Where neighbours are kept between runs; what it holds may be of other rows, or nothing."""

    def read(self) -> Near | None: ...

    def keep(self, near: Near) -> None: ...


def whole_numbers(vectors: Vectors) -> Vectors:
    """Unit rows as the search compares them."""
    found: Vectors = np.rint(vectors * np.float32(_WHOLE)).astype(np.float32)
    return found


def digests(whole: Vectors) -> list[bytes]:
    """What each row is known by."""
    return [hashlib.sha256(row.tobytes()).digest()[:16] for row in whole.astype(np.int16)]


def nearest(
    whole: Vectors,
    names: Sequence[bytes],
    before: Near | None = None,
    count: int = NEIGHBOURS,
    progress: Progress | None = None,
) -> Near:
    """The nearest others of rows of whole numbers that stand in the order of their digests, `names`.

    `before`: what an earlier call found; rows it knew are compared with new ones alone. The result is the same without.
    """
    found = _Search(whole, _keys(names), max(1, min(count, len(whole) - 1)))
    if before is not None and before.rows.shape[1:] == found.rows.shape[1:]:
        found.compare_some(*found.take_over(before), progress)
    else:
        found.compare_all(progress)
    return Near(found.keys, found.rows, found.values)


def _keys(names: Sequence[bytes]) -> NDArray[np.uint64]:
    """A number for each row; the second of two equal rows has another than the first."""
    seen: dict[bytes, int] = {}
    keys = np.empty(len(names), dtype=np.uint64)
    for place, name in enumerate(names):
        seen[name] = number = seen.get(name, -1) + 1
        told = name if not number else hashlib.sha256(name + number.to_bytes(4, "big")).digest()
        keys[place] = int.from_bytes(told[:8], "big")
    return keys


class _Search:
    """Neighbour lists in the making."""

    def __init__(self, whole: Vectors, keys: NDArray[np.uint64], count: int) -> None:
        self._whole = whole
        self._count = count
        self.keys = keys
        self.rows = np.full((len(whole), count), _NOBODY, dtype=np.int32)
        self.values = np.full((len(whole), count), _NEVER, dtype=np.float32)

    def take_over(self, before: Near) -> tuple[Rows, Rows]:
        """Take the lists of rows that were known and whose neighbours are all there still.

        Returned: the rows left to do, and those of them that are new.
        """
        order = np.argsort(before.keys)
        place = np.searchsorted(before.keys, self.keys, sorter=order)
        known = order[np.minimum(place, len(order) - 1)]
        same = before.keys[known] == self.keys
        now = np.full(len(before.keys) + 1, _NOBODY, dtype=np.int32)
        now[known[same]] = np.flatnonzero(same)
        rows = now[before.rows[known]]
        whole = same & ((rows != _NOBODY) | (before.rows[known] == _NOBODY)).all(axis=1)
        self.rows[whole], self.values[whole] = rows[whole], before.values[known][whole]
        return np.flatnonzero(~whole), np.flatnonzero(~same)

    def compare_all(self, progress: Progress | None) -> None:
        """Every row with every other, each pair of tiles once for both of its sides."""
        tiles = list(_tiles(np.arange(len(self._whole))))
        done, todo = 0, len(tiles) * (len(tiles) + 1) // 2
        for number, left in enumerate(tiles):
            for right in tiles[number:]:
                near = self._products(left, right)
                self._offer(left, right, near)
                if left[0] != right[0]:
                    self._offer(right, left, near, turned=True)
                done += 1
                if progress:
                    progress(done, todo)

    def compare_some(self, fresh: Rows, new: Rows, progress: Progress | None) -> None:
        """The fresh rows with all, and all the others with those of the fresh ones that are new."""
        everything = np.arange(len(self._whole))
        is_new, others = np.isin(everything, new), ~np.isin(everything, fresh)
        done, todo = 0, -(-len(fresh) // _TILE) * -(-len(everything) // _TILE)
        for left in _tiles(fresh):
            for right in _tiles(everything):
                near = self._products(left, right)
                self._offer(left, right, near)
                rows, columns = others[right], is_new[left]
                if rows.any() and columns.any():
                    self._offer(right[rows], left[columns], near[np.ix_(columns, rows)], turned=True)
                done += 1
                if progress:
                    progress(done, todo)

    def _products(self, left: Rows, right: Rows) -> Vectors:
        near: Vectors = self._whole[left] @ self._whole[right].T
        if left[0] <= right[-1] and right[0] <= left[-1]:
            near[left[:, None] == right[None, :]] = _NEVER
        return near

    def _offer(self, rows: Rows, others: Rows, near: Vectors, *, turned: bool = False) -> None:
        """Keep of `near` what is nearer than the farthest so far: a line a row and a column an other, or turned."""
        bound = self.values[rows, -1]
        unknown = bound == _NEVER
        if len(others) > self._count and unknown.any():
            seen = near[:, unknown].T if turned else near[unknown]
            bound[unknown] = -np.partition(-seen, self._count - 1, axis=1)[:, self._count - 1]
        # Of millions of products few are kept: found in one flat look, in the order in which they lie.
        flat = np.flatnonzero(near >= (bound[None, :] if turned else bound[:, None]))
        flat = flat[near.ravel()[flat] > _NEVER]
        if not len(flat):
            return
        value = near.ravel()[flat]
        first, second = flat // near.shape[1], flat % near.shape[1]
        line, column = (second, first) if turned else (first, second)
        touched, line = np.unique(line, return_inverse=True)
        row = rows[touched]
        value = np.concatenate([self.values[row].ravel(), value])
        other = np.concatenate([self.rows[row].ravel(), others[column].astype(np.int32)])
        line = np.concatenate([np.repeat(np.arange(len(row)), self._count), line])
        # Nearest first; of equally near ones those that come first.
        order = np.lexsort((other, -value, line))
        rank = np.arange(len(order)) - np.searchsorted(line[order], np.arange(len(row)))[line[order]]
        keep = order[rank < self._count]
        self.values[row] = value[keep].reshape(len(row), self._count)
        self.rows[row] = other[keep].reshape(len(row), self._count)


def _tiles(rows: Rows) -> Iterator[Rows]:
    for start in range(0, len(rows), _TILE):
        yield rows[start : start + _TILE]
