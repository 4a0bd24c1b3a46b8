"""Version numbers of a thread and what can be seen of each: what is said around it, and where in the thread.

The fitted models over these features are in extract_models.json; see `evals.fit_capture`. Called by `extract_versions`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture import cue_tones as tones
from pipelines.capture import extract_version_rules as rules
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import AFFECTED, ENVIRONMENT, EXPECTED, FIXED_IN
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit
from pipelines.capture.versions_in_text import Subject, VersionMention, find_versions, plain_version
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role

_LONGEST_CODE = 200
_BEFORE = 48
_NAMED = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "sdk": r"\b(?:sdk|agent|server|client|gateway|connector|app|product|module|engine)\b[^,;.]{0,14}$",
        "tool": r"\b(?:studio|cli|alloy|npm|ide|plugin)\b[^,;.]{0,14}$",
        "platform": r"\b(?:xcode|android|ios|ipad|iphone|os ?x|osx|mac|windows|os|nexus|galaxy|device|simulator"
        r"|emulator|node|java|jdk|python|api|build tools)\b[^,;.]{0,14}$",
        "mobile": r"\b(?:titanium|ti|mobile ?sdk|mobile)\b[^,;.]{0,14}$",
        "developer": r"\bdeveloper\b[^,;.]{0,14}$",
        "in": r"\b(?:in|on|with|using|under)\b[^,;.]{0,20}$",
        "from": r"\b(?:from|than|before|until|since|prior)\b[^,;.]{0,14}$",
        "to": r"\b(?:to|for|into)\b[^,;.]{0,14}$",
        "branch": r"\b(?:branch|master|backport\w*|cherry)\b",
        "version": r"\bversion\b[^,;.]{0,10}$",
        "build": r"\bbuild\b[^,;.]{0,10}$",
    }.items()
}
_SENTENCE = {
    name: re.compile(pattern)
    for name, pattern in {
        "regressed": r"\bregress",
        "works": r"\bwork(?:s|ed|ing)?\b",
        "verified": r"\bverif",
        "tested": r"\btested\b",
        "reproduced": r"\breproduc",
        "fixed": r"\bfix(?:ed|es)?\b",
        "not_reproduced": r"\b(?:can ?not|can't|unable|not able|not) \w{0,6} ?reproduc",
        "early": r"\bbeta|rc\d?\b",
        "closes": r"\bclos",
        "plans": r"\bschedul|\bplan|\btarget|\bmoving|\bpush",
    }.items()
}
_STAMP = re.compile(r"v?\d{10,}")
_GENERAL = re.compile(r"ga|rc", re.IGNORECASE)
VERSION_NAMES = (
    *(f"of_{subject.value}" for subject in Subject),
    *("dots", "stamped", "general", "and_later", "rule_affected", "rule_fixed"),
    *("said_fixed", "said_move", "said_well", "said_seen", "holds_after", "old_after", "works_after"),
    *(f"after_{name}" for name in _NAMED),
    *(f"sentence_{name}" for name in _SENTENCE),
    *(f"in_{stance.value}" for stance in Stance),
    *("first_message", "last_message", "place", "after_fix", "customer", "engineer", "asks"),
    *("in_affected", "in_fixed_in", "in_environment", "in_expected", "code", "failed", "works_now", "problem"),
    *("changed_before", "verified_here", "verified_ever", "times", "first_here", "nth_here", "newest"),
    *("newer_than_report", "in_report", "in_subject", "sentence_length", "first_named", "short_line"),
)


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A version where the thread mentions it."""

    unit: Unit
    version: VersionMention

    @property
    def name(self) -> str:
        return plain_version(self.version.name)


def find_mentions(reading: Reading) -> list[Mentioned]:
    """Every version number of the thread, in order, whosever it is."""
    return [
        Mentioned(unit, version)
        for unit in reading.units
        if not (unit.code and len(unit.raw) > _LONGEST_CODE) and any(c.isdigit() for c in unit.raw)
        for version in find_versions(unit.raw)
    ]


