"""Writes pipelines/retrieve/ranking.json from the earlier 60 % of the labelled questions of a ticket folder.

They are seen through a change of the model that was trained on what came before them, as new tickets will be.
`python -m evals.fit_ranking DIR [--to FILE] [--vectors DIR]`. The same data, model and code give the same file.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evals.adapt import Learned, learned_until_later
from evals.corpus import Question
from evals.datasets_found import read_folder
from evals.ticket_likeness import Split, Tickets, split_by_time, without_answer
from evals.vectors import DEFAULT_CACHE, EvalVectors, adapted_vectors
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


def unseen_questions(directory: Path, found: Learned, vectors: EvalVectors, until: str | None = None) -> list[Question]:
    """The questions to fit on: those that the fold's change knows nothing of, and as many without a known answer.

    `vectors` are those of that change: through one that learned from these very questions, meaning would look surer
    than it will be. Tickets from the one named `until` on are left out.
    """
    folder = read_folder(directory)
    ids = [ticket.id for ticket in folder.tickets]
    known = replace(folder, tickets=folder.tickets[: ids.index(until)] if until else folder.tickets)
    none = without_answer(known, Split(found.unseen, ()))
    return Tickets(known, vectors).questions((*found.unseen, *none.earlier))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit_ranking", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with tickets.jsonl.gz and duplicates.tsv")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    arguments = parser.parse_args()
    until = split_by_time(read_folder(arguments.data)).later[0]
    found = learned_until_later(arguments.data, arguments.vectors)
    vectors = adapted_vectors(found.fold, arguments.vectors)
    questions = unseen_questions(arguments.data, found, vectors, until)
    ranking = fit_ranking(questions)
    arguments.to.write_text(json.dumps(ranking.model_dump(), indent=2) + "\n", encoding="utf-8")
    print(f"fitted on {len(questions)} questions, written to {arguments.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
