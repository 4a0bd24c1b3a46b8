"""Where the problem occurs: the platform, device, browser, runtime or deployment that the reports name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.capture.environment_terms import INTEGRATION_RE, SETTING_RE, TERM_RE, WEAK
from pipelines.capture.extract_sections import ENVIRONMENT, EXPECTED, OTHER, STEPS
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit, clean
from pipelines.domain.drafts import Claim, Quote, TicketView
from pipelines.domain.tickets import Role

_BRIDGE = re.compile(
    r"(?:[\s,/()&+;:\-\u2013=*_]|\b(?:running|runs|run|on|with|and|or|version|ver|v|the|a|an|in|using|under|behind"
    r"|via|for|only|device|devices|os|at|"
    r"build|sdk|api|level|mini|pro|plus|edition|phone|enterprise|standard|bit|x64|x86|charge|resolution|desire"
    r"|duos|ga|both|all|"
    r"[A-Z]\d{1,3}|\d+(?:\.\d+)*[\w+]*|[A-Z][a-z]?)\b){1,9}"
)
_TAIL = re.compile(
    r"(?:[\s\-:=(v,]|\b(?:version|os|sdk|api level|running|charge|mini|pro|plus|server|device|devices|phone"
    r"|resolution|only|edition|duos|desire|cluster)\b){0,4}"
    r"(?:\b[A-Z]?\d[\w.+]*(?!\w)\)?(?!\s?(?:%|s\b|ms\b|h\b|min|sec|hour|day|week|time|row|record|user|job|call|GB"
    r"|MB|KB|people"
    r"|\d{3}\b))|\b(?:only|devices?|phone|simulator|emulator|cluster|region|server|x64|x86)\b)?",
    re.IGNORECASE,
)
_SPECIFIC = re.compile(r"\d")
_ABSENT = re.compile(
    r"\b(?:not (?:an?|just|only|happen\w*|occur\w*|reproduc\w*)|works? (?:fine |correctly )?(?:on|in)|(?:does"
    r"|did) ?n[o']t (?:happen|occur)|fine on|on (?:\w+ ){1,2}(?:it |this |both \w+ )?works?)\b",
    re.IGNORECASE,
)
_TOLD = 1.0
"""What a way of deploying told in prose is worth; a version or model number, 1.5."""
_FILLERS = ("on", "with", "running", "the", "device", "only", "version", "our", "a", "and")
_MARKS = ",.;:()\n"
_CLAUSE = 60
MAX_PHRASES = 3
MAX_LABELLED = 4
MAX_LABEL_CHARACTERS = 200
MAX_WORDS = 30


@dataclass(frozen=True, slots=True)
class _Phrase:
    unit: Unit
    start: int
    end: int
    score: float

    @property
    def raw(self) -> str:
        return self.unit.raw[self.start : self.end]

    @property
    def clause(self) -> str:
        """What proves it: the words themselves where they hold a version, else the clause they stand in."""
        raw = self.unit.raw
        if _SPECIFIC.search(self.raw):
            return self.raw
        before = max(raw.rfind(mark, 0, self.start) + 1 for mark in _MARKS)
        after = min((at for mark in _MARKS if (at := raw.find(mark, self.end)) >= 0), default=len(raw))
        near = before if self.start - before <= _CLAUSE else self.start
        return raw[near : after if after - self.end <= _CLAUSE else self.end].strip()


def find_environment(view: TicketView, units: Sequence[Unit], stance: Sequence[Stance]) -> Claim | None:
    """The environment as the reports state it; a labelled "Environment:" text wins over words in passing.

    What a verification lists is where the fix was tried, not what the problem needs, so it is left out.
    """
    labelled = [u for u in units if _is_label(u) and stance[u.message] is not Stance.VERIFIED]
    if labelled:
        first = [u for u in labelled if u.message == labelled[0].message][:MAX_LABELLED]
        return Claim(
            text=_sentence("; ".join(u.text.rstrip(".;") for u in first)),
            quotes=tuple(Quote(message=view.messages[u.message].id, text=u.raw) for u in first),
        )
    phrases = _phrases(view, units, stance)
    chosen = _choose(phrases)
    if not chosen:
        return None
    return Claim(
        text=_sentence("; ".join(clean(p.raw) for p in chosen)),
        quotes=tuple(Quote(message=view.messages[p.unit.message].id, text=p.clause) for p in chosen),
    )


def _is_label(unit: Unit) -> bool:
    return unit.section == ENVIRONMENT and not unit.code and len(unit.text) <= MAX_LABEL_CHARACTERS


def _sentence(text: str) -> str:
    text = text.strip(" ,;:-.")
    return text[:1].upper() + text[1:] + "." if text and text[:1] != "i" else text + "."


def _phrases(view: TicketView, units: Sequence[Unit], stance: Sequence[Stance]) -> list[_Phrase]:
    found: list[_Phrase] = []
    subject, often = _terms(view.subject.text), _often(units)
    for unit in units:
        where = stance[unit.message]
        if (
            unit.code
            or where in (Stance.VERIFIED, Stance.CHANGE, Stance.NOT_REPRODUCED)
            or unit.section in (EXPECTED, OTHER)
        ):
            continue
        message = view.messages[unit.message]
        base = {Stance.REPORT: 2.0, Stance.REPRODUCED: 2.0}.get(where, 0.0) + (message.role is Role.CUSTOMER)
        base -= 0.5 * (unit.section == STEPS) + 1.5 * bool(_ABSENT.search(unit.raw)) + 2.0 * unit.text.endswith("?")
        found += [
            _Phrase(unit, start, end, base + _worth(unit.raw[start:end], subject, often))
            for start, end in _runs(unit.raw)
        ]
    return found


def _terms(text: str) -> frozenset[str]:
    return frozenset(m.group().lower() for m in TERM_RE.finditer(text))


def _often(units: Sequence[Unit]) -> frozenset[str]:
    """The systems that more than one message names: what several people speak of is not named in passing."""
    messages: dict[str, set[int]] = {}
    for unit in units:
        for match in () if unit.code else INTEGRATION_RE.finditer(unit.raw):
            messages.setdefault(match.group().lower(), set()).add(unit.message)
    return frozenset(term for term, where in messages.items() if len(where) > 1)


def _worth(phrase: str, subject: frozenset[str], often: frozenset[str]) -> float:
    """A term that is as often about something else counts where the subject names it or a version follows it."""
    terms = _terms(phrase)
    specific = bool(_SPECIFIC.search(phrase))
    strong = len(terms) if specific or len(terms) > 1 else len(terms - WEAK | terms & subject)
    spoken_of = 0.4 * bool(terms & often)
    if SETTING_RE.search(phrase):
        return _TOLD + 0.7 * strong + spoken_of
    return 1.5 * specific + 0.7 * strong + spoken_of if specific or strong else -9.0


def _runs(raw: str) -> list[tuple[int, int]]:
    """Ranges of neighbouring environment words, each with the version or model that follows it."""
    runs: list[tuple[int, int]] = []
    found = [*TERM_RE.finditer(raw), *SETTING_RE.finditer(raw)]
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        tail = _TAIL.match(raw, match.end())
        end = match.start() + len(raw[match.start() : tail.end() if tail else match.end()].rstrip(" ,(:;-=.\n"))
        if runs and (match.start() <= runs[-1][1] or _BRIDGE.fullmatch(raw, runs[-1][1], match.start())):
            runs[-1] = (runs[-1][0], max(runs[-1][1], end))
        else:
            runs.append((match.start(), end))
    return runs


def _choose(phrases: Sequence[_Phrase]) -> list[_Phrase]:
    """The best phrases that each add a term, in the order of the thread."""
    chosen: list[_Phrase] = []
    known = set(_FILLERS)
    words = 0
    for phrase in sorted(phrases, key=lambda p: (-p.score, p.unit.message, p.unit.start)):
        tokens = set(re.findall(r"[a-z0-9]+(?:\.\d+)*", phrase.raw.lower().replace("ssl", "tls")))
        if phrase.score < 1.0 or tokens <= known or len(chosen) == MAX_PHRASES or words + len(tokens) > MAX_WORDS:
            continue
        chosen.append(phrase)
        known |= tokens
        words += len(tokens)
    return sorted(chosen, key=lambda p: (p.unit.message, p.unit.start))