def version_features(view: TicketView, reading: Reading, mentions: Sequence[Mentioned]) -> NDArray[np.float32]:
    """Shape (len(mentions), len(VERSION_NAMES)); every value is about 0 to 1."""
    if not mentions:
        return np.zeros((0, len(VERSION_NAMES)), dtype=np.float32)
    thread = _Thread(view, reading, mentions)
    rows = [
        [
            *_spelled(one),
            *thread.ruled(one),
            *_said(one),
            *thread.placed(one),
            *thread.beside(at),
            one.version.name in view.subject.text,
            min(1.0, len(one.unit.text.split()) / 20),
            thread.names.index(one.name) == at,
            len(one.unit.raw) < 40,  # noqa: PLR2004 - a line of a list of versions
        ]
        for at, one in enumerate(mentions)
    ]
    return np.array(rows, dtype=np.float32)


def _spelled(one: Mentioned) -> list[float]:
    name = one.version.name
    return [
        *(one.version.of is subject for subject in Subject),
        name.count(".") / 4,
        bool(_STAMP.search(name)),
        bool(_GENERAL.search(name)),
        name.endswith("+"),
    ]


def _said(one: Mentioned) -> list[float]:
    raw, before, end = one.unit.raw, one.unit.raw[: one.version.start], one.version.end
    near = before[-_BEFORE:]
    return [
        *(bool(p.search(before)) for p in (rules.FIXED, rules.MOVE_TO, rules.WELL, rules.SEEN)),
        *(bool(p.match(raw, end)) for p in (rules.HOLDS, rules.OLD, rules.WORKS)),
        *(bool(p.search(near)) for p in _NAMED.values()),
        *(bool(p.search(one.unit.low)) for p in _SENTENCE.values()),
    ]


class _Thread:
    """The thread that the mentions stand in."""

    def __init__(self, view: TicketView, reading: Reading, mentions: Sequence[Mentioned]) -> None:
        self._view, self._stance, self._mentions = view, reading.stance, mentions
        self.names = [one.name for one in mentions]
        self._times = Counter(self.names)
        steps = (Stance.CHANGE, Stance.VERIFIED)
        self._last_fix = max((at for at, s in enumerate(self._stance) if s in steps), default=len(self._stance))
        products = [one for one in mentions if one.version.of is Subject.PRODUCT]
        self._newest = max((_number(one.name) for one in products), default=())
        self._reported = [_number(one.name) for one in products if one.unit.message == 0]

    def ruled(self, one: Mentioned) -> list[float]:
        unit = one.unit
        if unit.code or unit.section == EXPECTED:
            return [0.0, 0.0]
        after = unit.message > self._last_fix
        said = rules.said_of(self._view, unit, one.version, self._stance[unit.message], after_fix=after)
        return [said == "affected", said == "fixed"]

    def placed(self, one: Mentioned) -> list[float]:
        unit, last = one.unit, len(self._stance) - 1
        role = self._view.messages[unit.message].role
        return [
            *(self._stance[unit.message] is stance for stance in Stance),
            unit.message == 0,
            unit.message == last,
            unit.message / max(1, last),
            unit.message > self._last_fix,
            role is Role.CUSTOMER,
            role is Role.ENGINEER,
            unit.text.endswith("?"),
            *(unit.section == section for section in (AFFECTED, FIXED_IN, ENVIRONMENT, EXPECTED)),
            unit.code,
            *(bool(p.search(unit.low)) for p in (tones.FAILED, tones.RECOVERED, tones.PROBLEM)),
            any(s is Stance.CHANGE for s in self._stance[: unit.message]),
            any(s is Stance.VERIFIED for s in self._stance[: unit.message + 1]),
            Stance.VERIFIED in self._stance,
        ]

    def beside(self, at: int) -> list[float]:
        one = self._mentions[at]
        here = sum(other.unit.message == one.unit.message for other in self._mentions[: at + 1])
        number = _number(one.name)
        return [
            min(1.0, self._times[one.name] / 4),
            here == 1,
            min(1.0, here / 6),
            number == self._newest,
            bool(self._reported) and number > max(self._reported),
            number in self._reported,
        ]


def _number(name: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", name.split("v", maxsplit=1)[0])[:3])
