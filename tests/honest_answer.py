"""What a careful, unimaginative model would answer about a fenced thread: it copies sentences and quotes them."""

import re
from dataclasses import dataclass
from typing import Any

_SENTENCE_END = re.compile(r"(?<=[.!?])[ \t]+|\n+")
_CAUSE = re.compile(r"\b(because|caused by|cause|due to|root cause)\b", re.IGNORECASE)
_FIX = re.compile(
    r"\b(fix(ed)?|upgrade[d]?|workaround|resolved|set|enable[d]?|disable[d]?|restart(ed)?)\b", re.IGNORECASE
)
_PLACE = re.compile(
    r"\b(linux|windows|macos|ubuntu|debian|android|ios|docker|kubernetes|chrome|firefox)\b", re.IGNORECASE
)
_VERSION = re.compile(r"\b\d+\.\d+(?:\.\d+)*\b")
_TRIED = re.compile(r"\b(did not help|didn't help|no effect|still fails)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """A sentence as it stands in one message."""

    message: str
    role: str
    text: str


def sections(thread: str) -> list[tuple[str, str, str]]:
    """(message id, role, text) of each part of a fenced thread, the subject first with an empty role."""
    begins = re.match(r"\[(\S+) thread begins\]\n", thread)
    if begins is None:
        raise ValueError("no fenced thread in the request")
    fence = re.escape(begins[1])
    kinds = r"message (\S+?)(?: \| (\w+) \|[^\n]*)?|thread ends|left out:[^\n]*"
    heading = re.compile(rf"^\[{fence} (?:{kinds})\]$", re.MULTILINE)
    marks = list(heading.finditer(thread))
    ends = [mark.start() for mark in marks[1:]]
    pairs = zip(marks, ends, strict=False)
    return [(mark[1], mark[2] or "", thread[mark.end() + 1 : end].rstrip("\n")) for mark, end in pairs if mark[1]]


def honest_answer(thread: str) -> dict[str, Any]:
    """The answer in the form that the summarising prompt asks for."""
    parts = sections(thread)
    title = parts[0][2].strip() or "Untitled ticket"
    said = [Said(name, role, s.strip()) for name, role, text in parts[1:] for s in _SENTENCE_END.split(text)]
    said = [s for s in said if 5 <= len(s.text) <= 300]
    tried = [s for s in said if _TRIED.search(s.text)]
    fix = _last(_FIX, [s for s in said if s.role in ("agent", "engineer") and s not in tried])
    versions = [s for s in said if _VERSION.search(s.text)]
    symptom = next((s for s in said if s.role == "customer"), None)
    fixed_in = _VERSION.findall(fix.text) if fix else []
    affected = [v for s in versions if s is not fix for v in _VERSION.findall(s.text)]
    problem = {
        "title": title,
        "symptom": _claim(symptom) if symptom else _claim(Said("subject", "", title)),
        "root_cause": _claim(_last(_CAUSE, said)),
        "fix": {**claim, "kind": "workaround" if "workaround" in fix.text.lower() else "fix"}
        if fix and (claim := _claim(fix))
        else None,
        "environment": _claim(next((s for s in said if _PLACE.search(s.text)), None)),
        "versions": {"affected": affected, "fixed_in": fixed_in, "quotes": [_quote(s) for s in versions[:3]]},
        "tried": [claim for s in tried if (claim := _claim(s))],
    }
    return {"problems": [problem]}


def _last(pattern: re.Pattern[str], said: list[Said]) -> Said | None:
    return next((s for s in reversed(said) if pattern.search(s.text)), None)


def _claim(said: Said | None) -> dict[str, Any] | None:
    return {"text": said.text, "quotes": [_quote(said)]} if said else None


def _quote(said: Said) -> dict[str, str]:
    return {"message": said.message, "quote": said.text}
