"""What a sentence is beside the other ones of its thread: the strongest, the last before it worked, taken back.

Part of `extract_features`, which see.
"""

import re
from collections import Counter
from collections.abc import Sequence

from pipelines.capture import cue_phrases as cues
from pipelines.capture import cue_tones as tones
from pipelines.capture import extract_sections as sections
from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role, Visibility

_DO = (
    r"set|use|add|enable|disable|turn|switch|change|open|go to|run|restart|start|stop|upgrade|update|install"
    r"|re-?install|uninstall|import|export|remove|delete|drop|create|re-?create|clear|reset|revoke|assign|map|exempt"
    r"|exclude|choose|pick|select|tick|untick|uncheck|increase|raise|lower|reduce|replace|move|configure|rebuild"
    r"|renew|rotate|point|put|pass|call|wrap|define|parse|make sure|ensure|archive|apply|roll back|downgrade|retype"
    r"|save|unmask|unlock|sign out|whitelist|allow|grant|give|register|re-?connect|re-?enrol|extend|free|purge"
    r"|re-?sync|re-?index|edit|do not use|don't use|avoid|keep|connect|convert|split|truncate|pin|merge|mount|trust"
    r"|ask (?:your|the)"
)
_DONE = (
    r"set|added|enabled|disabled|turned|switched|changed|restarted|started|upgraded|updated|installed|uninstalled"
    r"|imported|removed|deleted|dropped|created|cleared|reset|revoked|assigned|mapped|exempted|excluded|increased"
    r"|raised|lowered|reduced|replaced|moved|configured|rebuilt|renewed|rotated|exposed|fixed|patched|deployed"
    r"|applied|rolled back|downgraded|granted|issued|unmasked|unlocked|corrected|implemented|merged|released"
    r"|modified|retyped|re-?enrolled|re-?indexed|re-?synced|whitelisted|purged|extended|registered|reconnected"
)
IMPERATIVE = re.compile(
    r"^(?:please |just |simply |then |instead,? |best: |and |or |also |so |first,? |in [^,:]{3,40}[,:] "
    r"|under [^,:]{3,40}[,:] |for [^,:]{3,40}[,:] |until [^,:]{3,40}[,:] |if [^,]{5,60}, |to [^,:]{5,50}[,:] "
    rf"|on [^,:]{{3,40}}[,:] )*(?:{_DO})\b"
    rf"|(?:[:;,] |\bplease |\byou (?:can|could|need to|have to|should|must) (?:also |now |simply |just )?)(?:{_DO}) "
)
DID = re.compile(
    r"^(?:so |then |and |we(?:'ve| have)? |i(?:'ve| have)? |(?:it |they )(?:was|were) )?(?:just |now |also "
    rf"|have |has )?(?:{_DONE})\b|\b(?:we|i|i've|we've|have|has|and) (?:{_DONE}) |^[^,.]{{1,30}}, (?:{_DONE})\b"
)
_PLACE = re.compile(r"\w > \w|\b(?:setting|option|menu|tab|page|parameter|property|flag|field)s?\b", re.IGNORECASE)
_COMMAND = re.compile(r"`[^`]{4,}`|\b\w+ctl \w+|\b[a-z]+_[a-z_]+\b|\b[a-z_]+\.[a-z_]+(?:\.[a-z_]+)*[:= ]|\w\(\)")
_CHANGE = re.compile(r"\b(?:prs?|pull(?: request)?s?|commit\w*) ?(?:ready|pending|#?\d|:|http|sent|is|for|to)|\bpull #")
_ASIDE = (sections.STEPS, sections.EXPECTED, sections.ENVIRONMENT, sections.OTHER)
_STATES = 5
_NEAR = 2
EXPLAINS = re.compile(
    r"\b(?:so|hence|therefore|which means|means that|that means|thus|whenever|as soon as|until|unless|assumes?"
    r"|expects?|treats?|stores?|keeps?|reads|sends|drops?|ignores?|overwrites?|"
    r"expired|invalid|orphan\w*|stale|wrong|behind|blocked|full|rewrites?|re-?signs?|counts?|counted)\b",
)
STRONG = 4.0


class Neighbours:
    """What a sentence is beside the other ones of its thread: the strongest, the last before it worked, taken back."""

    def __init__(self, view: TicketView, units: Sequence[Unit], cause_cues: Sequence[float]) -> None:
        self._view, self._units, self._cause = view, units, cause_cues
        self._fix = [0.0 if u.code else cues.strongest(cues.FIX, u.low) for u in units]
        self._cause_most = max(cause_cues, default=0.0)
        self._fix_most = max(self._fix, default=0.0)
        self._fix_later = max((f for u, f in zip(units, self._fix, strict=True) if u.message), default=0.0)
        prose = [u for u in units if not u.code]
        self._failed = {u.message for u in prose if tones.FAILED.search(u.low) and not tones.RECOVERED.search(u.low)}
        self._denied = {u.message for u in prose if tones.DENIED.search(u.low)}
        self._asks = {u.message for u in prose if u.text.endswith("?")}
        self._size = Counter(u.message for u in prose)
        self._cued = {u.message for u, c, f in zip(units, cause_cues, self._fix, strict=True) if max(c, f) >= STRONG}
        told = [n for n, u in enumerate(units) if _tells(u)]
        self._first_told = told[0] if told else -1
        self._first_trouble = next((n for n in told if tones.PROBLEM.search(units[n].low)), -1)
        works = [u.message for u in prose if self._customers(u.message) and tones.RECOVERED.search(u.low)]
        staff = [i for i, m in enumerate(view.messages) if i and m.role is not Role.CUSTOMER]
        ended = works[-1] if works else max((i for i in range(len(view.messages)) if self._customers(i)), default=0)
        self._last_before = max((i for i in staff if i < ended), default=-1)

    def _customers(self, message: int) -> bool:
        return message > 0 and self._view.messages[message].role is Role.CUSTOMER

    def beside(self, at: int) -> list[float]:
        unit, message = self._units[at], self._view.messages[self._units[at].message]
        staff = message.role is not Role.CUSTOMER and unit.message > 0
        states = staff and len(unit.text.split()) >= _STATES and not unit.text.endswith("?")
        follows = self._units[at + 1] if at + 1 < len(self._units) else None
        later = {unit.message + step for step in range(1, _NEAR + 1)}
        imperative = bool(IMPERATIVE.search(unit.low))
        return [
            self._cause[at] > 0 and self._cause[at] >= self._cause_most,
            self._fix[at] > 0 and self._fix[at] >= self._fix_most,
            unit.message > 0 and self._fix[at] > 0 and self._fix[at] >= self._fix_later,
            states,
            message.visibility is Visibility.INTERNAL and bool(EXPLAINS.search(unit.low)),
            states and imperative,
            self._customers(unit.message) and bool(DID.search(unit.low)),
            bool(_PLACE.search(unit.low)),
            bool(_COMMAND.search(unit.raw)),
            follows is not None and follows.code and follows.message == unit.message,
            unit.message == self._last_before,
            bool(_CHANGE.search(unit.low)),
            unit.message + 1 in self._failed,
            bool(later & self._denied),
            bool({m for m in self._cued if m > unit.message}),
            self._size[unit.message] == 1,
            unit.message in self._asks,
        ]

    def opening(self, at: int) -> list[float]:
        return [at == self._first_told, at == self._first_trouble]


def _tells(unit: Unit) -> bool:
    """Whether a sentence of the report says something: what it says first is mostly what is wrong."""
    if unit.message or unit.code or len(unit.text.split()) < _STATES:
        return False
    return unit.section not in _ASIDE and not tones.COURTESY.search(unit.low)
