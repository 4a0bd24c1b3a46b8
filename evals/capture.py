"""Capture measured: how much of a closed ticket's knowledge a summariser states, and how much of that is right.

Labelled tickets go through the whole capture pipeline (condense, redact, summarise, ground); drafts are scored against
the labels as `evals.capture_score` says. The demo's set is always scored, the real one where its folder is given.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.capture_cases import Case, CaseSet, demo_files, in_parts, labelled_form, read_cases, real_files
from evals.capture_score import FIELDS, Figure, TicketScore, figures, score_ticket
from evals.datasets_found import VARIABLE
from pipelines.capture.capture import capture
from pipelines.capture.extract import OfflineSummariser
from pipelines.domain.errors import SummariserFailed
from pipelines.ports import Summariser

BASELINE = Path(__file__).parent / "baselines" / "capture.json"
TOLERANCE = 0.06
TOLERANCES = {"capture": 0.03, "verbatim": 0.0}
"""Clearly below: more than one ticket of a small set moves a field. The offline summariser itself is deterministic."""
COMPARED = ("capture", "versions", "verbatim", *(f"{name}.score" for name in FIELDS))
MODELS = "models"
"""The baseline file's part with the figures of LLMs, by model."""
OFFLINE_BUDGET = 24_000


@dataclass(slots=True)
class Spent:
    """What a model took for a set: tokens, cost where prices are set, and how many answers had to be repaired."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    currency: str | None = None
    repaired: int = 0

    def add(self, told: Mapping[str, Any]) -> None:
        """Add the figures of one draft or of one failure, as a Provenance names them."""
        self.tokens_in += told.get("tokens_in") or 0
        self.tokens_out += told.get("tokens_out") or 0
        self.repaired += bool(told.get("repaired"))
        if told.get("cost") is not None:
            self.cost = (self.cost or 0.0) + told["cost"]
            self.currency = told.get("currency")

    def __str__(self) -> str:
        cost = "" if self.cost is None else f", cost {self.cost:.4f} {self.currency or ''}".rstrip()
        return f"{self.tokens_in} tokens in, {self.tokens_out} out{cost}, {self.repaired} answers repaired"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set's figures, what was unscored (no summary could be had) and the summariser's pace."""

    name: str
    tickets: int
    unscored: int
    figures: Mapping[str, Figure]
    tickets_per_second: float
    spent: Spent


@dataclass(frozen=True, slots=True)
class Engine:
    """A summariser with the budget a thread is cut to and the counter it is measured by."""

    summariser: Summariser
    budget: int
    count_tokens: Callable[[str], int]
    model: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--summariser", choices=("offline", "llm"), default="offline", help="llm: as PRECEDENT_LLM_* says"
    )
    parser.add_argument(
        "--gold", type=Path, metavar="G", help="labels; with --tickets, scored as one set and not compared"
    )
    parser.add_argument("--tickets", type=Path, metavar="T", help="the ticket file of the labels")
    parser.add_argument("--drafts", type=Path, metavar="FILE", help="write the drafts in labelled form")
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline, 2 wrong usage."""
    if bool(arguments.gold) != bool(arguments.tickets):
        print("--gold and --tickets go together", file=sys.stderr)
        return 2
    chosen = engine(arguments.summariser)
    if chosen is None:
        print("--summariser llm needs PRECEDENT_LLM_MODEL", file=sys.stderr)
        return 2
    written: list[dict[str, Any]] = []
    measured = [measure_set(one, chosen, written) for one in _sets(arguments.gold, arguments.tickets)]
    if arguments.drafts:
        lines = (json.dumps(form, ensure_ascii=False) + "\n" for form in written)
        arguments.drafts.write_text("".join(lines), encoding="utf-8")
    compared = not arguments.gold
    if arguments.keep and compared:
        _keep(measured, chosen.model)
    known = _baseline(chosen.model)
    if compared and known is None:
        print(f"no baseline of {chosen.model} is kept; --keep makes these figures one", file=sys.stderr)
    failures = _below(measured, known or {}) if compared else []
    report = {
        "summariser": arguments.summariser,
        "model": chosen.model,
        "sets": [asdict(one) for one in measured],
        "failures": failures,
    }
    print(json.dumps(report) if arguments.json else table(measured, failures, model=chosen.model))
    return 1 if failures else 0


def _sets(gold: Path | None, tickets: Path | None) -> list[CaseSet]:
    if gold is not None and tickets is not None:
        return [CaseSet(gold.stem, tuple(read_cases(gold, tickets)))]
    found = in_parts("demo", read_cases(*demo_files()))
    real = real_files()
    if real is None:
        print(f"{VARIABLE} names no folder with titanium in it: real tickets are skipped", file=sys.stderr)
        return found
    return found + in_parts("titanium", read_cases(*real))


def engine(name: str) -> Engine | None:
    """The summariser by name; None where no LLM is configured."""
    from pipelines.adapters.token_count import estimate  # noqa: PLC0415 - adapters are imported where they are used

    if name == "offline":
        return Engine(OfflineSummariser(), OFFLINE_BUDGET, estimate)
    from service.container import open_summarisers  # noqa: PLC0415 - the product's own way to an LLM
    from service.settings import Settings  # noqa: PLC0415

    settings = Settings()
    if settings.llm_model is None:
        return None
    opened = open_summarisers(settings, only=name)
    return Engine(opened.first, opened.budget, opened.count_tokens, settings.llm_model)


def measure_set(cases: CaseSet, engine: Engine, written: list[dict[str, Any]]) -> Measured:
    """Scores every ticket's first draft; the drafts are added to `written`. A failed summary is unscored, not wrong."""
    scores: list[TicketScore] = []
    spent = Spent()
    began = time.perf_counter()
    for case in cases.cases:
        form = draft_form(case, engine, spent)
        if form is not None:
            written.append(form)
            scores.append(score_ticket(form, case.label, case.texts))
    seconds = time.perf_counter() - began
    found = figures(scores) if scores else {}
    pace = len(cases.cases) / seconds
    return Measured(cases.name, len(scores), len(cases.cases) - len(scores), found, pace, spent)


