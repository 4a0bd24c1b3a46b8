"""Prints the thresholds of pipelines/capture/dedupe.py that do best on the parts which may be fitted on.

`python -m evals.fit_dedupe [--vectors DIR]`. Judged by the mean of the demo's macro F1 over both kinds of drafts plus
the F0.5 of marked duplicates among their neighbours: a wrong "it looks like" costs an agent more than a missed one.
Neighbours on the plateau do as well; those shipped lie on it, away from its edges.
"""

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.adapt import lesson, train
from evals.datasets_found import data_directory, read_folder
from evals.dedupe_cases import demo_pairs
from evals.dedupe_measure import Compared, as_duplicates, by_verdict, compared
from evals.dedupe_real import RealPair, real_pairs
from evals.ticket_likeness import split_by_time
from evals.vectors import DEFAULT_CACHE, EvalVectors, Turned, VectorCache, published_embedder, served_vectors
from pipelines.capture.dedupe import Thresholds
from pipelines.capture.likeness import Likeness
from pipelines.domain.recurrences import DedupeVerdict

SHOWN = 10
_CONDITION = ((0.2, 0.25, 0.3), (0.56, 0.6, 0.64, 0.68), (0.42, 0.5, 0.55), (0.28, 0.32, 0.36, 0.4))
_FIX = ((0.4, 0.5), (0.34, 0.42), (0.3, 0.35, 0.4))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit_dedupe", description=__doc__)
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    arguments = parser.parse_args()
    directory = data_directory()
    if directory is None:
        print("the real tickets are needed to fit on", file=sys.stderr)
        return 2
    vectors = served_vectors(arguments.vectors)
    demo = [_fitted(drafts, vectors) for drafts in ("labels", "offline")]
    unseen = _without_duplicates(directory / "titanium", arguments.vectors)
    pairs = [pair for pair in real_pairs(directory / "titanium", unseen) if pair.earlier]
    likes = [one.likeness for one in compared(pairs, unseen)]
    found = []
    for near, problem, cause, answer in itertools.product(*_CONDITION):
        real = _f_half(pairs, likes, Thresholds(near=near, problem=problem, cause=cause, answer=answer))
        for fix, opposed, seen in itertools.product(*_FIX):
            condition = {"near": near, "problem": problem, "cause": cause, "answer": answer}
            at = Thresholds(**condition, fix=fix, opposed=opposed, seen=seen)
            scores = [by_verdict(w, [c.verdict(at) for c in cases])["macro F1"].mean for w, cases in demo]
            found.append((sum(scores) / len(scores) + real, at))
    found.sort(key=lambda one: -one[0])
    for score, at in found[:SHOWN]:
        print(f"{score:.3f} {at}")
    return 0


def _without_duplicates(directory: Path, kept: Path) -> EvalVectors:
    """Vectors through an adaptation that saw no duplicate pair: those it learned from look more alike than new ones."""
    published = VectorCache(published_embedder(kept), kept)
    folder = read_folder(directory)
    return Turned(published, train(lesson(directory, folder, (), split_by_time(folder), published)))


def _fitted(drafts: str, vectors: EvalVectors) -> tuple[list[DedupeVerdict], list[Compared]]:
    pairs = [pair for pair in demo_pairs(drafts) if pair.fitted]
    return [pair.verdict for pair in pairs], compared(pairs, vectors)


def _f_half(pairs: Sequence[RealPair], likes: Sequence[Likeness], at: Thresholds) -> float:
    figures = as_duplicates(pairs, likes, at)
    precision, recall = figures["precision"].mean, figures["recall"].mean
    return 1.25 * precision * recall / (0.25 * precision + recall) if precision and recall else 0.0


if __name__ == "__main__":
    sys.exit(main())
