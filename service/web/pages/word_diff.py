"""What an agent changed in a draft's text, word by word, for showing beside the field."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\s+|\w+(?:[.:/-]\w+)*|[^\w\s]")
"""Versions, addresses and paths are one word: half of one changed says nothing."""

MOST_WORDS = 4_000
"""Words and blanks of both texts together up to which they are compared; longer ones are shown as replaced. Comparing
grows with their product where words repeat: 4,000 take half a second at the worst, prose a hundredth of that."""

LONGEST_SAME, CONTEXT = 300, 80
"""Characters of an unchanged run that is shown whole, and of each end of a longer one."""

Kind = Literal["same", "del", "ins"]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of text that stands in both (`same`), in the first only (`del`) or in the second only (`ins`)."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> tuple[Change, ...]:
    """The runs that make `before` without the inserted ones, and `after` without the deleted ones."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    middle = old[start : len(old) - end], new[start : len(new) - end]
    runs = [Change("same", "".join(old[:start])), *_middle(*middle), Change("same", "".join(old[len(old) - end :]))]
    return tuple(_joined(run for run in runs if run.text))


def shortened(runs: Sequence[Change]) -> tuple[Change, ...]:
    """The runs with the middle of each long unchanged one left out: what was changed has to be found at a glance."""
    return tuple(
        Change("same", f"{run.text[:CONTEXT]} \u2026 {run.text[-CONTEXT:]}")
        if run.kind == "same" and len(run.text) > LONGEST_SAME
        else run
        for run in runs
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _middle(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    if len(old) + len(new) > MOST_WORDS:
        yield Change("del", "".join(old))
        yield Change("ins", "".join(new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # A blank that happens to be the same between two changed words would only cut the change in pieces.
        if tag == "equal" and not "".join(old[a:b]).isspace():
            yield Change("same", "".join(old[a:b]))
        else:
            yield Change("del", "".join(old[a:b]))
            yield Change("ins", "".join(new[c:d]))


def _joined(runs: Iterator[Change]) -> Iterator[Change]:
    """Neighbouring changes as one: what was taken out, then what was put in."""
    taken, put = "", ""
    for run in runs:
        if run.kind == "del":
            taken += run.text
        elif run.kind == "ins":
            put += run.text
        else:
            yield from _change(taken, put)
            taken, put = "", ""
            yield run
    yield from _change(taken, put)


def _change(taken: str, put: str) -> Iterator[Change]:
    if taken:
        yield Change("del", taken)
    if put:
        yield Change("ins", put)
