"""Gap reports measured: are planted gaps found, each as one, near the top, and in the next run again?

`python -m evals gaps [--data DIR] [--part development|aside|all] [--unseen] [--components] [--json]`; how gaps are
planted: `evals.gaps_planted`, and `evals.gaps_components`. Without --data the kept-aside half of titanium's problems is
measured: the grouping was tuned on the other half. The embedding learned from some of either half: see --unseen.
"""

import argparse
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.datasets_found import VARIABLE, data_directory
from evals.gaps_components import TICKETS, Components
from evals.gaps_methods import (
    BERTOPIC,
    METHODS,
    SHIPPED,
    Method,
    at_any_threshold,
    earlier_rows,
    numbered,
    report_order,
)
from evals.gaps_planted import PARTS, Field, Planted
from evals.gaps_score import lost, reachable, scores, stability
from evals.measures import below, by_measure
from evals.vectors import DEFAULT_CACHE, VectorCache, published_embedder, served_vectors

BASELINE = Path(__file__).parent / "baselines" / "gaps.json"
TOLERANCE = 0.03
REPLICATIONS = 10
HEADLINE = ("recall_at_10", "recall_at_20", "precision_at_20", "purity", "stability")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="a ticket folder; otherwise titanium, where it is found"
    )
    parser.add_argument("--part", choices=PARTS, help="which half of the problems (default: aside; with --data all)")
    parser.add_argument(
        "--unseen", action="store_true", help="of titanium only problems that the embedding did not learn from"
    )
    parser.add_argument("--components", action="store_true", help="hidden components as gaps, too: a coarser notion")
    parser.add_argument("--replications", type=int, default=REPLICATIONS, metavar="N", help="mixes drawn (default: 10)")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--published", action="store_true", help="the embedding model as published, not as adapted")
    parser.add_argument("--json", action="store_true", help="figures for programs, the last line")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline, 2 nothing to measure in the named folder."""
    root = data_directory()
    directory = arguments.data or (root / "titanium" if root else None)
    if directory is None or not (directory / "tickets.jsonl.gz").exists():
        print(f"{VARIABLE} names no folder with titanium in it: planted gaps are skipped", file=sys.stderr)
        return 2 if arguments.data else 0
    part = arguments.part or ("all" if arguments.data else "aside")
    cache = arguments.vectors
    vectors = VectorCache(published_embedder(cache), cache) if arguments.published else served_vectors(cache)
    field = Field(directory, vectors, part, unseen=arguments.unseen)
    try:
        mixes = [field.planted(seed) for seed in range(arguments.replications)]
    except ValueError as error:
        print(f"{directory}: {error}", file=sys.stderr)
        return 2
    report = measured(mixes)
    print(table(directory.name, part, field, mixes, report))
    if arguments.components:
        _print_components(Components(directory, vectors, part), arguments.replications)
    # The committed figures are those of the default run.
    default = not (arguments.data or arguments.unseen or arguments.published) and part == "aside"
    failures = _compared(report) if default and arguments.replications == REPLICATIONS else []
    for failure in failures:
        print(f"BELOW BASELINE: {failure}")
    if arguments.json:
        print(json.dumps(_figures(report)))
    return 1 if failures else 0


def measured(mixes: list[Planted]) -> dict[str, dict[str, Any]]:
    """Each method's measures over the replications, with intervals."""
    return {
        name: by_measure([_one(method, mix, seed) for seed, mix in enumerate(mixes)])
        for name, method in METHODS.items()
    }


def _print_components(components: Components, replications: int) -> None:
    mixes = [mix for seed in range(replications) if (mix := components.planted(seed))]
    if not mixes:
        print("too few components to hide some", file=sys.stderr)
        return
    tickets = round(len(mixes[0].truth) / 10) * 10
    print(f"components as gaps: {len(mixes[0].gaps)} of {TICKETS} tickets each hidden among {tickets}, area withheld")
    print(*_measures(measured(mixes)), sep="\n")


def _one(method: Method, mix: Planted, seed: int) -> dict[str, float]:
    groups = method(mix.vectors, mix.marks)
    found = scores(report_order(groups, mix), mix)
    rows = earlier_rows(mix, seed)
    before = method(mix.vectors[rows], [mix.marks[row] for row in rows])
    found["stability"] = stability(numbered(before, rows), numbered(groups, range(len(mix.vectors))))
    return found


def _figures(report: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The headline of the shipped grouping, then that of the others; `intervals` has the 95 % bounds."""
    means = {name: {key: round(each[key].mean, 4) for key in HEADLINE} for name, each in report.items()}
    own = means.pop(SHIPPED)
    bounds = {key: asdict(report[SHIPPED][key]) for key in HEADLINE}
    return {**own, "baselines": means, "intervals": bounds}


def _compared(report: Mapping[str, Mapping[str, Any]]) -> list[str]:
    baseline: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return below({key: report[SHIPPED][key].mean for key in HEADLINE}, baseline, TOLERANCE)


def table(name: str, part: str, field: Field, mixes: list[Planted], report: Mapping[str, Mapping[str, Any]]) -> str:
    """The report for people."""
    one = mixes[0]
    mean = {kind: math.fsum(mix.answered[kind] for mix in mixes) / len(mixes) for kind in one.answered}
    large, pairs = field.problems.large, field.problems.pairs
    small = len(one.sizes) - len(one.gaps)
    covered = ", ".join(f"{kind} {share:.2f}" for kind, share in mean.items())
    lines = [
        f"{name}, {part}: {len(large)} problems of three tickets or more, {len(pairs)} of two",
        f"{len(mixes)} replications, each of {len(one.gaps)} planted gaps and {small} pairs (mean, 95 % interval)",
        f"in about {len(one.vectors)} unanswered tickets; taken for covered: {covered}",
    ]
    lines += _measures(report)
    own = by_measure([lost(report_order(METHODS[SHIPPED](mix.vectors, mix.marks), mix), mix) for mix in mixes])
    lines += ["  where the planted gaps went (shipped)", *(f"    {way:<20}{value}" for way, value in own.items())]
    most = by_measure([{"share": reachable(at_any_threshold(mix), mix)} for mix in mixes])["share"]
    lines.append(f"  found at one threshold or another, the most that this affinity could find: {most}")
    if BERTOPIC not in report:
        lines.append("  BERTopic is not installed; its recipe stands in for it")
    return "\n".join(lines)


def _measures(report: Mapping[str, Mapping[str, Any]]) -> list[str]:
    lines = []
    for method, found in report.items():
        lines.append(f"  {method}")
        lines += [f"    {measure:<18}{value}" for measure, value in found.items()]
    return lines
