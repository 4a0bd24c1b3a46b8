"""Which gap each group of demand continues, and what managers merged and split by hand."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipelines.domain.value import Value
from pipelines.gaps.cluster import centroid, recognise
from pipelines.ports import Vectors

SHARED = 0.5
"""Share of the smaller of the two that a group and a known gap have in common, from which they are the same."""

Settled = tuple[int | None, list[int]]


class Known(NamedTuple):
    """A gap of an earlier report: the tickets it had, and its middle (unit vector, empty where the model changed)."""

    number: int
    tickets: frozenset[str] = frozenset()
    centroid: Vectors | Sequence[float] = ()


class ByHand(Value):
    """What managers decided: tickets that belong to a gap, and gaps that are part of another now."""

    pins: Mapping[str, int] = {}
    merged: Mapping[int, int] = {}

    def stands_for(self, number: int) -> int:
        """The gap that a gap is part of now, by however many merges."""
        seen = {number}
        while (target := self.merged.get(number)) is not None and target not in seen:
            seen.add(target)
            number = target
        return number


def settle(
    groups: Sequence[Sequence[int]], names: Sequence[str], vectors: Vectors, known: Sequence[Known], by_hand: ByHand
) -> list[Settled]:
    """Each gap with its number (None: not known before) and its rows; `names` are tickets or searches by row.

    Same tickets, same gap; where none are shared, the same middle. Pinned tickets go where they were put.
    """
    pinned = {row: by_hand.stands_for(by_hand.pins[name]) for row, name in enumerate(names) if name in by_hand.pins}
    pinned |= _strangers(groups, names, vectors, known, pinned)
    free = [[row for row in group if row not in pinned] for group in groups]
    free = [group for group in free if len(group) > 1]
    numbers = _continued(free, names, vectors, known)
    rows_of: dict[int, list[int]] = {}
    fresh: list[list[int]] = []
    for group, number in zip(free, numbers, strict=True):
        if number is None:
            fresh.append(group)
        else:
            rows_of.setdefault(by_hand.stands_for(number), []).extend(group)
    for row, number in pinned.items():
        rows_of.setdefault(number, []).append(row)
    found: list[Settled] = [(number, sorted(rows)) for number, rows in sorted(rows_of.items())]
    return [*found, *((None, sorted(group)) for group in fresh)]


def _strangers(
    groups: Sequence[Sequence[int]],
    names: Sequence[str],
    vectors: Vectors,
    known: Sequence[Known],
    pinned: Mapping[int, int],
) -> dict[int, int]:
    """New rows that were grouped with pinned ones, and the gap of the nearest of these."""
    seen = frozenset().union(*(gap.tickets for gap in known))
    found: dict[int, int] = {}
    for group in groups:
        fixed = [row for row in group if row in pinned]
        new = [row for row in group if row not in pinned and names[row] not in seen]
        if fixed and new:
            nearest = np.argmax(np.round(vectors[new] @ vectors[fixed].T, 5), axis=1)
            found |= {row: pinned[fixed[int(place)]] for row, place in zip(new, nearest, strict=True)}
    return found


def _continued(
    groups: Sequence[Sequence[int]], names: Sequence[str], vectors: Vectors, known: Sequence[Known]
) -> list[int | None]:
    """For each group the number of the gap it continues; each gap at most once."""
    found: list[int | None] = [None] * len(groups)
    taken: set[int] = set()
    for group, gap in _by_tickets(groups, names, known):
        if found[group] is None and gap not in taken:
            found[group] = gap
            taken.add(gap)
    left = [place for place, number in enumerate(found) if number is None]
    free = [gap for gap in known if gap.number not in taken and len(gap.centroid)]
    if left and free:
        middles = np.stack([centroid(vectors, groups[place]) for place in left])
        before = np.array([gap.centroid for gap in free], dtype=np.float32)
        for place, same in zip(left, recognise(middles, before), strict=True):
            found[place] = free[same].number if same is not None else None
    return found


def _by_tickets(groups: Sequence[Sequence[int]], names: Sequence[str], known: Sequence[Known]) -> list[tuple[int, int]]:
    """Pairs of group and gap number that share enough tickets, the most in common first, older gaps before newer."""
    holders: dict[str, list[Known]] = {}
    for gap in known:
        for ticket in gap.tickets:
            holders.setdefault(ticket, []).append(gap)
    pairs: list[tuple[int, int, int]] = []
    for place, group in enumerate(groups):
        shared: dict[int, int] = {}
        size: dict[int, int] = {}
        for row in group:
            for gap in holders.get(names[row], ()):
                shared[gap.number] = shared.get(gap.number, 0) + 1
                size[gap.number] = len(gap.tickets)
        pairs += [
            (count, number, place)
            for number, count in shared.items()
            if count >= SHARED * min(size[number], len(group))
        ]
    return [(place, number) for _, number, place in sorted(pairs, key=lambda p: (-p[0], p[1], p[2]))]
