"""What made it go away, what kind of remedy that is, and what was tried without success."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_tones import ABSENT, ATTEMPT, COURTESY, DENIED, FAILED, REQUEST, STATUS
from pipelines.capture.extract_choice import Passage, Proposed, barred, choose, quotes_of
from pipelines.capture.extract_clauses import Clause
from pipelines.capture.extract_models import Model
from pipelines.capture.extract_outcome import failed_messages, fails_next, negated
from pipelines.capture.extract_passage import what_follows
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import CAUSE, ENVIRONMENT, EXPECTED, STEPS, TRIED, WORKAROUND
from pipelines.capture.extract_sections import FIX as FIX_SECTION
from pipelines.capture.extract_stance import CHANGE_LINK, Stance
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_wording import claim_of
from pipelines.domain.drafts import Claim, FixKind, TicketView
from pipelines.domain.tickets import Role

LINK_ONE = "Fixed by a code change (pull request linked)."
LINK_MANY = "Fixed by a code change (pull requests linked)."
MAX_TRIED = 4
_BARE_WORDS = 3
_BACK = re.compile(
    r"^(?:and |so |ok,? |yes,? )?(?:that|this|it|which|after (?:following|doing|trying) (?:the )?(?:above|that"
    r"|this|these|those))\b"
)
_BACK_WORDS = 7
"""What points back in so few words ("That solved it.") tells the next reader nothing."""
_LABELLED, _UNDER_HEADING = 0.5, 0.4
"""What a label adds to the chance of what stands under it."""
_FROM_STATUS = 0.4
_MOST = 2
_BESIDE_A_LINK = 0.35
"""The chance from which on words go along with a link to the change: the link alone is a whole answer."""
_CODE = 160
"""Characters of the longest line of code that can be a command or a setting, and not a listing."""
_FAILED_LATER = 0.2
"""What is left of a sentence's worth when the customer's next message says that it did not help."""
_NO_FIX = re.compile(
    r"\bno (?:fix|workaround|work-around|solution|resolution)\b|\bwon't (?:fix|be fixed)\b"
    r"|\bnot (?:be )?(?:fixed|resolved|solved)\b|\bany (?:fix|workaround|solution)\b|\bworkaround\?"
    r"|\bneeds? (?:a )?fix\b"
    r"|\byou(?:'ll| will| would| should) see\b"
    r"|\b(?:as per|see|per) (?:the )?(?:above|previous|comment)\w*|\babove comments?\b|\bfix version\b",
    re.IGNORECASE,
)
_WORKAROUND = re.compile(
    r"\bwork[- ]?arounds?\b|\btemporar\w+|\binterim\b|\bmeanwhile\b|\buntil (?:the |a )?(?:fix|release|\w+ is)\b"
    r"|\bmitigat\w+|\bcontourn\w+",
    re.IGNORECASE,
)
_CONFIGURATION = re.compile(
    r"\b(?:setting|settings|configur\w+|config|parameter|flag|toggle|option|property|enable[sd]?|disable[sd]?"
    r"|permission\w*|scope|role|policy|whitelist\w*|allow-?list\w*|"
    r"certificate|rotat\w+|renew\w*|quota|limit|timeout|mapping|dns|firewall|environment variable|re-?index\w*"
    r"|credential\w*|licen[cs]e|entitlement|tiapp|directory|token\w*|consent|restart\w*|provision\w*|assign\w*"
    r"|revoke\w*|admin|enrol\w*|group\w*|\.ya?ml|\.ini|\.conf|einstellung)\b|\w > \w|\b[a-z]+_[a-z_]+\b",
    re.IGNORECASE,
)
_CODE_CHANGE = re.compile(
    r"\b(?:upgrad\w+|patch\w*|hotfix|shipped|fixed in|pull request|commit|merged|code change|exposed?"
    r"|regression|bug fix|\d+\.\d+\.\d+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Remedy:
    claim: Claim
    kind: FixKind


def find_fix(view: TicketView, reading: Reading, chances: NDArray[np.float32], model: Model) -> Proposed[Remedy] | None:
    """The likeliest remedy, in words or as the linked change."""
    units, clauses = reading.units, reading.clauses
    failed = failed_messages(view, units)
    worth = [
        _worth(view, units, at) * (_FAILED_LATER if unit.message in failed else 1.0) for at, unit in enumerate(units)
    ]
    staff_links = [not c.link or _by_staff(view, units[c.unit]) for c in clauses]
    likely = barred(clauses, chances * np.array(staff_links, dtype=np.float32), worth)
    likely += np.array([_label(units[c.unit]) * (chance > 0) for c, chance in zip(clauses, likely, strict=True)])
    chosen, expected = choose(units, clauses, likely.clip(0, 1), typical=model.typical, most=_MOST)
    if not chosen:
        return None
    if any(p.link for p in chosen):
        chosen = [p for p in chosen if p.link or _chance(p, clauses, likely, units) >= _BESIDE_A_LINK]
    chosen = _with_what_follows(units, chosen)
    claim = Claim(text=_told(chosen), quotes=quotes_of(view, chosen))
    return Proposed(Remedy(claim, _kind(chosen, view, reading.stance)), expected)


def _with_what_follows(units: Sequence[Unit], chosen: list[Passage]) -> list[Passage]:
    """The remedy to its end, where it is told in words that reach to the end of their sentence."""
    last = chosen[-1]
    if last.link or last.unit.code or last.end < len(last.unit.raw.rstrip()):
        return chosen
    follows = what_follows(units, next(at for at, unit in enumerate(units) if unit is last.unit))
    return chosen + [Passage(unit, 0, len(unit.raw)) for unit in follows]


def _chance(passage: Passage, clauses: Sequence[Clause], likely: NDArray[np.float32], units: Sequence[Unit]) -> float:
    """The chance of a passage's likeliest clause."""
    return max(
        float(chance)
        for clause, chance in zip(clauses, likely, strict=True)
        if units[clause.unit] is passage.unit and passage.start <= clause.start < passage.end
    )


