"""Pairs of real closed tickets: marked duplicates against the nearest others and against any others.

Both sides are what the offline summariser makes of the closed ticket; the one closed earlier is the known record, and
has to hold an answer, as a served one does. Of each question's neighbours that nobody marked some are duplicates too,
so that precision is a lower bound. Pairs are split by when the later ticket was closed.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.datasets_found import read_lines
from evals.dedupe_cases import drafted
from evals.vectors import EvalVectors
from pipelines.capture.likeness import READ
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.ticket_file import parse_ticket

EARLIER_SHARE = 0.6
OTHERS = 800
"""Closed tickets beside the marked ones, to be mistaken for them."""

HARD = 3
"""Nearest tickets of a question that count as hard negatives."""

_SEED = 20_130_107


@dataclass(frozen=True, slots=True)
class RealPair:
    """`kind`: duplicate, nearest or any."""

    draft: ResolutionContent
    known: ResolutionContent
    kind: str
    earlier: bool


def real_pairs(folder: Path, vectors: EvalVectors) -> list[RealPair]:
    """Duplicates, and for each of their questions the nearest few others and one at random."""
    raw = {t["id"]: t for t in read_lines(folder / "tickets.jsonl.gz") if t["status"] == "closed"}
    marked = _marked(folder, raw)
    rng = random.Random(_SEED)
    names = sorted({name for pair in marked for name in pair} | set(rng.sample(sorted(raw), min(OTHERS, len(raw)))))
    records = {name: drafted(parse_ticket(raw[name])) for name in names}
    closed = {name: str(raw[name]["closed_at"]) for name in names}
    answering = [name for name in names if records[name].answers]
    pairs = sorted({pair for pair in marked if pair[1] in set(answering)}, key=lambda pair: (closed[pair[0]], *pair))
    boundary = closed[pairs[int(len(pairs) * EARLIER_SHARE)][0]]
    near = _neighbours(records, answering, sorted({ours for ours, _ in pairs}), vectors)
    related = {frozenset(pair) for pair in _all_marked(folder)}
    found = [RealPair(records[a], records[b], "duplicate", closed[a] < boundary) for a, b in pairs]
    for ours, others in near.items():
        free = [o for o in others if o != ours and frozenset((ours, o)) not in related and closed[o] <= closed[ours]]
        chosen = [("nearest", other) for other in free[:HARD]]
        chosen += [("any", rng.choice(free))] if free else []
        found += [RealPair(records[ours], records[o], kind, closed[ours] < boundary) for kind, o in chosen]
    return found


def _all_marked(folder: Path) -> Iterable[tuple[str, str]]:
    for row in (folder / "duplicates.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        one, other, relevance = row.split("\t")[:3]
        if int(relevance) > 0:
            yield one, other


def _marked(folder: Path, raw: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Duplicates of which both are closed, the one that closed later first."""
    both = ((a, b) for a, b in _all_marked(folder) if a in raw and b in raw)
    return {(a, b) if raw[a]["closed_at"] >= raw[b]["closed_at"] else (b, a) for a, b in both}


def _neighbours(
    records: Mapping[str, ResolutionContent], known: Sequence[str], asked: Sequence[str], vectors: EvalVectors
) -> dict[str, list[str]]:
    """For each question the known records, nearest first by title and symptom."""
    table = vectors.embed([_problem(records[name]) for name in known])
    questions = vectors.embed([_problem(records[name]) for name in asked])
    return {
        name: [known[place] for place in (-(table @ row)).argsort(kind="stable")]
        for name, row in zip(asked, questions, strict=True)
    }


def _problem(content: ResolutionContent) -> str:
    return f"{content.title.strip()}\n{(content.text(FieldName.SYMPTOM) or '').strip()}".strip()[:READ]
