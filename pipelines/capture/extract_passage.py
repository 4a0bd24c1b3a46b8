"""How far a picked remedy reaches: the sentence after it that goes on with it, and a command below it.

A remedy is often told in two sentences and a line of code ("Add this to the file: ... Then restart:"). Called by
`extract_fix`.
"""

import re
from collections.abc import Sequence

from pipelines.capture.extract_units import Unit

_GOES_ON = re.compile(
    r"^(?:then|and then|after that|afterwards|next|finally|danach|anschließend|dann|ensuite|puis|luego|después)\b",
    re.IGNORECASE,
)
_LEADS_TO_CODE = re.compile(
    r"[:=]$|\b(?:run|add|use|set|with|for|to|do|execute|following|below|this|like so|via)\b[^.]{0,60}$"
)
MAX_SENTENCES = 3
MAX_CODE_LINES = 2
MAX_CODE = 160
"""Characters of the longest line of code that is still a command and not a listing."""


def what_follows(units: Sequence[Unit], at: int) -> list[Unit]:
    """The sentence that goes on with unit number `at`, if there is one, and the command that they lead to."""
    after = units[at + 1] if at + 1 < len(units) else None
    if after is not None and _goes_on(units[at], after):
        return [after, *_command_below(units, at + 1)]
    return _command_below(units, at)


def _goes_on(unit: Unit, after: Unit) -> bool:
    near = after.message == unit.message and abs(after.paragraph - unit.paragraph) <= 1
    return near and not after.code and bool(_GOES_ON.match(after.text))


def _command_below(units: Sequence[Unit], at: int) -> list[Unit]:
    """The one or two lines of code that a sentence leads to; a longer listing or a log is none."""
    below: list[Unit] = []
    for unit in units[at + 1 :]:
        if not unit.code or unit.message != units[at].message:
            break
        below.append(unit)
    told = _LEADS_TO_CODE.search(units[at].low)
    short = 0 < len(below) <= MAX_CODE_LINES and all(len(u.raw) <= MAX_CODE for u in below)
    return below if told and short else []
