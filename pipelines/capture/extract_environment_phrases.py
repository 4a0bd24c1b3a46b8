"""Phrases that name a platform, device, browser, runtime or deployment, and what can be seen of each.

The fitted model over these features is in extract_models.json; see `evals.fit_capture`. Called by
`extract_environment`.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.capture import environment_terms as terms
from pipelines.capture.cue_tones import PROBLEM
from pipelines.capture.environment_terms import INTEGRATION_RE, SETTING_RE, TERM_RE, WEAK
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import AFFECTED, ENVIRONMENT, EXPECTED, STEPS
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role, Visibility

_BRIDGE = re.compile(
    r"(?:[\s,/()&+;:\-\u2013=*_]|\b(?:running|runs|run|on|with|and|or|version|ver|v|the|a|an|in|using|under|behind"
    r"|via|for|only|device|devices|os|at|"
    r"build|sdk|api|level|mini|pro|plus|edition|phone|enterprise|standard|bit|x64|x86|charge|resolution|desire"
    r"|duos|ga|both|all|"
    r"[A-Z]\d{1,3}|\d+(?:\.\d+)*[\w+]*|[A-Z][a-z]?)\b){1,9}"
)
_TAIL = re.compile(
    r"(?:[\s\-:=(,]|v(?=[\s.]?\d)|\b(?:version|os|sdk|api level|running|charge|mini|pro|plus|server|device|devices"
    r"|phone|resolution|only|edition|duos|desire|cluster|tab|note|touch|ace|nexus|galaxy|color|ver|apis?|level|gen)\b){0,5}"
    r"(?:\b(?:[A-Z]?\d[\w.+]*(?!\w)|(?-i:II|III|IV)\b)\)?(?!\s?(?:%|s\b|ms\b|h\b|min|sec|hour|day|week|time|row|record"
    r"|user|job|call|GB|MB|KB|people|\d{3}\b))(?:\s?\((?:v|ver|version|android|ios|os|api)?[\s.:]?\d[\w.]*\))?"
    r"|\b(?:only|devices?|phone|simulator|emulator|cluster|region|server|x64|x86)\b)?",
    re.IGNORECASE,
)
_TAILS = 2
"""Numbers that may follow one word: of the model, and of its system."""
ABSENT = re.compile(
    r"\b(?:not (?:an?|just|only|happen\w*|occur\w*|reproduc\w*)"
    r"|works? (?:fine |correctly |as expected |well )?(?:on|in|for|with)|(?:does|did) ?n[o']t (?:happen|occur)"
    r"|fine on|on (?:\w+ ){1,2}(?:it |this |both \w+ )?works?)\b",
    re.IGNORECASE,
)
_KEY = re.compile(r"\s*(?:[-*\u2022]\s*)?[A-Za-z][\w ()/.-]{1,30}\s?[:\-=]\s?")
_ONLY = re.compile(r"\bonly\b|\bspecific\b")
_WHERE = re.compile(r"\b(?:on|in|with|using|running|under|for|against)\s+(?:the |an? |my |our )?$", re.IGNORECASE)
_TRIED = re.compile(r"\b(?:tested|testing|verified|reproduc\w+|seen|happens|occurs|environment|tried)\b")
_STEP = re.compile(r"(?:run|launch|install|build|click|open|create|navigate|tap|press|go to|deploy|start|select)\b")
_WINDOWS_SHOWN = re.compile(r"windows?$")
"""In lower case and without a number, windows are mostly those on a screen."""
_ON = re.compile(r"\bon (?:the )?$", re.IGNORECASE)
_LONGEST_CODE = 120
FILLERS = frozenset(("on", "with", "running", "the", "device", "only", "version", "our", "a", "and"))
_TOKEN = re.compile(r"[a-z0-9]+(?:\.\d+)*")
_KINDS = {
    "mobile": re.compile(
        r"\b(?:android|ios|ipados|iphone ?os|blackberry|tizen|mobile ?web|windows phone)\b", re.IGNORECASE
    ),
    "desktop": re.compile(
        r"\b(?:mac ?os(?: ?x)?|mac|os ?x|windows|win ?\d+|linux|ubuntu|debian|rhel|centos)\b", re.IGNORECASE
    ),
    "device": re.compile(rf"\b(?:{terms.DEVICES})", re.IGNORECASE),
    "emulated": re.compile(r"\b(?:simulator|emulator)\b", re.IGNORECASE),
    "browser": re.compile(rf"\b(?:{terms.BROWSERS})\b", re.IGNORECASE),
    "runtime": INTEGRATION_RE,
    "deployed": re.compile(rf"\b(?:{terms.DEPLOYMENT})\b", re.IGNORECASE),
}
PHRASE_NAMES = (
    *("specific", "terms", "strong_terms", "setting", *_KINDS, "in_subject", "beside_subject", "spoken_of"),
    *(f"in_{stance.value}" for stance in Stance),
    *("first_message", "second_message", "place_in_thread", "customer", "engineer", "internal"),
    *("section_environment", "labelled", "section_steps", "section_expected", "section_affected", "code", "keyed"),
    *(
        "unit_length",
        "share",
        "absent",
        "only",
        "asks",
        "where",
        "tried",
        "step",
        "problem",
        "capital",
        "length",
        "words",
    ),
    *("first_phrase", "phrases", "phrases_here", "named_again", "within_longer", "named_before", "specific_told"),
    *("vague_beside_specific", "place", "tried_above", "whole_number", "last_message"),
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """The range [start, end) of the raw text of a unit."""

    unit: Unit
    start: int
    end: int

    @property
    def raw(self) -> str:
        return self.unit.raw[self.start : self.end]

    @property
    def specific(self) -> bool:
        return any(c.isdigit() for c in self.raw)

    @property
    def tokens(self) -> frozenset[str]:
        return frozenset(_TOKEN.findall(self.raw.lower().replace("ssl", "tls")))


def find_phrases(reading: Reading) -> list[Phrase]:
    """Every phrase of the thread, in order. Pasted listings hold none."""
    found = []
    for unit in reading.units:
        if unit.code and len(unit.raw) > _LONGEST_CODE:
            continue
        phrases = [Phrase(unit, start, end) for start, end in _runs(unit.raw)]
        found += [p for p in phrases if not (_WINDOWS_SHOWN.match(p.raw) and not _ON.search(unit.raw[: p.start]))]
    return found


def _runs(raw: str) -> list[tuple[int, int]]:
    """Ranges of neighbouring environment words, each with the version or model that follows it."""
    runs: list[tuple[int, int]] = []
    found = [*TERM_RE.finditer(raw), *SETTING_RE.finditer(raw)]
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        reach = match.end()
        for _ in range(_TAILS):
            tail = _TAIL.match(raw, reach)
            reach = tail.end() if tail else reach
        end = match.start() + len(raw[match.start() : reach].rstrip(" ,(:;-=.\n"))
        if runs and (match.start() <= runs[-1][1] or _BRIDGE.fullmatch(raw, runs[-1][1], match.start())):
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((match.start(), end))
    return runs


def phrase_features(view: TicketView, reading: Reading, phrases: Sequence[Phrase]) -> NDArray[np.float32]:
    """Shape (len(phrases), len(PHRASE_NAMES)); every value is about 0 to 1."""
    if not phrases:
        return np.zeros((0, len(PHRASE_NAMES)), dtype=np.float32)
    subject, often = _terms(view.subject.text), _often(reading.units)
    after = {id(unit): above for above, unit in zip(reading.units, reading.units[1:], strict=False)}
    others = _Others(reading, phrases)
    rows = [
        [
            *_named(phrase, subject, often),
            *_placed(view, reading, phrase),
            *_said(phrase),
            *others.beside(at),
            phrase.start / max(1, len(phrase.unit.raw)),
            _tried_above(phrase.unit, after.get(id(phrase.unit))),
            phrase.specific and not re.search(r"\d\.\d", phrase.raw),
            phrase.unit.message == len(view.messages) - 1,
        ]
        for at, phrase in enumerate(phrases)
    ]
    return np.array(rows, dtype=np.float32)


def _named(phrase: Phrase, subject: frozenset[str], often: frozenset[str]) -> list[float]:
    raw, named = phrase.raw, _terms(phrase.raw)
    return [
        phrase.specific,
        len(named) / 3,
        len(named - WEAK) / 3,
        bool(SETTING_RE.search(raw)),
        *(bool(kind.search(raw)) for kind in _KINDS.values()),
        bool(named & subject),
        bool(named - subject) and bool(subject),
        bool(named & often),
    ]


def _placed(view: TicketView, reading: Reading, phrase: Phrase) -> list[float]:
    unit, message = phrase.unit, view.messages[phrase.unit.message]
    return [
        *(reading.stance[unit.message] is stance for stance in Stance),
        unit.message == 0,
        unit.message == 1,
        unit.message / max(1, len(view.messages) - 1),
        message.role is Role.CUSTOMER,
        message.role is Role.ENGINEER,
        message.visibility is Visibility.INTERNAL,
        *(unit.section == ENVIRONMENT, unit.labelled),
        *(unit.section == section for section in (STEPS, EXPECTED, AFFECTED)),
        unit.code,
        bool(_KEY.match(unit.raw)),
    ]


def _said(phrase: Phrase) -> list[float]:
    unit, raw = phrase.unit, phrase.raw
    return [
        min(1.0, len(unit.text.split()) / 20),
        len(raw) / max(1, len(unit.raw)),
        bool(ABSENT.search(unit.raw)),
        bool(_ONLY.search(unit.low)),
        unit.text.endswith("?"),
        bool(_WHERE.search(unit.raw[: phrase.start])),
        bool(_TRIED.search(unit.low)),
        bool(_STEP.match(unit.low)),
        bool(PROBLEM.search(unit.low)),
        raw[:1].isupper(),
        min(1.0, len(raw) / 40),
        min(1.0, len(phrase.tokens) / 6),
    ]


class _Others:
    """What a phrase is beside the other ones of its thread."""

    def __init__(self, reading: Reading, phrases: Sequence[Phrase]) -> None:
        self._phrases = phrases
        self._tokens = [p.tokens - FILLERS for p in phrases]
        self._here = Counter(p.unit.message for p in phrases)
        told = (Stance.REPORT, Stance.REPRODUCED)
        self._specific = any(p.specific and reading.stance[p.unit.message] in told for p in phrases)

    def beside(self, at: int) -> list[float]:
        mine, phrase = self._tokens[at], self._phrases[at]
        other = [tokens for place, tokens in enumerate(self._tokens) if place != at]
        before = frozenset().union(*self._tokens[:at])
        return [
            at == 0,
            min(1.0, len(self._phrases) / 10),
            min(1.0, self._here[phrase.unit.message] / 5),
            min(1.0, sum(bool(tokens & mine) for tokens in other) / 4),
            any(mine < tokens for tokens in other),
            mine <= before,
            self._specific,
            self._specific and not phrase.specific,
        ]


def _tried_above(unit: Unit, above: Unit | None) -> bool:
    return above is not None and above.message == unit.message and bool(_TRIED.search(above.low))


def _terms(text: str) -> frozenset[str]:
    return frozenset(m.group().lower() for m in TERM_RE.finditer(text))


def _often(units: Sequence[Unit]) -> frozenset[str]:
    """The systems that more than one message names: what several people speak of is not named in passing."""
    messages: dict[str, set[int]] = {}
    for unit in units:
        for match in () if unit.code else INTEGRATION_RE.finditer(unit.raw):
            messages.setdefault(match.group().lower(), set()).add(unit.message)
    return frozenset(term for term, where in messages.items() if len(where) > 1)
