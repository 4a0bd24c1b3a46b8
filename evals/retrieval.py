"""Retrieval measured: earlier tickets found for new ones on real pairs, other fields' questions, and the demo's."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evals.adapt import lesson, train
from evals.areas import measure_areas
from evals.corpus import DEPTH, PLAIN, WORDS, Question
from evals.datasets_found import VARIABLE, data_directory, read_folder
from evals.demo_retrieval import measure_demo
from evals.fit_ranking import cross_questions, fit_ranking
from evals.measures import below
from evals.question_sets import found_sets
from evals.ranked_questions import DEGRADED, RANKED, methods, not_below, probabilities, ranked
from evals.real_thing import figures as real_thing_figures
from evals.real_thing import measure_real_thing
from evals.retrieval_table import table
from evals.teach import learned, unseen_questions
from evals.ticket_likeness import Split, Tickets, split_by_time, without_answer
from evals.vectors import (
    DEFAULT_CACHE,
    EvalVectors,
    Turned,
    VectorCache,
    adapted_vectors,
    published_embedder,
    served_vectors,
)
from pipelines.adapters.model_training import STEPS
from pipelines.retrieve.ranking import Ranking, shipped_ranking

BASELINE = Path(__file__).parent / "baselines" / "retrieval.json"
TOLERANCE = 0.015
"""Clearly below: more than vectors of another machine or library version move a figure."""

EARLIER = "earlier (fitted on, where this is the development data)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="a ticket folder; otherwise every data set that is found"
    )
    parser.add_argument("--run", type=Path, metavar="FILE", help="write query, document and score, 100 a query")
    parser.add_argument("--tune-on", type=Path, metavar="DIR", help="train on this ticket folder first")
    parser.add_argument(
        "--layers",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="with --tune-on, teach the layers too: most of an hour on two cores, without them a quarter of one",
    )
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument(
        "--real-thing",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="search the drafts of tickets closed by then, too; drafting them takes minutes the first time and is kept "
        "with the vectors (on without --data)",
    )
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline, 2 wrong usage."""
    if arguments.run and not arguments.data:
        print("--run needs --data", file=sys.stderr)
        return 2
    if arguments.tune_on is None:
        part = shipped(arguments.vectors)
    else:
        part = (taught if arguments.layers else tuned)(arguments.tune_on, arguments.vectors)
    report: dict[str, Any] = {}
    if arguments.data:
        report["ticket_likeness"] = measure_folder(arguments.data, part, run_file=arguments.run)
        if arguments.real_thing:
            report["real_thing"] = _real_thing(arguments.data, part, arguments.vectors)
    else:
        report |= _everything(part, arguments.vectors, real_thing=arguments.real_thing is not False)
    failures = [] if arguments.data or arguments.tune_on else _compared(report)
    report["failures"] = failures
    print(json.dumps(report, default=asdict) if arguments.json else table(report))
    return 1 if failures else 0


@dataclass(frozen=True, slots=True)
class Trained:
    """The trained parts, shipped or tuned, and the vectors of the model as published to compare with."""

    vectors: EvalVectors
    ranking: Ranking
    published: EvalVectors


def shipped(vectors: Path) -> Trained:
    return Trained(served_vectors(vectors), shipped_ranking(), _published(vectors))


def tuned(directory: Path, vectors: Path) -> Trained:
    """Adaptation and ranking learned from another folder alone, as what ships was.

    The ranking is fitted on all its questions, each half seen through an adaptation that learned from the other half.
    """
    folder, published = read_folder(directory), _published(vectors)
    whole = Split(tuple(t.id for t in folder.tickets if t.id in folder.relevant), ())
    matrix = train(lesson(directory, folder, whole.earlier, whole, published))
    return Trained(Turned(published, matrix), fit_ranking(cross_questions(directory, published, whole)), published)


