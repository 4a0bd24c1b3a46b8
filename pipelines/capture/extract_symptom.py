"""What the customer saw or could not do, in the words of the report."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import COURTESY, REQUEST, STATUS
from pipelines.capture.extract_sections import ENVIRONMENT, EXPECTED, OTHER, SYMPTOM
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_title import clean_subject, says_something
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_wording import quoted, without_links, worded
from pipelines.domain.drafts import SUBJECT, Claim, Quote, TicketView
from pipelines.domain.tickets import Role, Visibility

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
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
_COVERED = 0.4


def find_symptom(
    view: TicketView, units: Sequence[Unit], stance: Sequence[Stance], chances: NDArray[np.float32], embed: Embed | None
) -> Claim | None:
    """The best sentence of the report, with the subject where the sentence alone does not carry its words."""
    subject = clean_subject(view.subject.text)
    told = says_something(subject)
    candidates = [(u, float(c)) for u, c in zip(units, chances, strict=True) if _may_tell(view, u, stance)]
    scored = sorted(((_score(u, c), -i, u) for i, (u, c) in enumerate(candidates)), reverse=True, key=lambda s: s[:2])
    best = [(score, unit) for score, _, unit in scored if score > 0]
    if embed is not None and told and len(best) > 1:
        best = _nearest_first(best[:6], subject, embed)
    if not best:
        return _from_subject(view, subject) if subject else None
    unit = best[0][1]
    quotes = [Quote(message=view.messages[unit.message].id, text=quoted(unit))]
    text = worded(without_links(unit.text) or unit.text)
    if told and _share(subject, text) < _COVERED:
        text = f"{worded(subject)} {text}"
        if subject in view.subject.text:
            quotes.append(Quote(message=SUBJECT, text=subject))
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
    if unit.code:
        return False
    return unit.message == 0 or message.role is Role.CUSTOMER or stance[unit.message] is Stance.REPRODUCED


def _score(unit: Unit, chance: float) -> float:
    text = unit.text
    if COURTESY.search(unit.low) or len(text.split()) < _SHORT or not re.search(r"[^\W\d_]{2}", text):
        return 0.0
    if unit.section == SYMPTOM:
        chance += 0.2 if unit.labelled else 0.1
    return chance * (0.6 if _META.search(text) or REQUEST.search(unit.low) or STATUS.search(unit.low) else 1.0)


def _nearest_first(best: list[tuple[float, Unit]], subject: str, embed: Embed) -> list[tuple[float, Unit]]:
    """Near ties settled by nearness of meaning to the subject: it counts as much as a tenth of a chance."""
    vectors = embed([subject, *(u.text for _, u in best)])
    nearness = vectors[1:] @ vectors[0]
    order = sorted(range(len(best)), key=lambda i: (-(best[i][0] + 0.1 * float(nearness[i])), i))
    return [best[i] for i in order]
