"""Why it happened, as somebody in the thread says it: by those who looked inside, and not what was later denied."""

import re

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import ABSENT, COURTESY, DENIED, HEDGE, REQUEST, SMALL_TALK, STATUS
from pipelines.capture.extract_choice import Proposed, barred, choose, quotes_of
from pipelines.capture.extract_models import Model
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import CAUSE, ENVIRONMENT, EXPECTED, FIX, STEPS, TRIED
from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import Claim, TicketView

_UNKNOWN = re.compile(
    r"\b(?:root cause|cause|reason)\b[^.]{0,30}\b(?:unknown|not (?:yet )?(?:known|found|identified|determined|clear)|"
    r"unclear|under investigation|tbd|pending|to be (?:determined|confirmed))\b"
    r"|\b(?:don't|do not|didn't|did not|never|couldn't|could not) (?:yet )?(?:know|knew|find|found|identif\w+"
    r"|establish\w*)\b"
    r"[^.]{0,30}\b(?:cause|reason|why)\b|\bno (?:root cause|idea (?:what|why))\b",
    re.IGNORECASE,
)
_LABELLED, _UNDER_HEADING = 0.5, 0.4
"""What a label adds to the chance of what stands under it."""
_FROM_STATUS = 0.5
_MIN_WORDS = 3
_MOST = 2


def find_cause(
    view: TicketView, reading: Reading, chances: NDArray[np.float32], model: Model
) -> Proposed[Claim] | None:
    """The likeliest cause. Suspicions denied later do not count."""
    units = reading.units
    worth = [_worth(unit) for unit in units]
    for denial in (u for u in units if not u.code and DENIED.search(u.low)):
        worth = [0.0 if w and _denies(denial, unit) else w for w, unit in zip(worth, units, strict=True)]
    likely = barred(reading.clauses, chances, worth)
    likely += np.array(
        [_label(units[c.unit]) * (chance > 0) for c, chance in zip(reading.clauses, likely, strict=True)]
    )
    chosen, expected = choose(units, reading.clauses, likely.clip(0, 1), typical=model.typical, most=_MOST)
    if not chosen:
        return None
    return Proposed(Claim(text=" ".join(p.worded for p in chosen), quotes=quotes_of(view, chosen)), expected)


def _label(unit: Unit) -> float:
    if unit.section != CAUSE:
        return 0.0
    return _LABELLED if unit.labelled else _UNDER_HEADING


def _worth(unit: Unit) -> float:
    text = unit.text
    if unit.code or unit.section in (STEPS, EXPECTED, TRIED, ENVIRONMENT, FIX) or len(text.split()) < _MIN_WORDS:
        return 0.0
    if text.endswith("?") or any(p.search(unit.low) for p in (_UNKNOWN, ABSENT, COURTESY, DENIED, REQUEST)):
        return 0.0
    return _FROM_STATUS if STATUS.search(unit.low) or SMALL_TALK.search(unit.low) else 1.0


def _denies(denial: Unit, unit: Unit) -> bool:
    """Whether a later unit takes this one back: by sharing a telling word, or in the next message after a suspicion."""
    if (denial.message, denial.start) <= (unit.message, unit.start):
        return False
    if _telling(denial.text) & _telling(unit.text):
        return bool(HEDGE.search(unit.low)) or denial.message > unit.message
    return bool(HEDGE.search(unit.low)) and denial.message - unit.message <= 1


def _telling(text: str) -> set[str]:
    return set(re.findall(r"[a-z][\w.-]{4,}", text.lower())) - _ORDINARY


_ORDINARY = frozenset(
    """issue problem cause caused because error customer there their after before which about these those would
    could should still where while being version again other thing things actually related think thought
    looks seems reason turned happens happened suspect suspected ruled unrelated culprit customers first
    since until""".split()
)