def taught(directory: Path, vectors: Path, *, steps: int = STEPS) -> Trained:
    """The model's layers taught too; what is made on the way is kept in `vectors`.

    The ranking is fitted on all its questions, each half seen through a model that learned from the other half.
    """
    found = learned(directory, vectors, steps=steps)
    ranking = fit_ranking(unseen_questions(directory, found, vectors))
    return Trained(adapted_vectors(found.whole, vectors), ranking, _published(vectors))


def _published(vectors: Path) -> EvalVectors:
    return VectorCache(published_embedder(vectors), vectors)


def _real_thing(directory: Path, part: Trained, kept: Path) -> dict[str, Any]:
    return measure_real_thing(directory, part.vectors, part.published, part.ranking, kept)


def _everything(part: Trained, kept: Path, *, real_thing: bool) -> dict[str, Any]:
    report: dict[str, Any] = {}
    root = data_directory()
    if root is None:
        print(f"{VARIABLE} names no folder: only the demo tickets are measured", file=sys.stderr)
    else:
        if (root / "titanium" / "tickets.jsonl.gz").exists():
            report["ticket_likeness"] = measure_folder(root / "titanium", part)
            if real_thing:
                report["real_thing"] = _real_thing(root / "titanium", part, kept)
        report["carried_over"] = {
            one.name: methods(one.questions(part.vectors, part.published), part.ranking) for one in found_sets(root)
        }
    report["demo"] = measure_demo(part.vectors, part.ranking)
    return report


def measure_folder(directory: Path, part: Trained, *, run_file: Path | None = None) -> dict[str, Any]:
    """Measures of the later questions and, in another place, of those the shipped ranking was fitted on."""
    folder = read_folder(directory)
    ranking = part.ranking
    tickets = Tickets(folder, part.vectors, part.published)
    if run_file:
        _write_run(run_file, tickets.questions(folder.queries), ranking)
    split = split_by_time(folder)
    later = tickets.questions(split.later)
    earlier = tickets.questions(split.earlier)
    nothing = without_answer(folder, split)
    both = [*later, *tickets.questions(nothing.later)]
    whom = "later questions and as many that nothing is known to answer"
    return {
        "folder": folder.name,
        "tickets": len(folder.tickets),
        "parts": {"later": methods(later, ranking), EARLIER: methods(earlier, ranking)},
        "probability": {
            f"with vector search, {whom}": probabilities(both, ranking),
            f"words only, {whom}": probabilities(both, ranking, words_only=True),
        },
        "areas": measure_areas([*earlier, *tickets.questions(nothing.earlier)], both, ranking),
    }


def _write_run(path: Path, questions: Sequence[Question], ranking: Ranking) -> None:
    with path.open("w", encoding="utf-8") as out:
        for question in questions:
            for one in ranked(question, ranking)[:DEPTH]:
                out.write(f"{question.id}\t{one.candidate.resolution.id}\t{one.score:.6f}\n")


def _figures(report: Mapping[str, Any]) -> dict[str, float]:
    """The figures that have a baseline."""
    found: dict[str, float] = {}
    if "ticket_likeness" in report:
        for method, prefix in ((RANKED, "later"), (DEGRADED, "later words only")):
            for measure, value in report["ticket_likeness"]["parts"]["later"][method].items():
                found[f"{prefix} {measure}"] = value.mean
    found |= real_thing_figures(report.get("real_thing", {}))
    for name, measured in report.get("carried_over", {}).items():
        found |= {f"{name} {measure}": measured[RANKED][measure].mean for measure in ("S@1", "S@10", "MAP")}
    for measure, value in report.get("demo", {}).get("figures", {}).items():
        found[f"demo {measure}"] = value.mean
    return found


def _compared(report: Mapping[str, Any]) -> list[str]:
    baseline: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    found = below(_figures(report), baseline, TOLERANCE)
    for name, measured in report.get("carried_over", {}).items():
        found += not_below(name, measured, (WORDS, PLAIN))
    return found
