"""What is said around a version number: that it holds the fix, is affected, works, or is where one came from.

Called by `extract_version_features`, which weighs it together with where it is said.
"""

import re

from pipelines.capture.cue_tones import FAILED, PROBLEM, RECOVERED
from pipelines.capture.extract_sections import AFFECTED, ENVIRONMENT, FIX, FIXED_IN
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit
from pipelines.capture.versions_in_text import VersionMention
from pipelines.domain.drafts import TicketView
from pipelines.domain.tickets import Role

FIXED = re.compile(
    r"\b(?:fix(?:ed|es)?|resolved|solved|patched|corrected|shipped|ships|released|available|included|addressed"
    r"|back-?ported|lands?|landed|coming|comes|removed|gone|behoben|gefixt|enthalten|verfügbar"
    r"|corrigée?|résolue?|disponible|inclus|corregid[oa]|resuelt[oa]|solucionad[oa])\b"
    r"(?:\W+(?:is|was|will|be|are|it|and|the|this|now|out|as|hotfix|patch|released|available|included|shipped"
    r"|verified)\b){0,5}"
    r"\W*(?:in|with|by|as of|since|into|on|to|within|for|:|from|\(|mit|ab|dans|avec|en|con|desde)"
    r"[^.;]{0,40}$",
    re.IGNORECASE,
)
MOVE_TO = re.compile(
    r"\b(?:upgrad\w+|updat\w+|mov\w+|migrat\w+|install\w*|deploy\w*|roll\w*|patch\w*)\b[^;]{0,40}\b(?:to|with"
    r"|out)\b[^;]{0,25}$|\b(?:install\w*|deploy\w*)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
WELL = re.compile(
    r"\b(?:works?|worked|working|fine|ok|good|correct(?:ly)?|stable|not affected|unaffected|never happened|(?:did"
    r"|does) ?n[o']t (?:seem to )?(?:happen|occur)|not able to reproduce|"
    r"(?:un|not )able to reproduce|can ?not reproduce|not reproducible|no (?:issue"
    r"|problem)s?)\b[^.;]{0,25}(?:in|on|with|under|until|before|using)[^.;]{0,20}$"
    r"|\b(?:before|prior to|until|downgrad\w+ (?:back )?to|rolled back to|roll back to|revert\w* to"
    r"|upgrad\w+ from|updat\w+ from|mov\w+ from|migrat\w+ from|back (?:to|on)|instead of|exists? (?:since|as of|from)"
    r"|(?:been )?(?:there|possible|supported) since|last (?:worked|good) (?:in|on|with)|bis|jusqu'à|hasta)"
    r"\s+(?:version\s+|v\.?\s?)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
SEEN = re.compile(
    r"\b(?:occurs?|happens?|happening|reproduc\w+|affect\w*|broken|broke|breaks|fails?|failing|seen|seeing|see"
    r"|since|regress\w+|using|running|on version|"
    r"still|confirmed|report\w*|currently|problem|issue|bug|crash\w*|had|introduced|started|seit|betroffen|läuft"
    r"|tritt|depuis|touche|utilisons|desde|afecta"
    r"|usamos)\b[^;]{0,60}$",
    re.IGNORECASE,
)
HOLDS = re.compile(
    r"\s*(?:and later |onwards? )?(?:strips|fixes|fixed|has (?:the|a) fix|contains (?:the|a)|resolves|corrects"
    r"|brings|adds|no longer|handles|solves|removes|skips|prevents|avoids|corrected|resolved|cures|behebt|corrige"
    r"|(?:ist )?behoben|enthält|(?:est )?corrigée?|(?:está )?resuelto)\b",
    re.IGNORECASE,
)
_NEW_IN = re.compile(r"\bnew in\s+$", re.IGNORECASE)
OLD = re.compile(r"\s*(?:->|=>|\u2192|to|auf|vers|a)\s+(?:version\s+|v\.?\s?)?\d+\.\d", re.IGNORECASE)
"""What follows the version one came from: the version one went to."""
_FAULTY = re.compile(
    r"[^.;]{0,80}\b(?:retr(?:y|ies)|fails?|throws?|crash\w*|leaks?|drops?|loses?|ignores?|breaks?|misses|hangs?"
    r"|does not"
    r"|doesn't|did not|didn't|cannot|can't|wrong\w*|instead of|bug|defect|error)\b",
    re.IGNORECASE,
)
_IN = re.compile(r"(?:^|[\s,(])(?:in|on|with|under|since|from)\s+(?:version\s+|v\.?\s?)?$", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"^(?:it |that |this )?(?:(?:is|will be|comes|arrives|ships|lands)\s+)?(?:in|with|from|as of)\s+"
    r"(?:version\s+|release\s+|v\.?\s?)?$",
    re.IGNORECASE,
)
WORKS = re.compile(r"[^.;]{0,120}\b(?:works?|worked|working|resolved|passes|no longer)\b", re.IGNORECASE)


_TROUBLE = re.compile(PROBLEM.pattern + r"|\b(?:stop\w*|bricht|abbr\w+|échoue\w*|retries|regress\w*|skip\w*)\b")
_BROKE = re.compile(
    r"(?:\b(?:since|seit|depuis(?: la)?|desde(?: la)?|after (?:the |our )?(?:upgrad\w+|updat\w+|mov\w+) to"
    r"|(?:upgraded|updated|moved|migrated) (?:from \S+ )?to)|\d(?:->|=>|\s->|\s=>|\s\u2192))"
    r"\s+(?:(?:version|release|the)\s+)*v?$",
    re.IGNORECASE,
)


def plainly_affected(unit: Unit, mention: VersionMention) -> bool:
    """Whether a sentence of trouble names the version as the one that it came with ("fails since 5.1")."""
    if unit.code or unit.text.endswith("?") or not _TROUBLE.search(unit.low):
        return False
    before = unit.raw[: mention.start]
    return bool(_BROKE.search(before)) or bool(_IN.search(before) and _FAULTY.match(unit.raw, mention.end))


def said_of(view: TicketView, unit: Unit, mention: VersionMention, stance: Stance, *, after_fix: bool) -> str | None:
    """`affected`, `fixed`, or None where nothing says which."""
    if unit.section in (FIXED_IN, AFFECTED):
        return "fixed" if unit.section == FIXED_IN else "affected"
    before = unit.raw[: mention.start]
    role = view.messages[unit.message].role
    if WELL.search(before) or OLD.match(unit.raw, mention.end):
        return None
    holds = role is not Role.CUSTOMER and HOLDS.match(unit.raw, mention.end)
    if holds or FIXED.search(before) or _NEW_IN.search(before):
        return "fixed"
    if MOVE_TO.search(before):
        worked = RECOVERED.search(unit.low) and not FAILED.search(unit.low)
        return "affected" if role is Role.CUSTOMER and stance is not Stance.VERIFIED and not worked else "fixed"
    told = _told_after(unit, mention, before, staff=role is not Role.CUSTOMER)
    if told is not None:
        return told or None
    return _by_stance(unit, before, role, stance, after_fix=after_fix)


def _told_after(unit: Unit, mention: VersionMention, before: str, *, staff: bool) -> str | None:
    """By what follows the version: it fails there, works there ('' in a report) or, as staff say, comes there."""
    if not _IN.search(before) or unit.text.endswith("?"):
        return None
    if _FAULTY.match(unit.raw, mention.end):
        return "affected" if staff else None
    if WORKS.match(unit.raw, mention.end):
        return "fixed" if unit.message else ""
    return "fixed" if staff and unit.message and _ANNOUNCED.match(before) else None


def _by_stance(unit: Unit, before: str, role: Role, stance: Stance, *, after_fix: bool) -> str | None:
    asked = unit.text.endswith("?")
    if stance is Stance.VERIFIED or (stance is Stance.NOT_REPRODUCED and role is Role.CUSTOMER and not asked):
        return "fixed"
    if asked or after_fix or stance in (Stance.NOT_REPRODUCED, Stance.CHANGE):
        return None
    if unit.section == FIX:
        return "fixed"
    told = SEEN.search(before) or unit.section == ENVIRONMENT
    return "affected" if told or stance in (Stance.REPORT, Stance.REPRODUCED) else None
