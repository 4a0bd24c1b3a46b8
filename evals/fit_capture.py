"""`python -m evals.fit_capture`: fits the weights by which the offline summariser tells causes and fixes from the rest.

Learns from the development parts of the labelled sets and from fit_capture_labels.json (places of causes and fixes in
further real tickets, none of them in the labelled sets). The held-out parts are never read. Deterministic.
Writes pipelines/capture/extract_weights.json.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.capture_cases import Case, demo_files, in_parts, read_cases, real_files
from evals.datasets_found import read_lines
from pipelines.capture.capture import prepare
from pipelines.capture.extract_features import NAMES, features
from pipelines.capture.extract_instructions import without_instructions
from pipelines.capture.extract_ranker import WEIGHTS
from pipelines.capture.extract_stance import stances
from pipelines.capture.extract_units import read_units
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket

FIELDS = ("symptom", "root_cause", "fix")
FURTHER = Path(__file__).with_name("fit_capture_labels.json")
BUDGET = 12_000
FOLDS = 8
STRENGTHS = (0.5,)
"""What is tried. With the whole summariser cross-validated over all labelled tickets, 0.1 to 1 differed little."""
FLAT = 0.01
LABELLED = 2.0
"""What a ticket of the labelled sets counts beside one of the further ones, which are drawn from all closed tickets:
escalations that are worth a draft say more than those do, and the labelled sets are such."""
RIGHT, WRONG, UNASKED = 0.65, 0.15, -0.2
"""What a proposed sentence is worth: the right one, another one, one where the thread states nothing (silence: 1)."""

Places = Sequence[tuple[str, int, int]]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A ticket with the places that state each field, and how much it counts."""

    ticket: Ticket
    places: Mapping[str, Places]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Row:
    """The likeliest sentence of a ticket: its chance, whether it is right, whether any is; the ticket's weight."""

    chance: float
    hit: bool
    stated: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Example:
    """The sentences of one ticket: features, which of them state the field, and how much the ticket counts."""

    seen: Matrix
    states: NDArray[np.bool_]
    weight: float = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 where the real data set is not at hand."""
    parser = argparse.ArgumentParser(prog="python -m evals.fit_capture", description=__doc__)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parsed = parser.parse_args(arguments)
    files = real_files()
    if files is None:
        print("PRECEDENT_EVAL_DATA does not name a folder with titanium/gold.jsonl", file=sys.stderr)
        return 1
    labelled = _labelled(files)
    fitted = {
        "features": list(NAMES),
        "fields": {f: fit([e for one in labelled if f in one.places and (e := example(one, f))]) for f in FIELDS},
    }
    parsed.output.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")
    return 0


def _labelled(files: tuple[Path, Path]) -> list[Labelled]:
    cases = [c for part in (files, demo_files()) for c in in_parts("", read_cases(*part))[0].cases]
    known = [Labelled(case.ticket, {field: _places(case, field) for field in FIELDS}, LABELLED) for case in cases]
    kept_aside = {label["id"] for label in read_lines(files[0])}
    further = json.loads(FURTHER.read_text(encoding="utf-8"))
    wanted = {i: p for i, p in further.items() if i not in kept_aside}
    for raw in read_lines(files[0].with_name("tickets.jsonl.gz")):
        if raw["id"] in wanted:
            places: dict[str, Places] = {f: [(m, a, b) for m, a, b in found] for f, found in wanted[raw["id"]].items()}
            known.append(Labelled(parse_ticket(raw), places))
    return known


def _places(case: Case, field: str) -> Places:
    label: Mapping[str, Any] = case.label[field] or {}
    found = []
    for quote in label.get("quotes", []):
        start = case.texts[quote["message"]].find(quote["quote"])
        found.append((quote["message"], start, start + len(quote["quote"])))
    return found


def example(labelled: Labelled, field: str) -> Example | None:
    """The ticket as the summariser sees it; a sentence states the field if most of it, or of the quote, is quoted."""
    places = labelled.places[field]
    view = prepare(labelled.ticket, budget=BUDGET, count_tokens=lambda text: len(text) // 4)
    units = without_instructions(read_units(view))
    seen = features(view, units, stances(view))
    kept = [at for at, unit in enumerate(units) if not unit.code]
    states = []
    for at in kept:
        unit = units[at]
        message = view.messages[unit.message]
        raw = message.text.raw_span(unit.start, unit.end)
        near = [min(raw.end, end) - max(raw.start, start) for name, start, end in places if name == message.id]
        sizes = [min(raw.end - raw.start, end - start) for name, start, end in places if name == message.id]
        states.append(any(shared >= 0.5 * size for shared, size in zip(near, sizes, strict=True)))
    return Example(seen[kept], np.array(states, dtype=np.bool_), labelled.weight) if kept else None


def fit(examples: Sequence[Example]) -> dict[str, Any]:
    """Weights, intercept and threshold; prior strength and threshold by cross-validation over tickets."""
    tried = {strength: _cross_validated(examples, strength) for strength in STRENGTHS}
    strength = max(STRENGTHS, key=lambda s: _best_threshold(tried[s])[1])
    threshold, worth = _best_threshold(tried[strength])
    model = _model(examples, strength)
    right = sum(row.hit for row in tried[strength])
    asked = sum(row.stated for row in tried[strength])
    found = f"likeliest right {right} of {asked}, threshold {threshold:.2f}, worth {worth:.3f}"
    print(f"{len(examples)} tickets, prior {strength}, {found}")
    return {
        "weights": [round(float(w), 3) for w in model.coef_[0]],
        "intercept": round(float(model.intercept_[0]), 3),
        "threshold": round(threshold, 3),
    }


def _model(examples: Sequence[Example], strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and needed for fitting alone

    seen = np.concatenate([e.seen for e in examples])
    states = np.concatenate([e.states for e in examples])
    weight = np.concatenate([np.full(len(e.states), np.sqrt(e.weight)) for e in examples])
    return LogisticRegression(C=strength, max_iter=5_000).fit(seen, states, sample_weight=weight)


def _cross_validated(examples: Sequence[Example], strength: float) -> list[Row]:
    """A ticket a row, by a model that has not seen it."""
    rows = []
    for fold in range(FOLDS):
        model = _model([e for i, e in enumerate(examples) if i % FOLDS != fold], strength)
        for one in examples[fold::FOLDS]:
            chances = model.predict_proba(one.seen)[:, 1]
            best = int(chances.argmax())
            rows.append(Row(float(chances[best]), bool(one.states[best]), bool(one.states.any()), one.weight))
    return rows


def _best_threshold(rows: Sequence[Row]) -> tuple[float, float]:
    """The lowest threshold whose mean worth is about the highest, and that worth."""
    total = sum(row.weight for row in rows)

    def worth(threshold: float) -> float:
        return sum(row.weight * _worth(row, threshold) for row in rows) / total

    tried = {chance: worth(chance) for chance in sorted(row.chance for row in rows)}
    most = max(tried.values())
    # The curve is flat near its top: the lowest threshold there proposes most.
    return next((chance, value) for chance, value in tried.items() if value >= most - FLAT)


def _worth(row: Row, threshold: float) -> float:
    if row.chance < threshold:
        return float(not row.stated)
    return RIGHT if row.hit else WRONG if row.stated else UNASKED


if __name__ == "__main__":
    sys.exit(main())
