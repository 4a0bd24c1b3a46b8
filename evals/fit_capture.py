"""`python -m evals.fit_capture`: fits the models by which the offline summariser tells what states a field.

Learns from the development parts of the labelled sets and from fit_capture_labels.json (places of the fields in
further real tickets, none of them in the labelled sets). The held-out parts are never read. Deterministic.
Writes pipelines/capture/extract_models.json.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.capture_cases import demo_files, in_parts, read_cases, real_files
from evals.datasets_found import read_lines
from evals.fit_capture_examples import Example, Labelled, examples_of, score
from evals.fit_capture_labels import LABELS, placed
from evals.fit_capture_models import fitted
from pipelines.capture.capture import prepare
from pipelines.capture.extract import FEATURES
from pipelines.capture.extract_models import FITTED, model_of
from pipelines.domain.ticket_file import parse_ticket

FOLDS = 8
THRESHOLDS = {"affected": 0.36, "fixed_in": 0.36}
"""Versions are scored over all tickets together, where listing one pays from about half the F1 on."""
TYPICAL = {"symptom": 87.0, "root_cause": 91.0, "fix": 104.0, "environment": 4.0}
"""What readers mostly quote of a field: characters, and words of an environment (medians of the labels)."""
FLAT = 0.01
DEMO = 2.0
"""What a demo ticket counts: there are few of them, and they alone are like a support desk's."""
BUDGET = 24_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 where the real data set is not at hand."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_capture", description=__doc__)
    parser.add_argument("--output", type=Path, default=FITTED)
    parsed = parser.parse_args(arguments)
    files = real_files()
    if files is None:
        print("PRECEDENT_EVAL_DATA does not name a folder with titanium/gold.jsonl", file=sys.stderr)
        return 1
    found = fit_all(labelled_tickets(files))
    lines = (f" {json.dumps(told)}: {json.dumps(model)}" for told, model in found.items())
    parsed.output.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return 0


def labelled_tickets(files: tuple[Path, Path]) -> list[Labelled]:
    """Every ticket that may be learned from, as the summariser sees it."""
    parts = ((files, 1.0), (demo_files(), DEMO))
    cases = [(case, weight) for part, weight in parts for case in in_parts("", read_cases(*part))[0].cases]
    known = [(case.ticket, placed(case), weight) for case, weight in cases]
    kept_aside = {label["id"] for label in read_lines(files[0])}
    further = json.loads(LABELS.read_text(encoding="utf-8"))
    wanted = (raw for raw in read_lines(files[0].with_name("tickets.jsonl.gz")) if raw["id"] not in kept_aside)
    known += [(parse_ticket(raw), further[raw["id"]], 1.0) for raw in wanted if raw["id"] in further]
    return [
        Labelled(prepare(ticket, budget=BUDGET, count_tokens=lambda text: len(text) // 4), label, weight)
        for ticket, label, weight in known
    ]


def fit_all(labelled: Sequence[Labelled]) -> dict[str, Any]:
    """Each model in the form that `extract_models` reads."""
    found: dict[str, Any] = {}
    for told, names in FEATURES.items():
        examples = examples_of(labelled, told)
        shape = {"features": list(names), "typical": TYPICAL.get(told, 0.0)}
        threshold = THRESHOLDS.get(told)
        if threshold is None:
            threshold = 0.0 if told == "symptom" else _threshold(told, examples, shape)
        found[told] = shape | {"threshold": round(threshold, 3)} | fitted(examples)
        print(f"{told}: {len(examples)} tickets, threshold {threshold:.3f}", flush=True)
    return found


def _threshold(told: str, examples: Sequence[Example], shape: Mapping[str, Any]) -> float:
    """The middle of the thresholds at which tickets are scored best, by models that have not seen them."""
    rows = []
    # Tickets labelled for causes and fixes alone were drawn from all closed ones, which say less than those drafted.
    for fold in range(FOLDS):
        model = model_of({**shape, "threshold": 0.0} | fitted([e for i, e in enumerate(examples) if i % FOLDS != fold]))
        rows += [
            score(told, one, model)
            for i, one in enumerate(examples)
            if i % FOLDS == fold and "versions" in one.labelled.label
        ]
    tried = sorted({0.0, *(row.expected for row in rows)})
    worth = [float(np.mean([row.worth(threshold) for row in rows])) for threshold in tried]
    best = [threshold for threshold, value in zip(tried, worth, strict=True) if value >= max(worth) - FLAT]
    print(f"{told}: {max(worth):.3f}, silent {worth[-1]:.3f}, always {worth[0]:.3f}", flush=True)
    return float(np.median(best))


if __name__ == "__main__":
    sys.exit(main())
