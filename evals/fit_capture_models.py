"""The fitting of one model of the offline summariser: logistic regression and boosted trees over the same features."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.fit_capture_examples import Example

STRENGTH = 0.1
TREES = 100
RATE = 0.06
LEAVES = 8
SMALLEST_LEAF = 15
SHRINKAGE = 5.0
SEEN_SHARE = 0.3
"""Of the features, the share that a split may choose from: the trees differ more, and overfit less."""
SEED = 0
_PLACES = 4


def fitted(examples: Sequence[Example]) -> dict[str, Any]:
    """Weights and trees in the form that `extract_models` reads, without names and threshold."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - heavy, and needed for fitting alone
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    seen, states, weight = _rows(examples)
    logistic = LogisticRegression(C=STRENGTH, max_iter=5_000).fit(seen, states, sample_weight=weight)
    boosted = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=SMALLEST_LEAF,
        l2_regularization=SHRINKAGE,
        max_features=SEEN_SHARE,
        early_stopping=False,
        random_state=SEED,
    ).fit(seen, states, sample_weight=weight)
    trees = [_tree(predictors[0].nodes) for predictors in boosted._predictors]  # noqa: SLF001 - nothing public tells
    begin = float(boosted._baseline_prediction.ravel()[0])  # noqa: SLF001
    return {
        "weights": [round(float(w), _PLACES) for w in logistic.coef_[0]],
        "intercept": round(float(logistic.intercept_[0]) + begin, _PLACES),
        "depth": max(int(predictors[0].nodes["depth"].max()) for predictors in boosted._predictors),  # noqa: SLF001
        "trees": trees,
    }


def _rows(examples: Sequence[Example]) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """A clause that is quoted in part counts in part as one that states the field, and in part as one that does not."""
    seen = np.concatenate([e.seen for e in examples if len(e.seen)])
    share = np.concatenate([e.share for e in examples if len(e.seen)])
    both = np.concatenate([seen, seen])
    states = np.concatenate([np.ones(len(share), dtype=np.int64), np.zeros(len(share), dtype=np.int64)])
    counts = np.concatenate([np.full(len(e.share), e.labelled.weight) for e in examples if len(e.seen)])
    weight = np.concatenate([counts * share, counts * (1 - share)]).astype(np.float32)
    kept = weight > 0
    return both[kept], states[kept], weight[kept]


def _tree(nodes: Any) -> dict[str, list[float]]:
    """One tree node by node. A leaf leads to itself."""
    own = range(len(nodes))
    leaf = [bool(one) for one in nodes["is_leaf"]]
    return {
        "feature": [0 if leaf[at] else int(nodes["feature_idx"][at]) for at in own],
        "bound": [0.0 if leaf[at] else round(float(nodes["num_threshold"][at]), _PLACES) for at in own],
        "low": [at if leaf[at] else int(nodes["left"][at]) for at in own],
        "high": [at if leaf[at] else int(nodes["right"][at]) for at in own],
        "value": [round(float(nodes["value"][at]), _PLACES) if leaf[at] else 0.0 for at in own],
    }
