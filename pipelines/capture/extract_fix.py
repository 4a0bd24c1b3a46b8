"""What made it go away, what kind of remedy that is, and what was tried without success."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.cue_phrases import FIX, strongest
from pipelines.capture.cue_tones import ABSENT, ATTEMPT, COURTESY, DENIED, FAILED, REQUEST, STATUS
from pipelines.capture.extract_outcome import failed_messages, fails_next, negated
from pipelines.capture.extract_passage import passage
from pipelines.capture.extract_ranker import Ranker
from pipelines.capture.extract_sections import CAUSE, ENVIRONMENT, EXPECTED, STEPS, TRIED, WORKAROUND
from pipelines.capture.extract_sections import FIX as FIX_SECTION
from pipelines.capture.extract_stance import CHANGE_LINK, Stance
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_wording import claim_of, without_links, worded
from pipelines.domain.drafts import Claim, FixKind, Quote, TicketView
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
_ACT = 1.5
"""The weight of a sentence that begins with what was done."""
_MARGIN = 0.8
_FAILED_LATER = 0.2
"""What is left of a sentence's worth when the customer's next message says that it did not help."""
_TESTING = re.compile(
    r"^(?:to|for) (?:test|fr|reproduce)|^(?:run|test|functional|verify)\b|\btest case\b", re.IGNORECASE
)
_PROMISE = re.compile(
    r"\b(?:will|would|going to|plan(?:ned|s)?|next release|soon|todo|to be done|need(?:s)? to be"
    r"|should be fixed)\b",
    re.IGNORECASE,
)
_NO_FIX = re.compile(
    r"\bno (?:fix|workaround|work-around|solution|resolution)\b|\bwon't (?:fix|be fixed)\b"
    r"|\bnot (?:be )?(?:fixed|resolved|solved)\b|\bany (?:fix|workaround|solution)\b|\bworkaround\?"
    r"|\bneeds? (?:a )?fix\b"
    r"|\byou(?:'ll| will| would| should) see\b"
    r"|\b(?:as per|see|per) (?:the )?(?:above|previous|comment)\w*|\babove comments?\b|\bfix version\b",
    re.IGNORECASE,
)
_LINK_TALK = re.compile(
    r"\b(?:pr|prs|pull request\w*|pending|sent|submitted|master|merge\w*|branch|commit\w*|backport\w*|for|and"
    r"|to|the|is|was|here|cherry[- ]?pick\w*|see|\d+[_.]\d+[_.xX\d]*|ready|opened|new|updated|fix|fixed|fixes"
    r"|here'?s?|this|it|an?|with|in|of)\b|[^\w\s]|_",
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


def find_fix(
    view: TicketView, units: Sequence[Unit], stance: Sequence[Stance], chances: NDArray[np.float32], ranker: Ranker
) -> Remedy | None:
    """The likeliest remedy: said in words, else the linked change; None where the thread shows neither."""
    links = _links(view, units)
    failed = failed_messages(view, units)
    worth = np.array(
        [
            _worth(units, at, float(c), ranker.threshold) * (_FAILED_LATER if units[at].message in failed else 1.0)
            for at, c in enumerate(chances)
        ],
        dtype=np.float32,
    )
    best = int(worth.argmax()) if len(worth) and worth.max() >= ranker.threshold else None
    if links:
        with_link = {index for index, _ in links}
        described = _described(units, with_link, worth)
        said = (
            best is not None
            and units[best].message not in with_link
            and _MARGIN * worth[best] > _link_worth(units, with_link, chances)
        )
        if best is None or not said:
            if described is not None:
                return Remedy(claim_of(view, [described], _worded_all([described])), FixKind.FIX)
            return _linked(view, links, _workaround(units, worth, ranker))
    if best is None:
        return None
    chosen = passage(units, worth, best)
    return Remedy(claim_of(view, chosen, _worded_all(chosen)), _kind(chosen, view, stance))


def _link_worth(units: Sequence[Unit], with_link: set[int], chances: NDArray[np.float32]) -> float:
    return max(
        (float(c) for u, c in zip(units, chances, strict=True) if u.message in with_link and CHANGE_LINK.search(u.raw)),
        default=0.0,
    )


def _workaround(units: Sequence[Unit], worth: NDArray[np.float32], ranker: Ranker) -> Unit | None:
    told = [
        at
        for at, u in enumerate(units)
        if worth[at] >= ranker.threshold and _is_workaround(u) and len(u.text.split()) > _BARE_WORDS
    ]
    return units[max(told, key=lambda at: float(worth[at]))] if told else None


def _worded_all(units: list[Unit]) -> str:
    return " ".join(u.raw if u.code else worded(without_links(u.text) or u.text) for u in units)


def _is_workaround(unit: Unit) -> bool:
    return unit.section == WORKAROUND or bool(_WORKAROUND.search(unit.text))


def _links(view: TicketView, units: Sequence[Unit]) -> list[tuple[int, str]]:
    """Links to changes, as (message index, link), by those who make changes; the report itself proposes none."""
    found: dict[str, int] = {}
    for unit in units:
        if unit.message and view.messages[unit.message].role is not Role.CUSTOMER:
            for match in CHANGE_LINK.finditer(unit.raw):
                found.setdefault(match.group(), unit.message)
    return [(index, link) for link, index in found.items()]


def _linked(view: TicketView, links: list[tuple[int, str]], workaround: Unit | None) -> Remedy:
    text = LINK_ONE if len(links) == 1 else LINK_MANY
    quotes = [Quote(message=view.messages[index].id, text=link) for index, link in links[:3]]
    if workaround is not None and len(workaround.text.split()) > _BARE_WORDS:
        text = f"{text} Workaround: {worded(without_links(workaround.text) or workaround.text)}"
        quotes.append(Quote(message=view.messages[workaround.message].id, text=workaround.raw))
    return Remedy(Claim(text=text, quotes=tuple(quotes)), FixKind.FIX)


def _described(units: Sequence[Unit], with_link: set[int], worth: NDArray[np.float32]) -> Unit | None:
    """The sentence beside a change link that says what was changed, if there is one."""
    told = [at for at, u in enumerate(units) if u.message in with_link and worth[at] > 0.0 and _says_what(u)]
    return units[max(told, key=lambda at: (float(worth[at]), -at))] if told else None


def _says_what(unit: Unit) -> bool:
    text = without_links(unit.low)
    if unit.code or unit.section in (STEPS, EXPECTED) or len(_LINK_TALK.sub(" ", text).split()) <= _BARE_WORDS:
        return False
    if any(p.search(text) for p in (REQUEST, COURTESY, STATUS, FAILED, _TESTING)):
        return False
    return strongest(FIX, text) >= _ACT


def _worth(units: Sequence[Unit], at: int, chance: float, threshold: float) -> float:
    unit = units[at]
    text = unit.low
    if chance < 0.5 * threshold and unit.section not in (FIX_SECTION, WORKAROUND):
        return 0.0
    if unit.code or unit.section in (STEPS, EXPECTED, TRIED, ENVIRONMENT, CAUSE) or len(text.split()) < _BARE_WORDS:
        return 0.0
    if (
        any(p.search(text) for p in (_NO_FIX, ABSENT, COURTESY, DENIED, REQUEST))
        or negated(text)
        or fails_next(units, at)
    ):
        return 0.0
    if _BACK.match(text) and (len(text.split()) <= _BACK_WORDS or text.startswith("after")):
        return 0.0
    if unit.section in (FIX_SECTION, WORKAROUND):
        return chance + (0.5 if unit.labelled else 0.4) - 0.1 * (unit.section == WORKAROUND)
    return chance * (0.4 if STATUS.search(text) else 1.0)


def _kind(chosen: Sequence[Unit], view: TicketView, stance: Sequence[Stance]) -> FixKind:
    text = " ".join(u.text for u in chosen)
    if any(_is_workaround(u) for u in chosen):
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
        return FixKind.ANSWER if view.messages[chosen[0].message].role is not Role.CUSTOMER else FixKind.WORKAROUND
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
