"""What the customer saw or could not do, in the words of the report."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import COURTESY, REQUEST, STATUS
from pipelines.capture.extract_choice import barred, choose, quotes_of
from pipelines.capture.extract_clause_features import ERROR_MESSAGE
from pipelines.capture.extract_models import Model
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import ENVIRONMENT, EXPECTED, OTHER
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_title import clean_subject, says_something
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_wording import worded
from pipelines.domain.drafts import SUBJECT, Claim, Quote, TicketView
from pipelines.domain.tickets import Role, Visibility

_WORD = re.compile(r"[^\W_][\w.']*")
_COMMON = frozenset(
    "the a an is are was to of in on for and or with it this that i we when if as at by be from has have not my "
    "our".split()
)
_META = re.compile(
    r"\b(?:see|refer to|attach\w*|screenshot|screen ?shot|video|test case|sample|code|example|helpdesk|ticket"
    r"|log is|below|following steps|here (?:is|are)|customer wants)\b",
    re.IGNORECASE,
)
_SHORT = 3
_CODE = 300
"""Characters of the longest line of output that can be an error message."""
_ASIDE = 0.6
_MOST = 1
_SAME, _COVERED = 0.8, 0.4
"""Shares of the subject's words that stand in what was chosen: it adds nothing; it needs no quote of its own."""


def find_symptom(view: TicketView, reading: Reading, chances: NDArray[np.float32], model: Model) -> Claim | None:
    """What of the report says best what is wrong, after the subject where that says something of its own."""
    subject = clean_subject(view.subject.text)
    worth = [_worth(view, unit, reading.stance) for unit in reading.units]
    likely = barred(reading.clauses, chances, worth)
    chosen, _ = choose(reading.units, reading.clauses, likely, typical=model.typical, most=_MOST)
    if not chosen:
        return _from_subject(view, subject) if subject else None
    text = " ".join(p.worded for p in chosen)
    quotes = list(quotes_of(view, chosen))
    if says_something(subject) and _share(subject, text) < _SAME:
        if _share(subject, text) < _COVERED and subject in view.subject.text:
            quotes.append(Quote(message=SUBJECT, text=subject))
        text = f"{worded(subject)} {text}"
    return Claim(text=text, quotes=tuple(quotes))


def _from_subject(view: TicketView, subject: str) -> Claim:
    return Claim(
        text=worded(subject), quotes=(Quote(message=SUBJECT, text=subject),) if subject in view.subject.text else ()
    )


def _words(text: str) -> set[str]:
    return {w.rstrip("s.'") for w in _WORD.findall(text.lower())} - _COMMON


def _share(of: str, within: str) -> float:
    """How many of one text's words stand in the other, in [0, 1]."""
    words = _words(of)
    return len(words & _words(within)) / len(words) if words else 1.0


def _may_tell(view: TicketView, unit: Unit, stance: Sequence[Stance]) -> bool:
    message = view.messages[unit.message]
    if message.visibility is Visibility.INTERNAL and unit.message > 0:
        return False
    if stance[unit.message] not in (Stance.REPORT, Stance.REPRODUCED) or unit.section in (EXPECTED, ENVIRONMENT, OTHER):
        return False
    return unit.message == 0 or message.role is Role.CUSTOMER or stance[unit.message] is Stance.REPRODUCED


def _worth(view: TicketView, unit: Unit, stance: Sequence[Stance]) -> float:
    if not _may_tell(view, unit, stance) or not re.search(r"[^\W\d_]{2}", unit.raw):
        return 0.0
    if unit.code:
        return float(len(unit.raw) <= _CODE and bool(ERROR_MESSAGE.search(unit.raw)))
    if COURTESY.search(unit.low) or len(unit.text.split()) < _SHORT:
        return 0.0
    return _ASIDE if _META.search(unit.text) or REQUEST.search(unit.low) or STATUS.search(unit.low) else 1.0
