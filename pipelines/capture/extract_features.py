"""What can be seen of a sentence without understanding it: what tells causes and fixes from the rest.

Part of `extract_clause_features`, which see.
"""

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture import cue_phrases as cues
from pipelines.capture import cue_tones as tones
from pipelines.capture import extract_sections as sections
from pipelines.capture.extract_beside import DID, EXPLAINS, IMPERATIVE, STRONG, Neighbours
from pipelines.capture.extract_stance import CHANGE_LINK, Stance
from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role, Visibility

NAMES = (
    "cause_cue",
    "cause_strong",
    "fix_cue",
    "fix_strong",
    "cause_section",
    "fix_section",
    "workaround_section",
    "engineer",
    "agent",
    "customer",
    "internal",
    "first_message",
    "position",
    "last_message",
    "place_in_message",
    "opens_message",
    "hedge",
    "request",
    "status",
    "courtesy",
    "failed",
    "failed_next",
    "denied",
    "problem",
    "recovered_later",
    "recovered",
    "technical",
    "length",
    "very_short",
    "very_long",
    "imperative",
    "did",
    "link",
    "verifies",
    "changes",
    "not_reproduced",
    "subject_share",
    "negation",
    "you",
    "first_person",
    "future",
    "past",
    "ticket_cause_cues",
    "steps_section",
    "explains",
    "cause_best",
    "fix_best",
    "fix_best_after",
    "staff_states",
    "internal_explains",
    "staff_instructs",
    "customer_did",
    "names_place",
    "command",
    "code_follows",
    "before_recovery",
    "names_change",
    "failed_later",
    "denied_later",
    "later_cues",
    "alone",
    "asks_beside",
    "points_back",
    "compares",
    "refused",
    "small_talk",
    "first_told",
    "first_trouble",
)
TECHNICAL = re.compile(
    r"`[^`]+`|\b\w+[._/]\w+[\w./]*|\b[a-z]+[A-Z]\w+|\b[A-Z]{2,}[-_]?\d+|\b\w+\(\)|\b\d+(?:\.\d+)*\b"
    r"|\"[^\"]{2,40}\"|[<>=]{1,2}"
)
_COMPARES = re.compile(
    r"\b(?:only|instead of|rather than|while|whereas|older|newer|than|still|both|as if|each|every|same|different"
    r"|anymore|already|was not|were not|had not|has not|hadn't|wasn't|weren't|isn't|aren't)\b"
)
_REFUSED = re.compile(
    r"\b(?:works as (?:designed|intended)|as (?:designed|intended|expected)|not supposed|responsibility|deprecated"
    r"|no longer support\w*|not supported|invalid|won't fix|not a (?:bug|defect)|feature request|roadmap|planned)\b"
)
_BACK = re.compile(r"^(?:this|that|it|which|these|those|so this|and this)\b")
_FUTURE = re.compile(r"\b(?:will|would|going to|plan\w*|soon|next (?:release|week|sprint)|should be)\b")
_PAST = re.compile(r"\b(?:was|were|had|did|\w{3,}ed)\b")
NEGATION = re.compile(r"\b(?:not|n't|never|no longer|nothing|without|only|lacks?|missing|cannot|instead)\b|n't\b")
_YOU = re.compile(r"\byour?\b|\bsie\b|\busted\b")
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i'll|my|me)\b")
_SHORT, _LONG = 5, 45