def _told(chosen: Sequence[Passage]) -> str:
    """The remedy in sentences; a link to a change says of itself no more than that there is one."""
    links = [p for p in chosen if p.link]
    said = [p.worded for p in chosen if not p.link]
    linked = [] if not links else [LINK_ONE if len(links) == 1 else LINK_MANY]
    return " ".join([*linked, *said])


def _by_staff(view: TicketView, unit: Unit) -> bool:
    """The report itself proposes no change to the program, nor does the asker."""
    return bool(unit.message) and view.messages[unit.message].role is not Role.CUSTOMER


def _is_workaround(unit: Unit) -> bool:
    return unit.section == WORKAROUND or bool(_WORKAROUND.search(unit.text))


def _label(unit: Unit) -> float:
    if unit.section not in (FIX_SECTION, WORKAROUND):
        return 0.0
    return (_LABELLED if unit.labelled else _UNDER_HEADING) - 0.1 * (unit.section == WORKAROUND)


def _worth(view: TicketView, units: Sequence[Unit], at: int) -> float:
    unit = units[at]
    text = unit.low
    if unit.section in (STEPS, EXPECTED, TRIED, ENVIRONMENT, CAUSE) or negated(text) or fails_next(units, at):
        return 0.0
    if CHANGE_LINK.search(unit.raw) and _by_staff(view, unit):
        return 1.0
    if unit.code:
        return float(len(unit.raw) <= _CODE)
    return 0.0 if _no_remedy(text) else _FROM_STATUS if STATUS.search(text) else 1.0


def _no_remedy(text: str) -> bool:
    words = len(text.split())
    if words < _BARE_WORDS or any(p.search(text) for p in (_NO_FIX, ABSENT, COURTESY, DENIED, REQUEST)):
        return True
    return bool(_BACK.match(text)) and (words <= _BACK_WORDS or text.startswith("after"))


def _kind(chosen: Sequence[Passage], view: TicketView, stance: Sequence[Stance]) -> FixKind:
    text = " ".join(p.unit.text for p in chosen)
    if any(p.link for p in chosen):
        return FixKind.FIX
    if any(_is_workaround(p.unit) for p in chosen):
        return FixKind.WORKAROUND
    if _CODE_CHANGE.search(text):
        return FixKind.FIX
    if _CONFIGURATION.search(text):
        return FixKind.CONFIGURATION
    if re.search(
        r"\b(?:by design|expected|use|instead|responsibility|should|documented|you (?:can|need|have))\b",
        text,
        re.IGNORECASE,
    ):
        return FixKind.ANSWER if view.messages[chosen[0].unit.message].role is not Role.CUSTOMER else FixKind.WORKAROUND
    return FixKind.FIX if Stance.VERIFIED in stance or Stance.CHANGE in stance else FixKind.WORKAROUND


def find_tried(view: TicketView, units: Sequence[Unit]) -> tuple[Claim, ...]:
    """What was tried and did not help: an attempt whose own or next sentence says so."""
    found: list[Claim] = []
    for at, unit in enumerate(units):
        if unit.code or len(found) == MAX_TRIED or REQUEST.search(unit.low) or unit.section in (STEPS, EXPECTED):
            continue
        if (unit.section == TRIED or ATTEMPT.search(unit.low)) and (
            unit.section == TRIED or FAILED.search(unit.low) or fails_next(units, at)
        ):
            found.append(claim_of(view, [unit]))
    return tuple(found)
