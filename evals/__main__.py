"""`python -m evals NAME`: measures a part of the product and fails where it fell below its committed baseline."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Any

EVALUATIONS = {
    "bench": "speed of import, capture, suggestions and start, as ratios within one run",
    "capture": "how much of a closed ticket's knowledge a summariser states, and how much of that is right",
    "confirm": "seconds from opening the confirmation screen to confirmed, three demo tickets by keyboard in a browser",
    "gaps": "whether planted gaps are found, each as one gap and near the top, and found again in the next run",
    "inventions": "how many planted inventions are served as supported, and how many true claims are marked",
    "dedupe": "whether a draft is told to be the same as, an update of or a contradiction to a known record, or new",
    "questions": "how often the first answer is right after at most one question, where causes look alike",
    "redaction": "how much of what must be taken out is, and how much of what only looks like it stays",
    "thin": "whether tickets that hold nothing to keep are said to be thin, and others are not",
    "retrieval": "how often the right earlier record is found, and whether stated probabilities hold",
}
_MODULES = {"confirm": "confirm_time"}
"""Where the module is not called like the evaluation."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 below the baseline, 2 wrong usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    subparsers = parser.add_subparsers(dest="evaluation", required=True, metavar="NAME")
    for name, what in EVALUATIONS.items():
        sub = subparsers.add_parser(name, help=what, description=what)
        # Each evaluation brings heavy libraries along: only the one that was asked for is imported.
        if name in words[:1]:
            _module(name).add_arguments(sub)
    parsed = parser.parse_args(words)
    return int(_module(parsed.evaluation).run(parsed))


def _module(evaluation: str) -> Any:
    return importlib.import_module(f"evals.{_MODULES.get(evaluation, evaluation)}")


if __name__ == "__main__":
    sys.exit(main())
