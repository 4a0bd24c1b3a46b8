"""Writes pipelines/gaps/weights.json from the development half of the problems of a ticket folder.

`python -m evals.fit_gaps DIR [--to FILE] [--vectors DIR] [--published]`. To be run anew when the embedding changes.
Read are problems of which no ticket is in a pair that the embedding learned from: such pairs look nearer than those to
come. With --published all are read, since that embedding learned from none. The same data, model and code give the same
file.
"""

import argparse
import json
import sys
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.gaps_methods import report_order
from evals.gaps_planted import Field, Planted
from evals.gaps_score import scores
from evals.vectors import DEFAULT_CACHE, VectorCache, published_embedder, served_vectors
from pipelines.gaps.affinity import Affinity
from pipelines.gaps.cluster import cluster
from pipelines.gaps.weights import Weights

TARGET = Path(__file__).parent.parent / "pipelines" / "gaps" / "weights.json"
MIXES = 24
THRESHOLDS = np.arange(-4.0, 1.01, 0.25)
PURE = 0.8
"""Mean share of a gap's largest problem that is aimed for."""

PARTS = ("meaning", "words", "facts", "area", "apart", "length")
HELD_AT_ZERO = Weights(meaning=1, words=0, facts=0, area=0, apart=0, length=0, base=0, threshold=0, fitted_on=1)


def fit_weights(all_pairs: Planted, mixes: Sequence[Planted]) -> Weights:
    """Logistic regression on all pairs of one mix; then the lowest threshold at which gaps in others are pure.

    A weight whose sign would contradict its meaning is set to 0.
    """
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 (slow to import)

    model = LogisticRegression(C=10.0, solver="newton-cholesky").fit(*_pairs(all_pairs))
    found = dict(zip(PARTS, model.coef_[0].tolist(), strict=True))
    signed = {name: min(value, 0.0) if name == "apart" else max(value, 0.0) for name, value in found.items()}
    rounded = {name: round(value, 3) for name, value in signed.items()}
    weights = Weights(
        **rounded,
        base=round(float(model.intercept_[0]), 3),
        threshold=0.0,
        fitted_on=round(float(np.mean([len(mix.vectors) for mix in mixes]))),
    )
    return weights.model_copy(update={"threshold": _loosest_pure(mixes, weights)})


def _pairs(mix: Planted) -> tuple[np.ndarray, np.ndarray]:
    parts = Affinity(mix.vectors, mix.marks, HELD_AT_ZERO).parts(np.arange(len(mix.vectors)))
    one, other = np.triu_indices(len(mix.vectors), k=1)
    names = {name: number for number, name in enumerate(sorted({name for name in mix.truth if name}))}
    problem = np.array([names.get(name or "", -1) for name in mix.truth])
    same = (problem[one] == problem[other]) & (problem[one] >= 0)
    return np.stack([parts[name][one, other] for name in PARTS], axis=1), same


def _loosest_pure(mixes: Sequence[Planted], weights: Weights) -> float:
    """The lowest threshold at which gaps are pure enough: the higher it is, the purer they are and the fewer."""

    def pure(threshold: float) -> bool:
        tried = weights.model_copy(update={"threshold": threshold})
        return float(np.mean([_purity(mix, tried) for mix in mixes])) >= PURE

    thresholds = [float(threshold) for threshold in THRESHOLDS]
    return thresholds[min(bisect_left(thresholds, True, key=pure), len(thresholds) - 1)]


def _purity(mix: Planted, weights: Weights) -> float:
    return scores(report_order(cluster(mix.vectors, mix.marks, weights=weights), mix), mix)["purity"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit_gaps", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DIR", help="folder with tickets.jsonl.gz and duplicates.tsv")
    parser.add_argument("--to", type=Path, default=TARGET, metavar="FILE")
    parser.add_argument("--vectors", type=Path, default=DEFAULT_CACHE, metavar="DIR", help="where vectors are kept")
    parser.add_argument("--published", action="store_true", help="for the embedding model as published")
    arguments = parser.parse_args()
    cache = arguments.vectors
    vectors = VectorCache(published_embedder(cache), cache) if arguments.published else served_vectors(cache)
    field = Field(arguments.data, vectors, "development", unseen=not arguments.published)
    weights = fit_weights(field.planted(0, everything=True), [field.planted(1000 + seed) for seed in range(MIXES)])
    arguments.to.write_text(json.dumps(weights.model_dump(), indent=2) + "\n", encoding="utf-8")
    print(f"fitted on {MIXES} mixes of {len(field.problems.large)} problems, written to {arguments.to}: {weights}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