def features(view: TicketView, units: Sequence[Unit], stance: Sequence[Stance]) -> NDArray[np.float32]:
    """Shape (len(units), len(NAMES)); every value is about 0 to 1. Code units get zeros."""
    subject = telling_words(view.subject.text.lower())
    found = np.zeros((len(units), len(NAMES)), dtype=np.float32)
    recovered = [bool(tones.RECOVERED.search(u.low)) and not tones.FAILED.search(u.low) for u in units]
    later = {u.message for u, r in zip(units, recovered, strict=True) if r}
    cause_cues = [cues.strongest(cues.CAUSE, u.low) for u in units]
    many = min(1.0, sum(c >= STRONG for c in cause_cues) / 3)
    thread = Neighbours(view, units, cause_cues)
    for at, unit in enumerate(units):
        if not unit.code:
            found[at] = [
                *_said(unit, cause_cues[at]),
                *_placed(view, units, at),
                *_marked(units, at),
                bool(later & {unit.message + 1, unit.message + 2}),
                recovered[at],
                *_shaped(unit, stance[unit.message], subject),
                many,
                unit.section in (sections.STEPS, sections.EXPECTED, sections.ENVIRONMENT),
                bool(EXPLAINS.search(unit.low)),
                *thread.beside(at),
                *_worded(unit),
                *thread.opening(at),
            ]
    return found


def _worded(unit: Unit) -> list[float]:
    return [
        bool(_BACK.match(unit.low)),
        bool(_COMPARES.search(unit.low)),
        bool(_REFUSED.search(unit.low)),
        bool(tones.SMALL_TALK.search(unit.low) or tones.ABSENT.search(unit.low)),
    ]


def _said(unit: Unit, cause: float) -> list[float]:
    fix = cues.strongest(cues.FIX, unit.low)
    labelled = 1.0 if unit.labelled else 0.7
    return [
        min(cause, 5.0) / 5,
        cause >= STRONG,
        min(fix, 5.0) / 5,
        fix >= STRONG,
        labelled * (unit.section == sections.CAUSE),
        labelled * (unit.section == sections.FIX),
        labelled * (unit.section == sections.WORKAROUND),
    ]


def _placed(view: TicketView, units: Sequence[Unit], at: int) -> list[float]:
    unit = units[at]
    message = view.messages[unit.message]
    last = len(view.messages) - 1
    opens = at == 0 or units[at - 1].message != unit.message
    return [
        message.role is Role.ENGINEER,
        message.role is Role.AGENT,
        message.role is Role.CUSTOMER,
        message.visibility is Visibility.INTERNAL,
        unit.message == 0,
        unit.message / max(1, last),
        unit.message == last,
        unit.start / max(1, len(message.text.text)),
        opens,
    ]


def _marked(units: Sequence[Unit], at: int) -> list[float]:
    text = units[at].low
    after = units[at + 1] if at + 1 < len(units) else None
    fails_next = after is not None and after.message == units[at].message and bool(tones.FAILED.search(after.low))
    patterns = (tones.HEDGE, tones.REQUEST, tones.STATUS, tones.COURTESY, tones.FAILED)
    return [
        *(bool(p.search(text)) for p in patterns),
        fails_next,
        bool(tones.DENIED.search(text)),
        bool(tones.PROBLEM.search(text)),
    ]


def _shaped(unit: Unit, stance: Stance, subject: set[str]) -> list[float]:
    text = unit.text
    words = len(text.split())
    shared = len(subject & telling_words(unit.low)) / max(1, len(subject))
    return [
        min(1.0, len(TECHNICAL.findall(text)) / 4),
        min(1.0, math.log1p(words) / 4),
        words < _SHORT,
        words > _LONG,
        bool(IMPERATIVE.search(unit.low)),
        bool(DID.search(unit.low)),
        bool(CHANGE_LINK.search(text)),
        stance is Stance.VERIFIED,
        stance is Stance.CHANGE,
        stance is Stance.NOT_REPRODUCED,
        shared,
        bool(NEGATION.search(unit.low)),
        bool(_YOU.search(unit.low)),
        bool(_FIRST_PERSON.search(unit.low)),
        bool(_FUTURE.search(unit.low)),
        bool(_PAST.search(unit.low)),
    ]


def telling_words(text: str) -> set[str]:
    return {w for w in re.findall(r"[^\W_]{3,}", text) if w not in {"the", "and", "for", "with", "not"}}
