"""De-duplication measured: whether a draft is the same as, an update of, or a contradiction to a known record, or new.

Over the demo, pairs labelled by hand, with drafts as a careful reader writes them (`labels`) and as the offline
summariser does (`offline`); half of them, by hash, kept out of every choice of thresholds. Over real closed tickets,
the duplicates that somebody marked against the nearest others; the later ones kept out.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from evals.datasets_found import VARIABLE, data_directory
from evals.dedupe_cases import demo_pairs, record_pairs
from evals.dedupe_measure import as_duplicates, by_verdict, compared
from evals.dedupe_real import real_pairs
from evals.measures import Interval, below, interval
from evals.vectors import DEFAULT_CACHE, EvalVectors, served_vectors
from pipelines.domain.recurrences import DedupeVerdict

BASELINE = Path(__file__).parent / "baselines" / "dedupe.json"
TOLERANCE = 0.06
"""Two pairs of a small part."""

OF_RECORDS = 0.01
"""Of many pairs of records hardly any may be taken for a contradiction: somebody has to settle each."""

_COMPARED = ("macro F1", "right", "precision", "recall", "not contradicting", "told apart")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    pairs: int
    figures: Mapping[str, Interval]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline."""
    vectors = served_vectors(arguments.vectors)
    parts = [*demo_parts(vectors), *record_parts(vectors), *_real_parts(vectors)]
    if arguments.keep:
        _keep(parts)
    failures = _below(parts)
    report = {"parts": [asdict(part) for part in parts], "failures": failures}
    print(json.dumps(report) if arguments.json else _table(parts, failures))
    return 1 if failures else 0


def demo_parts(vectors: EvalVectors) -> list[Part]:
    """The demo's pairs by who wrote the drafts, fitted and not."""
    found = []
    for drafts in ("labels", "offline"):
        pairs = demo_pairs(drafts)
        given = [one.verdict() for one in compared(pairs, vectors)]
        for fitted, name in ((True, "fitted"), (False, "kept aside")):
            chosen = [(p.verdict, g) for p, g in zip(pairs, given, strict=True) if p.fitted is fitted]
            figures = by_verdict([w for w, _ in chosen], [g for _, g in chosen])
            found.append(Part(f"demo, drafts by {drafts}, {name}", len(chosen), figures))
    return found


def record_parts(vectors: EvalVectors) -> list[Part]:
    """The demo's records among one another, as they are compared whenever one of them changes."""
    pairs = record_pairs()
    given = [one.verdict() for one in compared(pairs, vectors)]
    found = []
    for fitted, name in ((True, "fitted"), (False, "kept aside")):
        chosen = [(p.verdict, g) for p, g in zip(pairs, given, strict=True) if p.fitted is fitted]
        figures = {
            "not contradicting": interval([float(g is not DedupeVerdict.CONTRADICTS) for _, g in chosen]),
            "told apart": interval([float(g is w) for w, g in chosen if w is DedupeVerdict.NEW]),
            "recurring found": interval(
                [float(g is not DedupeVerdict.NEW) for w, g in chosen if w is not DedupeVerdict.NEW]
            ),
        }
        found.append(Part(f"demo records, {name}", len(chosen), figures))
    return found


def _real_parts(vectors: EvalVectors) -> list[Part]:
    directory = data_directory()
    if directory is None or not (directory / "titanium" / "duplicates.tsv").exists():
        print(f"{VARIABLE} names no folder with titanium in it: real tickets are skipped", file=sys.stderr)
        return []
    pairs = real_pairs(directory / "titanium", vectors)
    likes = [one.likeness for one in compared(pairs, vectors)]
    found = []
    for earlier, name in ((True, "earlier, fitted"), (False, "later, kept aside")):
        chosen = [(p, like) for p, like in zip(pairs, likes, strict=True) if p.earlier is earlier]
        figures = as_duplicates([p for p, _ in chosen], [like for _, like in chosen])
        found.append(Part(f"titanium, {name}", len(chosen), figures))
    return found


def _keep(parts: Sequence[Part]) -> None:
    """Writes the compared figures as the baseline; parts that were not measured keep theirs."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    kept |= {part.name: _means(part) for part in parts}
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _means(part: Part) -> dict[str, float]:
    return {name: round(figure.mean, 3) for name, figure in part.figures.items() if name in _COMPARED}


def _below(parts: Sequence[Part]) -> list[str]:
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    return [
        f"{part.name}: {failure}"
        for part in parts
        for failure in below(_means(part), baseline.get(part.name, {}), _tolerance(part.name))
    ]


def _tolerance(part: str) -> float:
    return OF_RECORDS if part.startswith("demo records") else TOLERANCE


def _table(parts: Sequence[Part], failures: Sequence[str]) -> str:
    """For people: a block a part, a row a figure with its 95 % interval and what it was counted over."""
    lines: list[str] = []
    for part in parts:
        lines.append(f"{part.name}: {part.pairs} pairs")
        for name, figure in part.figures.items():
            shown = f"{figure.mean:.3f}" if name == "macro F1" else f"{figure!s} of {figure.count}"
            lines.append(f"  {name:24s} {shown}")
        lines.append("")
    lines += [f"BELOW {failure}" for failure in failures]
    return "\n".join(lines).rstrip()
