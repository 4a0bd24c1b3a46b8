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
OFFLINE_BUDGET = 24_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One set's figures, what was unscored (no summary could be had) and the summariser's pace."""

    name: str
    tickets: int
    unscored: int
    figures: Mapping[str, Figure]
    tickets_per_second: float


@dataclass(frozen=True, slots=True)
class Engine:
    """A summariser with the budget a thread is cut to and the counter it is measured by."""

    summariser: Summariser
    budget: int
    count_tokens: Callable[[str], int]


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
    compared = arguments.summariser == "offline" and not arguments.gold
    if arguments.keep and compared:
        _keep(measured)
    failures = _below(measured) if compared else []
    report = {"summariser": arguments.summariser, "sets": [asdict(one) for one in measured], "failures": failures}
    print(json.dumps(report) if arguments.json else table(measured, failures))
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
    from pipelines.adapters.openai_chat import OpenAiChat  # noqa: PLC0415
    from pipelines.adapters.token_count import token_counter  # noqa: PLC0415
    from pipelines.capture.summarise import LlmSummariser  # noqa: PLC0415
    from prompts import load  # noqa: PLC0415
    from service.settings import Settings  # noqa: PLC0415

    settings = Settings()
    if settings.llm_model is None:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    chat = OpenAiChat(settings.llm_model, base_url=settings.llm_base_url, api_key=key, timeout=settings.llm_timeout)
    counter = token_counter(settings.llm_model)
    llm = LlmSummariser(chat, load("summarise_resolution"), count_tokens=counter, budget_tokens=settings.llm_budget)
    return Engine(llm, llm.thread_tokens, counter)


def measure_set(cases: CaseSet, engine: Engine, written: list[dict[str, Any]]) -> Measured:
    """Scores every ticket's first draft; the drafts are added to `written`. A failed summary is unscored, not wrong."""
    scores: list[TicketScore] = []
    began = time.perf_counter()
    for case in cases.cases:
        form = draft_form(case, engine)
        if form is not None:
            written.append(form)
            scores.append(score_ticket(form, case.label, case.texts))
    seconds = time.perf_counter() - began
    found = figures(scores) if scores else {}
    return Measured(cases.name, len(scores), len(cases.cases) - len(scores), found, len(cases.cases) / seconds)


def draft_form(case: Case, engine: Engine) -> dict[str, Any] | None:
    """The first draft of a ticket in labelled form; None where no summary could be had."""
    try:
        captured = capture(
            case.ticket, engine.summariser, None, budget=engine.budget, count_tokens=engine.count_tokens, last_try=True
        )
    except SummariserFailed as failure:
        print(f"{case.id}: {failure.reason}", file=sys.stderr)
        return None
    return labelled_form(case.id, captured.drafts[0], case.texts)


def _keep(measured: Sequence[Measured]) -> None:
    """Writes the compared figures as the baseline; sets that were not measured keep theirs."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    kept |= {one.name: {name: round(one.figures[name].value, 3) for name in COMPARED} for one in measured}
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _below(measured: Sequence[Measured]) -> list[str]:
    """The compared measures that lie clearly under the committed ones, in words."""
    baseline = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    return [
        f"{one.name}: {name} {one.figures[name].value:.3f} is below the baseline {wanted:.3f}"
        for one in measured
        for name, wanted in baseline.get(one.name, {}).items()
        if one.figures[name].value < wanted - TOLERANCES.get(name, TOLERANCE)
    ]


def table(measured: Sequence[Measured], failures: Sequence[str]) -> str:
    """For people: a block a set, a row a field, 95 % intervals in brackets."""
    lines: list[str] = []
    for one in measured:
        unscored = f", {one.unscored} unscored" if one.unscored else ""
        lines.append(
            f"{one.name}: {one.tickets} tickets{unscored}, {one.tickets_per_second:.0f} tickets/s through the pipeline"
        )
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
