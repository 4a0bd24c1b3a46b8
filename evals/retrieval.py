"""Retrieval measured: earlier tickets found for new ones on real pairs, and the demo's recurring problems and gaps."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evals.datasets_found import VARIABLE, data_directory, read_folder
from evals.demo_retrieval import measure_demo
from evals.fit_ranking import fit_ranking
from evals.measures import Interval, below, by_measure, calibration_error, interval, ranking_measures, reliability
from evals.ticket_likeness import DEPTH, Corpus, Question, Split, split_by_time, without_answer
from evals.vectors import DEFAULT_CACHE, VectorCache, embedder
from pipelines.domain.suggestions import Applicability, ApplicabilityVerdict, Candidate, Ranked
from pipelines.retrieve.fit import SHOWN
from pipelines.retrieve.rank import order
from pipelines.retrieve.ranking import Coefficients, Ranking, shipped_ranking

BASELINE = Path(__file__).parent / "baselines" / "retrieval.json"
TOLERANCE = 0.015
"""Clearly below: more than vectors of another machine or library version move a figure."""

_UNJUDGED = Applicability(verdict=ApplicabilityVerdict.UNKNOWN, why="not judged")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="a ticket folder; otherwise titanium, where it is found"
    )
    parser.add_argument("--run", type=Path, metavar="FILE", help="write query, document and score, 100 a query")
    parser.add_argument("--tune-on", type=Path, metavar="DIR", help="fit the ranking on this ticket folder first")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline, 2 wrong usage."""
    if arguments.run and not arguments.data:
        print("--run needs --data", file=sys.stderr)
        return 2
    vectors = VectorCache(embedder(), arguments.vectors)
    ranking = _tuned(arguments.tune_on, vectors) if arguments.tune_on else shipped_ranking()
    report: dict[str, Any] = {}
    directory = arguments.data or _titanium()
    if directory is None:
        print(f"{VARIABLE} names no folder with titanium in it: ticket likeness is skipped", file=sys.stderr)
    else:
        report["ticket_likeness"] = measure_folder(directory, vectors, ranking, arguments.run)
    if not arguments.data:
        report["demo"] = measure_demo(vectors, ranking)
    failures = [] if arguments.data or arguments.tune_on else _compared(report)
    report["failures"] = failures
    print(json.dumps(report, default=asdict) if arguments.json else table(report))
    return 1 if failures else 0


def _titanium() -> Path | None:
    root = data_directory()
    found = root / "titanium" if root else None
    return found if found and (found / "tickets.jsonl.gz").exists() else None


def _tuned(directory: Path, vectors: VectorCache) -> Ranking:
    """A ranking fitted on all questions of another folder."""
    folder = read_folder(directory)
    labelled = tuple(q for q in folder.queries if q in folder.relevant)
    everything = Split(labelled, ())
    corpus = Corpus(folder, vectors)
    return fit_ranking(list(corpus.questions((*labelled, *without_answer(folder, everything).earlier))))


def measure_folder(directory: Path, vectors: VectorCache, ranking: Ranking, run_file: Path | None) -> dict[str, Any]:
    """Measures of the later questions and, in another place, of those the shipped ranking was fitted on."""
    folder = read_folder(directory)
    corpus = Corpus(folder, vectors)
    if run_file:
        _write_run(run_file, corpus.questions(folder.queries), ranking)
    split = split_by_time(folder)
    none = without_answer(folder, split)
    later = list(corpus.questions(split.later))
    found: dict[str, Any] = {"folder": folder.name, "tickets": len(folder.tickets), "later": methods(later, ranking)}
    found["earlier (fitted on, where this is the development data)"] = methods(
        list(corpus.questions(split.earlier)), ranking
    )
    found["probability"] = {
        "with vector search": probabilities([*later, *(nothing := list(corpus.questions(none.later)))], ranking),
        "words only": probabilities([*later, *nothing], ranking, words_only=True),
    }
    return found


def methods(questions: Sequence[Question], ranking: Ranking) -> dict[str, dict[str, Interval]]:
    """Each method's measures over the same questions, and what ranking gains over each of its parts alone."""
    ranked = {
        "words alone (BM25)": [q.by_words for q in questions],
        "meaning alone (MiniLM)": [q.by_meaning for q in questions],
        "fused, not ranked": [tuple(c.resolution.id for c in q.candidates) for q in questions],
        "words only, ranked (degraded)": [_names(_ordered(q, q.words_only(), ranking)) for q in questions],
        "ranked": [_names(_ordered(q, q.candidates, ranking)) for q in questions],
    }
    each = {
        name: [ranking_measures(ids, q.relevant) for ids, q in zip(lists, questions, strict=True)]
        for name, lists in ranked.items()
    }
    found = {name: by_measure(values) for name, values in each.items()}
    for other in ("words alone (BM25)", "meaning alone (MiniLM)"):
        gains = [
            {measure: ours[measure] - theirs[measure] for measure in ours}
            for ours, theirs in zip(each["ranked"], each[other], strict=True)
        ]
        found[f"ranked, gain over {other}"] = by_measure(gains)
    return found


