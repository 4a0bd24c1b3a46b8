"""Which versions of the product a thread says are affected, and which it says hold the fix."""

import re
from collections.abc import Sequence

from pipelines.capture.cue_tones import FAILED, RECOVERED
from pipelines.capture.extract_sections import AFFECTED, ENVIRONMENT, EXPECTED, FIX, FIXED_IN
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit
from pipelines.capture.versions_in_text import Subject, VersionMention, find_versions, plain_version
from pipelines.domain.drafts import ProposedVersions, Quote, TicketView
from pipelines.domain.tickets import Role

_FIXED = re.compile(
    r"\b(?:fix(?:ed|es)?|resolved|solved|patched|corrected|shipped|ships|released|available|included|addressed"
    r"|back-?ported|lands?|landed|coming|comes|removed|gone|behoben|gefixt|enthalten|verfügbar"
    r"|corrigée?|résolue?|disponible|inclus|corregid[oa]|resuelt[oa]|solucionad[oa])\b"
    r"(?:\W+(?:is|was|will|be|are|it|and|the|this|now|out|as|hotfix|patch|released|available|included|shipped"
    r"|verified)\b){0,5}"
    r"\W*(?:in|with|by|as of|since|into|on|to|within|for|:|from|\(|mit|ab|dans|avec|en|con|desde)"
    r"[^.;]{0,40}$",
    re.IGNORECASE,
)
_MOVE_TO = re.compile(
    r"\b(?:upgrad\w+|updat\w+|mov\w+|migrat\w+|install\w*|deploy\w*|roll\w*|patch\w*)\b[^;]{0,40}\b(?:to|with"
    r"|out)\b[^;]{0,25}$|\b(?:install\w*|deploy\w*)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_WELL = re.compile(
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
_AFFECTED = re.compile(
    r"\b(?:occurs?|happens?|happening|reproduc\w+|affect\w*|broken|broke|breaks|fails?|failing|seen|seeing|see"
    r"|since|regress\w+|using|running|on version|"
    r"still|confirmed|report\w*|currently|problem|issue|bug|crash\w*|had|introduced|started|seit|betroffen|läuft"
    r"|tritt|depuis|touche|utilisons|desde|afecta"
    r"|usamos)\b[^;]{0,60}$",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\s*(?:and later |onwards? )?(?:strips|fixes|fixed|has (?:the|a) fix|contains (?:the|a)|resolves|corrects"
    r"|brings|adds|no longer|handles|solves|removes|skips|prevents|avoids|corrected|resolved|cures|behebt|corrige"
    r"|(?:ist )?behoben|enthält|(?:est )?corrigée?|(?:está )?resuelto)\b",
    re.IGNORECASE,
)
_NEW_IN = re.compile(r"\bnew in\s+$", re.IGNORECASE)
_OLD = re.compile(r"\s*(?:->|=>|\u2192|to|auf|vers|a)\s+(?:version\s+|v\.?\s?)?\d+\.\d", re.IGNORECASE)
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
_WORKS = re.compile(r"[^.;]{0,120}\b(?:works?|worked|working|resolved|passes|no longer)\b", re.IGNORECASE)
_QUOTED = 60


def find_versions_stated(view: TicketView, units: Sequence[Unit], stance: Sequence[Stance]) -> ProposedVersions:
    """Versions by what is said around them and by what their message does; empty where the thread does not say."""
    affected: dict[str, Quote] = {}
    fixed: dict[str, Quote] = {}
    last_fix = max((i for i, s in enumerate(stance) if s in (Stance.CHANGE, Stance.VERIFIED)), default=len(stance))
    for message in range(len(view.messages)):
        mine = [(u, m) for u in units if u.message == message for m in _mentions(u)]
        products = [(u, m) for u, m in mine if m.of is Subject.PRODUCT]
        verifying = stance[message] is Stance.VERIFIED
        if verifying and not products:
            # Where a verification names no product version, the tool's build is all there is to hold on to.
            products = [(u, m) for u, m in mine if m.of is Subject.TOOL and m.name.count(".") > 1][:1]
        for unit, mention in products:
            where = _place(view, unit, mention, stance[message], after_fix=message > last_fix)
            if where is not None:
                target = affected if where == "affected" else fixed
                target.setdefault(mention.name, _quote(view, unit, mention))
    affected = {name: q for name, q in affected.items() if plain_version(name) not in {plain_version(f) for f in fixed}}
    quotes = tuple(dict.fromkeys([*affected.values(), *fixed.values()]))
    return ProposedVersions(affected=_listed(affected), fixed_in=_listed(fixed), quotes=quotes)


def _listed(found: dict[str, Quote]) -> tuple[str, ...]:
    by_plain: dict[str, str] = {}
    for name in found:
        by_plain.setdefault(plain_version(name), name)
    return tuple(by_plain.values())


def _mentions(unit: Unit) -> list[VersionMention]:
    if not any(c.isdigit() for c in unit.raw) or unit.section == EXPECTED:
        return []
    labelled = unit.section in (AFFECTED, FIXED_IN)
    if unit.code:
        return []
    found = find_versions(unit.raw)
    if labelled:
        return [
            VersionMention(m.start, m.end, m.name, Subject.PRODUCT) if m.of is Subject.UNKNOWN else m for m in found
        ]
    return found


def _place(view: TicketView, unit: Unit, mention: VersionMention, stance: Stance, *, after_fix: bool) -> str | None:
    """`affected`, `fixed`, or None where nothing says which."""
    if unit.section in (FIXED_IN, AFFECTED):
        return "fixed" if unit.section == FIXED_IN else "affected"
    before = unit.raw[: mention.start]
    role = view.messages[unit.message].role
    if _WELL.search(before) or _OLD.match(unit.raw, mention.end):
        return None
    holds = role is not Role.CUSTOMER and _HOLDS.match(unit.raw, mention.end)
    if holds or _FIXED.search(before) or _NEW_IN.search(before):
        return "fixed"
    if _MOVE_TO.search(before):
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
    if _WORKS.match(unit.raw, mention.end):
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
    told = _AFFECTED.search(before) or unit.section == ENVIRONMENT
    return "affected" if told or stance in (Stance.REPORT, Stance.REPRODUCED) else None


def _quote(view: TicketView, unit: Unit, mention: VersionMention) -> Quote:
    """The version with the words that lead to it: from the start of its clause, at most a line."""
    start = max(unit.raw.rfind(sep, 0, mention.start) + 1 for sep in ("\n", ",", ";", "("))
    start = start if mention.start - start <= _QUOTED else mention.start
    piece = unit.raw[start : mention.end]
    return Quote(message=view.messages[unit.message].id, text=piece.lstrip())
