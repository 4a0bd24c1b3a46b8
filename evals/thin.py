"""Thin tickets measured: of closed tickets whose label holds nothing to keep, how many are said to be thin, and how
many others are too. Drafts are the offline summariser's. Of the real labels the development part alone is looked at.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from evals.capture_cases import Case, demo_files, in_parts, read_cases, real_files
from evals.dedupe_cases import BUDGET
from evals.measures import Interval, below, interval
from pipelines.adapters.token_count import estimate
from pipelines.capture.capture import capture
from pipelines.capture.extract import OfflineSummariser
from pipelines.capture.thin import thin_reasons

BASELINE = Path(__file__).parent / "baselines" / "thin.json"
TOLERANCE = 0.1
"""One ticket of a handful."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    parser.add_argument("--show", action="store_true", help="name the tickets that were judged wrongly")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline."""
    sets = [("demo", read_cases(*demo_files()))]
    real = real_files()
    if real is not None:
        sets.append(("titanium development", list(in_parts("titanium", read_cases(*real))[0].cases)))
    found = {name: measure(cases, show=arguments.show) for name, cases in sets}
    means = {f"{n} {figure}": value.mean for n, figures in found.items() for figure, value in figures.items()}
    if arguments.keep:
        kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
        kept |= {name: round(mean, 3) for name, mean in means.items()}
        BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    failures = below(means, baseline, TOLERANCE)
    if arguments.json:
        sets_as_json = {n: {f: asdict(value) for f, value in figures.items()} for n, figures in found.items()}
        print(json.dumps({"sets": sets_as_json, "failures": failures}))
    else:
        for name, figures in found.items():
            print(f"{name}: " + "  ".join(f"{figure} {value} of {value.count}" for figure, value in figures.items()))
        for failure in failures:
            print(f"BELOW {failure}")
    return 1 if failures else 0


def measure(cases: Sequence[Case], *, show: bool = False) -> dict[str, Interval]:
    summariser = OfflineSummariser()
    said, wanted = [], []
    for case in cases:
        made = capture(case.ticket, summariser, None, budget=BUDGET, count_tokens=estimate, last_try=True)
        said.append(bool(thin_reasons(made.drafts[0], case.ticket)))
        wanted.append(nothing_to_keep(case))
        if show and said[-1] is not wanted[-1]:
            print(f"  {case.id}: {'thin' if said[-1] else 'kept'}, labelled {'thin' if wanted[-1] else 'kept'}")
    pairs = list(zip(said, wanted, strict=True))
    return {
        "precision": interval([float(w) for s, w in pairs if s]),
        "recall": interval([float(s) for s, w in pairs if w]),
    }


def nothing_to_keep(case: Case) -> bool:
    """Whether the label says so: judged to hold nothing reusable, or stating neither cause nor fix."""
    label = case.label
    return label.get("quality") == "none" or not (label.get("root_cause") or label.get("fix"))
