"""Measures of extracted resolutions against labelled ones, ticket by ticket, so that they can be resampled.

Per field: `stated` (F1 of saying that the thread states it), `text` (F1 of the words) and `quote` (F1 of the quoted
characters) where both state it, and `score`: 1 where both are silent, 0 where one is, else the larger of the two.
Versions: micro F1 over affected and fixed_in apart. `capture` is the mean of the four scores and the versions' F1.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FIELDS = ("symptom", "root_cause", "fix", "environment")
ROUNDS = 1_000
SEED = 20_130_107
_WORD = re.compile(r"[a-z0-9_.]+")
_VERSION_LEAD = re.compile(r"^(?:release|version|sdk|v)\s*")
_VERSION_TAIL = re.compile(r"[. ]?ga\d*$")


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field of one ticket. text and quote are None where not both state it; kind_right is for fixes only."""

    proposed: bool
    labelled: bool
    score: float
    text: float | None = None
    quote: float | None = None
    kind_right: bool | None = None


@dataclass(frozen=True, slots=True)
class TicketScore:
    """All of one ticket. Versions are counted as (right, proposed, labelled), quotes as (verbatim, proposed)."""

    fields: Mapping[str, FieldScore]
    versions: tuple[int, int, int]
    verbatim: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its 95 % bootstrap interval over tickets."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.2f} {self.high:.2f}]"


def overlap_f1(one: int, other: int, shared: int) -> float:
    """F1 of two collections by their sizes and what they share; 1 where both are empty."""
    return 2 * shared / (one + other) if one + other else 1.0


def words_f1(one: str, other: str) -> float:
    """F1 of the words of two texts, each counted as often as it stands there."""
    first, second = (Counter(_WORD.findall(text.lower())) for text in (one, other))
    return overlap_f1(first.total(), second.total(), (first & second).total())


def plain(version: str) -> str:
    """A version as it is compared: lower case, without a leading v or Release and a trailing GA."""
    return _VERSION_TAIL.sub("", _VERSION_LEAD.sub("", version.strip().lower()))


def score_ticket(proposed: Mapping[str, Any], label: Mapping[str, Any], texts: Mapping[str, str]) -> TicketScore:
    """Both in labelled form; `texts` are the raw messages by id and the subject under its name."""
    good = total = 0
    scores: dict[str, FieldScore] = {}
    for name in FIELDS:
        ours, theirs = proposed.get(name), label.get(name)
        if ours:
            quotes = ours.get("quotes") or []
            total += len(quotes)
            good += sum(bool(q["quote"]) and q["quote"] in texts.get(q["message"], "") for q in quotes)
        scores[name] = _score_field(name, ours, theirs, texts)
    return TicketScore(scores, _count_versions(proposed, label), (good, total))


def _score_field(
    name: str, ours: Mapping[str, Any] | None, theirs: Mapping[str, Any] | None, texts: Mapping[str, str]
) -> FieldScore:
    if not ours or not theirs:
        return FieldScore(bool(ours), bool(theirs), float(not ours and not theirs))
    text = words_f1(ours["text"], theirs["text"])
    first, second = _quoted(ours, texts), _quoted(theirs, texts)
    quote = overlap_f1(len(first), len(second), len(first & second)) if first or second else 0.0
    kind = ours.get("kind") == theirs.get("kind") if name == "fix" else None
    return FieldScore(True, True, max(text, quote), text, quote, kind)


def _quoted(field: Mapping[str, Any], texts: Mapping[str, str]) -> set[tuple[str, int]]:
    """The characters quoted, as (message, place); a quote that does not stand there adds none."""
    places: set[tuple[str, int]] = set()
    for quote in field.get("quotes") or []:
        start = texts.get(quote["message"], "").find(quote["quote"])
        if start >= 0:
            places.update((quote["message"], at) for at in range(start, start + len(quote["quote"])))
    return places


def _count_versions(proposed: Mapping[str, Any], label: Mapping[str, Any]) -> tuple[int, int, int]:
    right = ours = theirs = 0
    for kind in ("affected", "fixed_in"):
        said = {plain(v) for v in (proposed.get("versions") or {}).get(kind) or []}
        true = {plain(v) for v in label["versions"].get(kind) or []}
        right, ours, theirs = right + len(said & true), ours + len(said), theirs + len(true)
    return right, ours, theirs


def measure(tickets: Sequence[TicketScore]) -> dict[str, float]:
    """Every measure over the tickets, named `field.measure` or by itself."""
    found: dict[str, float] = {}
    for name in FIELDS:
        parts = [t.fields[name] for t in tickets]
        both = [p for p in parts if p.text is not None]
        found[f"{name}.stated"] = overlap_f1(sum(p.proposed for p in parts), sum(p.labelled for p in parts), len(both))
        found[f"{name}.text"] = _mean([p.text for p in both if p.text is not None])
        found[f"{name}.quote"] = _mean([p.quote for p in both if p.quote is not None])
        found[f"{name}.score"] = _mean([p.score for p in parts])
    right, ours, theirs = (sum(t.versions[i] for t in tickets) for i in range(3))
    found["versions"] = overlap_f1(ours, theirs, right)
    found["fix_kind"] = _mean([float(k) for t in tickets if (k := t.fields["fix"].kind_right) is not None])
    good, quotes = sum(t.verbatim[0] for t in tickets), sum(t.verbatim[1] for t in tickets)
    found["verbatim"] = good / quotes if quotes else 1.0
    found["capture"] = (sum(found[f"{name}.score"] for name in FIELDS) + found["versions"]) / (len(FIELDS) + 1)
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def figures(tickets: Sequence[TicketScore], *, rounds: int = ROUNDS, seed: int = SEED) -> dict[str, Figure]:
    """Each measure with its interval: tickets drawn with replacement, the same draws every time."""
    whole = measure(tickets)
    draws = np.random.default_rng(seed).integers(0, len(tickets), size=(rounds, len(tickets)))
    sampled = [measure([tickets[i] for i in draw]) for draw in draws]
    spread = {name: np.percentile([one[name] for one in sampled], (2.5, 97.5)) for name in whole}
    return {name: Figure(value, float(spread[name][0]), float(spread[name][1])) for name, value in whole.items()}
