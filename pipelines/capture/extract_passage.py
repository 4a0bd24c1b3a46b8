"""How far a picked sentence reaches: the sentences beside it that go on with what it says, and a command below it.

A remedy is often told in two or three sentences ("Add this to the file: ... Then restart."); a cause in one, or one
and the sentence that it points back to. Called by `extract_cause` and `extract_fix`.
"""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import COURTESY, REQUEST, STATUS
from pipelines.capture.extract_units import Unit

_POINTS_BACK = re.compile(r"^(?:this|that|it|which|these|those|so this|and this|hence)\b", re.IGNORECASE)
_GOES_ON = re.compile(
    r"^(?:then|and then|after that|afterwards|next|finally|also|and|or|as well|if (?:that|this|you|the|policy)"
    r"|otherwise|alternatively|danach|anschließend|dann|ensuite|puis|luego|después)\b",
    re.IGNORECASE,
)
_LEADS_TO_CODE = re.compile(
    r"[:=]$|\b(?:run|add|use|set|with|for|to|do|execute|following|below|this|like so|via)\b[^.]{0,60}$"
)
_PARTNER = 0.55
_ONWARD = 0.3
"""What a neighbour must be worth beside the picked sentence; less where it says that it goes on."""
_SHORT = 12
MAX_SENTENCES = 3
MAX_CODE_LINES = 2
MAX_CODE = 160
"""Characters of the longest line of code that is still a command and not a listing."""


def with_partner(units: Sequence[Unit], worth: NDArray[np.float32], best: int) -> list[Unit]:
    """The unit, with the sentence beside it that says nearly as much, or that a short "This ..." points back to."""
    unit = units[best]
    near = [at for at in (best - 1, best + 1) if 0 <= at < len(units) and _same_paragraph(units[at], unit)]
    partner = max(near, key=lambda at: float(worth[at]), default=None)
    if partner is not None and worth[partner] >= _PARTNER * worth[best]:
        return [units[at] for at in sorted((best, partner))]
    before = units[best - 1] if best - 1 in near else None
    if before is not None and _POINTS_BACK.match(unit.text) and len(unit.text.split()) <= _SHORT:
        return [unit] if any(p.search(before.low) for p in (REQUEST, COURTESY, STATUS)) else [before, unit]
    return [unit]


def passage(units: Sequence[Unit], worth: NDArray[np.float32], best: int) -> list[Unit]:
    """The unit with its worthy neighbours of the same message, at most three sentences, and the command it leads to."""
    first = last = best
    while last - first + 1 < MAX_SENTENCES:
        after = _follows(units, worth, best, last)
        before = _precedes(units, worth, best, first)
        if after is None and before is None:
            break
        if after is not None and (before is None or worth[after] >= worth[before]):
            last = after
        elif before is not None:
            first = before
    chosen = list(units[first : last + 1])
    return chosen if any(u.code for u in chosen) else chosen + command_below(units, last)


def _follows(units: Sequence[Unit], worth: NDArray[np.float32], best: int, last: int) -> int | None:
    at = last + 1
    if at >= len(units) or not _same_message(units[at], units[best]):
        return None
    needed = _ONWARD if _GOES_ON.match(units[at].text) else _PARTNER
    return at if worth[at] >= needed * worth[best] else None


def _precedes(units: Sequence[Unit], worth: NDArray[np.float32], best: int, first: int) -> int | None:
    at = first - 1
    if at < 0 or not _same_message(units[at], units[best]):
        return None
    if _GOES_ON.match(units[first].text):
        return None if any(p.search(units[at].low) for p in (REQUEST, COURTESY, STATUS)) else at
    needed = _PARTNER
    return at if worth[at] >= needed * worth[best] else None


def command_below(units: Sequence[Unit], at: int) -> list[Unit]:
    """The one or two lines of code that a sentence leads to; a longer listing or a log is none."""
    below: list[Unit] = []
    for unit in units[at + 1 :]:
        if not unit.code or unit.message != units[at].message:
            break
        below.append(unit)
    told = _LEADS_TO_CODE.search(units[at].low)
    short = 0 < len(below) <= MAX_CODE_LINES and all(len(u.raw) <= MAX_CODE for u in below)
    return below if told and short else []


def _same_paragraph(one: Unit, other: Unit) -> bool:
    return (one.message, one.paragraph) == (other.message, other.paragraph) and not one.code and not other.code


def _same_message(one: Unit, other: Unit) -> bool:
    return one.message == other.message and abs(one.paragraph - other.paragraph) <= 1 and not one.code
