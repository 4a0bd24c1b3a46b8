"""Thresholds by product area on real pairs: fitted on the earlier questions, measured on the later ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evals.corpus import Question
from evals.measures import Interval, interval
from evals.ranked_questions import ranked
from pipelines.retrieve.area_thresholds import Judged, balance, decided_well, fit, resampled_gains
from pipelines.retrieve.fit import SHOWN
from pipelines.retrieve.ranking import Ranking, area_key


def measure_areas(earlier: Sequence[Question], later: Sequence[Question], ranking: Ranking) -> dict[str, Any] | None:
    """One threshold for all against one an area, on the later questions; half of either should have no answer.

    None where the later ones are all answered, or none of them is.
    """
    common = ranking.full.threshold
    thresholds = fit([_judged(question, ranking) for question in earlier], common)
    judged = [_judged(question, ranking) for question in later]
    if len({one.answered for one in judged}) < len((True, False)):
        return None
    well = {
        name: [decided_well(one, found, common) for one in judged]
        for name, found in (("one threshold", {}), ("by area", thresholds))
    }
    gains = resampled_gains(judged, np.array(well["by area"]) - np.array(well["one threshold"]))
    low, high = (float(edge) for edge in np.percentile(gains, (2.5, 97.5)))
    gain = balance(judged, well["by area"]) - balance(judged, well["one threshold"])
    return {
        "thresholds": thresholds,
        "questions": len(judged),
        "in_these_areas": sum(area_key(one.area or "") in thresholds for one in judged),
        "one threshold": _told(judged, well["one threshold"], {}, common),
        "by area": _told(judged, well["by area"], thresholds, common),
        "balance_gained": Interval(gain, low, high, len(judged)),
    }


def _judged(question: Question, ranking: Ranking) -> Judged:
    found = ranked(question, ranking)
    shown = found[:SHOWN]
    return Judged(
        area=question.prepared.product_area,
        probability=max((one.probability for one in shown), default=0.0),
        answered=any(one.candidate.resolution.id in question.relevant for one in shown),
    )


def _told(
    judged: Sequence[Judged], well: Sequence[float], thresholds: Mapping[str, float], common: float
) -> dict[str, Any]:
    answers = [one.probability >= thresholds.get(area_key(one.area or ""), common) for one in judged]
    both = list(zip(judged, answers, strict=True))
    return {
        "precision": interval([float(one.answered) for one, answers in both if answers]),
        "coverage": interval([float(answers) for one, answers in both if one.answered]),
        "balance": balance(judged, well),
    }
