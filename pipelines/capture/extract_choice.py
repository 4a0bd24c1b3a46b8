"""Which clauses a field is made of: those that together agree best, as expected, with what a reader would quote.

Agreement is the F1 of quoted characters. Its expectation is approximated by that of its parts: of the characters
chosen, each counts with the chance that a reader quotes it, and the reader is taken to quote as many as is typical.
Called by `extract_symptom`, `extract_cause` and `extract_fix`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.extract_clauses import Clause
from pipelines.capture.extract_units import Unit, clean
from pipelines.capture.extract_wording import addressed_to_nobody, without_links, worded
from pipelines.domain.drafts import Quote, TicketView

T = TypeVar("T")
_JOINT = re.compile(
    r"^(?:[\s,;:.\u2013\u2014-]+|(?:and|but|so|or|which means|then)\b(?:\s+(?:that|so|then))?\s+)+", re.IGNORECASE
)
_LOOKED_AT = 8
"""Sentences that can be chosen from: the likeliest ones."""


@dataclass(frozen=True, slots=True)
class Proposed(Generic[T]):
    """What could be said, and how well that is expected to agree with a reader, in [0, 1]; silence may agree better."""

    what: T
    expected: float

    def unless_below(self, threshold: float) -> T | None:
        return self.what if self.expected >= threshold else None


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring clauses of one sentence: the range [start, end) of its raw text. `link` as in Clause."""

    unit: Unit
    start: int
    end: int
    link: bool = False

    @property
    def quoted(self) -> str:
        """Without the form of address that a sentence begins with."""
        raw = self.unit.raw[self.start : self.end]
        return raw if self.unit.code or self.link else _within(addressed_to_nobody(raw), begins=self.start == 0)

    @property
    def worded(self) -> str:
        """As a sentence of the record."""
        text = clean(self.quoted)
        return self.quoted if self.unit.code else worded(without_links(text) or text)


def _within(raw: str, *, begins: bool) -> str:
    """The words of a part of a sentence, without what joined them to the part before."""
    bare = raw if begins else _JOINT.sub("", raw)
    bare = bare.rstrip(" ,;:-")
    return bare if re.search(r"\w{2}", bare) else raw


@dataclass(frozen=True, slots=True)
class _Run:
    unit: int
    first: int
    last: int
    likely: float
    length: int


def choose(
    units: Sequence[Unit], clauses: Sequence[Clause], chances: NDArray[np.float32], *, typical: float, most: int
) -> tuple[list[Passage], float]:
    """At most `most` passages, one a sentence, in the order of the thread, and their expected agreement, in [0, 1]."""
    runs = _runs(clauses, chances)
    chosen: list[_Run] = []
    likely = length = expected = 0.0
    while len(chosen) < most:
        taken = {run.unit for run in chosen if not clauses[run.first].link}
        places = {place for run in chosen for place in range(run.first, run.last + 1)}
        open_to = [r for r in runs if r.unit not in taken and not places & set(range(r.first, r.last + 1))]
        worth = [2 * (likely + r.likely) / (length + r.length + typical) for r in open_to]
        best = max(range(len(open_to)), key=worth.__getitem__, default=None)
        if best is None or worth[best] <= expected:
            break
        run = open_to[best]
        chosen.append(run)
        likely, length, expected = likely + run.likely, length + run.length, worth[best]
    ordered = sorted(chosen, key=lambda run: run.first)
    return [_passage(units, clauses, run) for run in ordered], expected


def _passage(units: Sequence[Unit], clauses: Sequence[Clause], run: _Run) -> Passage:
    first, last = clauses[run.first], clauses[run.last]
    return Passage(units[run.unit], first.start, last.end, first.link)


def _runs(clauses: Sequence[Clause], chances: NDArray[np.float32]) -> list[_Run]:
    """Every row of neighbouring clauses within the likeliest sentences. A link is a row by itself."""
    of: dict[int, list[int]] = {}
    for at, clause in enumerate(clauses):
        if chances[at] > 0:
            of.setdefault(clause.unit, []).append(at)
    likeliest = sorted(of, key=lambda unit: (-max(float(chances[at]) for at in of[unit]), unit))[:_LOOKED_AT]
    found = []
    for unit in likeliest:
        for first in of[unit]:
            likely = 0.0
            for last in range(first, of[unit][-1] + 1):
                if clauses[last].link and last > first:
                    break
                likely += float(chances[last]) * clauses[last].length
                found.append(_Run(unit, first, last, likely, clauses[last].end - clauses[first].start))
                if clauses[last].link:
                    break
    return found


def quotes_of(view: TicketView, passages: Sequence[Passage]) -> tuple[Quote, ...]:
    return tuple(Quote(message=view.messages[p.unit.message].id, text=p.quoted) for p in passages)


def barred(clauses: Sequence[Clause], chances: NDArray[np.float32], factors: Sequence[float]) -> NDArray[np.float32]:
    """The chances times what each clause's unit is worth: 0 where it cannot state the field whatever it looks like."""
    return np.array([c * factors[clause.unit] for c, clause in zip(chances, clauses, strict=True)], dtype=np.float32)
