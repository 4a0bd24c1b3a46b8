"""Why it happened, as somebody in the thread says it: by those who looked inside, and not what was later denied."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import ABSENT, COURTESY, DENIED, HEDGE, REQUEST, SMALL_TALK, STATUS
from pipelines.capture.extract_passage import with_partner
from pipelines.capture.extract_ranker import Ranker
from pipelines.capture.extract_sections import CAUSE, ENVIRONMENT, EXPECTED, FIX, STEPS, TRIED
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_wording import claim_of
from pipelines.domain.drafts import Claim, TicketView

_UNKNOWN = re.compile(
    r"\b(?:root cause|cause|reason)\b[^.]{0,30}\b(?:unknown|not (?:yet )?(?:known|found|identified|determined|clear)|"
    r"unclear|under investigation|tbd|pending|to be (?:determined|confirmed))\b"
    r"|\b(?:don't|do not|didn't|did not|never|couldn't|could not) (?:yet )?(?:know|knew|find|found|identif\w+"
    r"|establish\w*)\b"
    r"[^.]{0,30}\b(?:cause|reason|why)\b|\bno (?:root cause|idea (?:what|why))\b",
    re.IGNORECASE,
)
_LABEL_BONUS = 0.5
_PARTNER = 0.55
_MIN_WORDS = 3


def find_cause(view: TicketView, units: Sequence[Unit], chances: NDArray[np.float32], ranker: Ranker) -> Claim | None:
    """The likeliest cause; None where no sentence reaches the threshold. Suspicions denied later do not count."""
    worth = np.array(
        [_worth(u, float(c), ranker.threshold) for u, c in zip(units, chances, strict=True)], dtype=np.float32
    )
    denials = [u for u in units if not u.code and DENIED.search(u.low)]
    for at in map(int, np.flatnonzero(worth >= ranker.threshold)):
        if any(_denies(d, units[at]) for d in denials):
            worth[at] = 0.0
    if not len(worth) or worth.max() < ranker.threshold:
        return None
    best = int(worth.argmax())
    return claim_of(view, with_partner(units, worth, best))


def _worth(unit: Unit, chance: float, threshold: float) -> float:
    """A sentence too unlikely even to go along with a likelier one is not looked at more closely."""
    text = unit.text
    if chance < _PARTNER * threshold and unit.section != CAUSE:
        return 0.0
    if unit.code or unit.section in (STEPS, EXPECTED, TRIED, ENVIRONMENT, FIX) or len(text.split()) < _MIN_WORDS:
        return 0.0
    if text.endswith("?") or any(p.search(unit.low) for p in (_UNKNOWN, ABSENT, COURTESY, DENIED, REQUEST)):
        return 0.0
    if unit.section == CAUSE:
        return chance + _LABEL_BONUS * (1.0 if unit.labelled else 0.8)
    return chance * (0.5 if STATUS.search(unit.low) or SMALL_TALK.search(unit.low) else 1.0)


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