def draft_form(case: Case, engine: Engine, spent: Spent) -> dict[str, Any] | None:
    """The first draft of a ticket in labelled form; None where no summary could be had. Adds to what was spent."""
    try:
        captured = capture(
            case.ticket, engine.summariser, None, budget=engine.budget, count_tokens=engine.count_tokens, last_try=True
        )
    except SummariserFailed as failure:
        print(f"{case.id}: {failure.reason}", file=sys.stderr)
        spent.add(failure.spent)
        return None
    spent.add(captured.provenance.model_dump(include={"tokens_in", "tokens_out", "cost", "currency", "repaired"}))
    return labelled_form(case.id, captured.drafts[0], case.texts)


def _baseline(model: str | None) -> dict[str, dict[str, float]] | None:
    """The committed figures by set: of the offline summariser, or of one model; None where none are kept."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    if model is None:
        return {name: figures for name, figures in kept.items() if name != MODELS}
    found: dict[str, dict[str, float]] | None = kept.get(MODELS, {}).get(model)
    return found


def _keep(measured: Sequence[Measured], model: str | None) -> None:
    """Writes the compared figures as the baseline of the model or of the offline summariser; other sets keep theirs."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    place = kept if model is None else kept.setdefault(MODELS, {}).setdefault(model, {})
    place |= {
        one.name: {name: round(one.figures[name].value, 3) for name in COMPARED} for one in measured if one.figures
    }
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _below(measured: Sequence[Measured], baseline: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The compared measures that lie clearly under the committed ones, in words; a set with no draft at all too."""
    return [
        f"{one.name}: {name} {one.figures[name].value:.3f} is below the baseline {wanted:.3f}"
        if one.figures
        else f"{one.name}: {name} has no figure, since no draft could be made"
        for one in measured
        for name, wanted in baseline.get(one.name, {}).items()
        if not one.figures or one.figures[name].value < wanted - TOLERANCES.get(name, TOLERANCE)
    ]


def table(measured: Sequence[Measured], failures: Sequence[str], *, model: str | None = None) -> str:
    """For people: a block a set, a row a field, 95 % intervals in brackets."""
    lines: list[str] = []
    for one in measured:
        unscored = f", {one.unscored} unscored" if one.unscored else ""
        lines.append(
            f"{one.name}: {one.tickets} tickets{unscored}, {one.tickets_per_second:.0f} tickets/s through the pipeline"
        )
        if model is not None:
            lines.append(f"  {model}: {one.spent}")
        if not one.figures:
            continue
        lines.append(f"  {'':12s} {'stated':20s} {'text':20s} {'quote':20s} score")
        for name in FIELDS:
            cells = [f"{one.figures[f'{name}.{m}']!s:20s}" for m in ("stated", "text", "quote", "score")]
            lines.append(f"  {name:12s} " + " ".join(cells).rstrip())
        rest = "  ".join(f"{name} {one.figures[name]}" for name in ("versions", "fix_kind", "verbatim", "capture"))
        lines += [f"  {rest}", ""]
    lines += [f"BELOW {failure}" for failure in failures]
    return "\n".join(lines).rstrip()
