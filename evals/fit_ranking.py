"""Writes pipelines/retrieve/ranking.json from the earlier 60 % of the labelled questions of a ticket folder.

`python -m evals.fit_ranking DIR [--to FILE] [--vectors DIR]`. The same data, model and code give the same file.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.adapt import lesson, train
from evals.corpus import Question
from evals.datasets_found import read_folder
from evals.ticket_likeness import Split, Tickets, split_by_time, without_answer
from evals.vectors import DEFAULT_CACHE, EvalVectors, Turned, VectorCache, published_embedder
from pipelines.domain.suggestions import Candidate
from pipelines.retrieve.features import Pool, features
from pipelines.retrieve.fit import Example, fit
from pipelines.retrieve.ranking import Ranking

TARGET = Path(__file__).parent.parent / "pipelines" / "retrieve" / "ranking.json"

# Set, not fitted: the ticket pairs say nothing about outcomes, nor about fixes that a version already has.
TRACK_RECORD = 0.8
DOES_NOT_APPLY = 1.5

# Set too: few of the pairs hold a product's error codes, where whoever supports such a product goes by little else.
ERROR_CODE = 2.0


def fit_ranking(questions: Sequence[Question]) -> Ranking:
    """Both coefficient sets, fitted on the same questions."""
    full = fit([_example(q, q.candidates) for q in questions])
    words_only = fit([_example(q, q.words_only()) for q in questions], meaning=False)
    return Ranking(
        full=full,
        lexical_only=words_only,
        track_record=TRACK_RECORD,
        does_not_apply=DOES_NOT_APPLY,
        error_code=ERROR_CODE,
    )


def _example(question: Question, candidates: Sequence[Candidate]) -> Example:
    pool = Pool.of(candidates)
    return Example(
        features=[features(question.prepared, candidate, pool) for candidate in candidates],
        right=[candidate.resolution.id in question.relevant for candidate in candidates],
    )


def cross_questions(directory: Path, published: EvalVectors, split: Split) -> list[Question]:
    """The questions to fit on: the earlier ones of the split and as many without a known answer.

    Each half is seen through an adaptation that learned from the other half's pairs: through one that learned from its
    own, meaning would look surer than it will be.
    """
    folder = read_folder(directory)
    none = without_answer(folder, split)
    half = len(split.earlier) // 2
    found: list[Question] = []
    for mine, others in ((slice(None, half), slice(half, None)), (slice(half, None), slice(None, half))):
        matrix = train(lesson(directory, folder, split.earlier[others], split, published))
        seen = Turned(published, matrix)
        found += Tickets(folder, seen).questions((*split.earlier[mine], *none.earlier[mine]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit_ranking", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with tickets.jsonl.gz and duplicates.tsv")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    arguments = parser.parse_args()
    split = split_by_time(read_folder(arguments.data))
    questions = cross_questions(
        arguments.data, VectorCache(published_embedder(arguments.vectors), arguments.vectors), split
    )
    ranking = fit_ranking(questions)
    arguments.to.write_text(json.dumps(ranking.model_dump(), indent=2) + "\n", encoding="utf-8")
    print(f"fitted on {len(questions)} questions, written to {arguments.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
