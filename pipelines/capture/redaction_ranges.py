"""Ranges found in a text by several detectors, of which no two may overlap. Used by redact."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter

_START = attrgetter("start")


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at [start, end) of a text: its kind, and a value that is equal for equal things."""

    start: int
    end: int
    kind: str
    value: str


def claimed(taken: list[Found], detected: Iterable[Found]) -> list[Found]:
    """What was taken before and, of what a detector found, all that overlaps neither it nor what came earlier.

    A detector goes through the text a few times. Each of its passes is merged as a whole, so that the work grows with
    what was found and not with its square, for a text may consist of nothing else.
    """
    for run in _passes(detected):
        starts = [found.start for found in taken]
        free: list[Found] = []
        for found in run:
            before = bisect_left(starts, found.end) - 1
            if (before < 0 or taken[before].end <= found.start) and (not free or free[-1].end <= found.start):
                free.append(found)
        taken = list(merge(taken, free, key=_START))
    return taken


def _passes(detected: Iterable[Found]) -> Iterator[list[Found]]:
    run: list[Found] = []
    for found in detected:
        if run and found.start < run[-1].start:
            yield run
            run = []
        run.append(found)
    if run:
        yield run