def _ordered(question: Question, candidates: Sequence[Candidate], ranking: Ranking) -> list[Ranked]:
    return order(question.prepared, [(c, _UNJUDGED) for c in candidates], ranking, _set(ranking, candidates))


def _set(ranking: Ranking, candidates: Sequence[Candidate]) -> Coefficients:
    return ranking.full if any(c.similarity is not None for c in candidates) else ranking.lexical_only


def _names(ranked: Sequence[Ranked]) -> tuple[str, ...]:
    return tuple(one.candidate.resolution.id for one in ranked)


def probabilities(questions: Sequence[Question], ranking: Ranking, *, words_only: bool = False) -> dict[str, Any]:
    """Whether stated probabilities hold where half of the questions have no known answer; what abstaining brings."""
    stated: list[float] = []
    came: list[float] = []
    best: list[tuple[float, bool, bool]] = []
    for question in questions:
        candidates = question.words_only() if words_only else question.candidates
        shown = _ordered(question, candidates, ranking)[:SHOWN]
        right = [float(one.candidate.resolution.id in question.relevant) for one in shown]
        stated += [one.probability for one in shown]
        came += right
        best.append((shown[0].probability if shown else 0.0, any(right), bool(question.relevant)))
    threshold = (ranking.lexical_only if words_only else ranking.full).threshold
    given = [one for one in best if one[0] >= threshold]
    return {
        "questions": len(best),
        "calibration_error": calibration_error(stated, came),
        "first_calibration_error": calibration_error(
            [p for p, *_ in best], _first_right(questions, ranking, words_only)
        ),
        "reliability": reliability(stated, came),
        "threshold": threshold,
        "answered": interval([float(p >= threshold) for p, *_ in best]),
        "right_among_shown_when_answered": interval([float(right) for _, right, _ in given]),
        "abstained_when_nothing_known": interval([float(p < threshold) for p, _, known in best if not known]),
        "answered_when_right_was_there": interval([float(p >= threshold) for p, right, _ in best if right]),
    }


def _first_right(questions: Sequence[Question], ranking: Ranking, words_only: bool) -> list[float]:
    found: list[float] = []
    for question in questions:
        candidates = question.words_only() if words_only else question.candidates
        names = _names(_ordered(question, candidates, ranking))
        found.append(float(bool(names) and names[0] in question.relevant))
    return found


def _write_run(path: Path, questions: Any, ranking: Ranking) -> None:
    with path.open("w", encoding="utf-8") as out:
        for question in questions:
            for one in _ordered(question, question.candidates, ranking)[:DEPTH]:
                out.write(f"{question.id}\t{one.candidate.resolution.id}\t{one.score:.6f}\n")


def _figures(report: Mapping[str, Any]) -> dict[str, float]:
    """The figures that have a baseline."""
    found: dict[str, float] = {}
    if "ticket_likeness" in report:
        for method, prefix in (("ranked", "later"), ("words only, ranked (degraded)", "later words only")):
            for measure, value in report["ticket_likeness"]["later"][method].items():
                found[f"{prefix} {measure}"] = value.mean
    for measure, value in report.get("demo", {}).get("figures", {}).items():
        found[f"demo {measure}"] = value.mean
    return found


def _compared(report: Mapping[str, Any]) -> list[str]:
    baseline: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return below(_figures(report), baseline, TOLERANCE)


def table(report: Mapping[str, Any]) -> str:
    """The report for people."""
    lines: list[str] = []
    likeness = report.get("ticket_likeness")
    if likeness:
        lines.append(f"{likeness['folder']}: {likeness['tickets']} tickets, earlier ones answer (mean, 95 % interval)")
        for part in (name for name in likeness if name.startswith(("later", "earlier"))):
            lines += [f"  {part} questions", *_rows(likeness[part])]
        for how, held in likeness["probability"].items():
            lines.append(f"  probability, {how}, later questions and as many that nothing is known to answer")
            lines += [f"    {key}: {_shown(value)}" for key, value in held.items() if key != "reliability"]
            lines += [
                f"    stated {row['stated']:.2f}, observed {row['observed']:.2f} ({row['count']} suggestions)"
                for row in held["reliability"]
            ]
    if "demo" in report:
        lines.append("demo tickets")
        lines += [f"    {key}: {_shown(value)}" for key, value in report["demo"]["figures"].items()]
        lines += [f"    {line}" for line in report["demo"]["misses"]]
    lines += [f"BELOW BASELINE: {failure}" for failure in report["failures"]]
    return "\n".join(lines)


def _rows(found: Mapping[str, Mapping[str, Interval]]) -> list[str]:
    return [
        f"    {name:<44}" + "  ".join(f"{measure} {value}" for measure, value in measures.items())
        for name, measures in found.items()
    ]


def _shown(value: Interval | float) -> str:
    if isinstance(value, Interval):
        return f"{value} of {value.count}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
