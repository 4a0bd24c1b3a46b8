"""Tuning learns what an installation's own answers say, and only where later ones bear it out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.retrieve.features import NAMES
from pipelines.retrieve.fit import Example, adjust
from pipelines.retrieve.ranking import Coefficients, shipped_ranking
from pipelines.retrieve.tune import LEAST_PAIRS, tune

CURRENT = shipped_ranking().full


def rows(seed: int, telling: str | None, candidates: int = 6) -> Example:
    """One question: random features, and the first candidate right; `telling` is high for the right one alone."""
    draw = np.random.default_rng(seed)
    table = [dict(zip(NAMES, draw.random(len(NAMES)), strict=True)) for _ in range(candidates)]
    if telling:
        for place, row in enumerate(table):
            row[telling] = 1.0 if place == 0 else 0.0
    return Example(table, [place == 0 for place in range(candidates)])


def test_what_tells_here_is_learned_and_kept() -> None:
    """On this desk identifiers decide, which the shipped ranking does not weigh."""
    found = tune([rows(n, "identifiers") for n in range(100)], CURRENT)
    assert found is not None
    assert (60, 40) == (found.learned_from, found.held_back)
    assert found.better
    assert found.after > found.before
    assert found.coefficients.weights["identifiers"] > CURRENT.weights["identifiers"]


def test_noise_changes_nothing() -> None:
    """Where no feature tells the right answer, the new weights are no better and the old ones stay."""
    found = tune([rows(n, None) for n in range(100)], CURRENT)
    assert found is not None
    assert not found.better


def test_a_desk_that_changed_its_ways_keeps_the_old_ranking() -> None:
    """What the earlier answers taught does not hold for the later ones."""
    found = tune([*(rows(n, "identifiers") for n in range(60)), *(rows(n, None) for n in range(60, 100))], CURRENT)
    assert found is not None
    assert not found.better


def test_too_few_answers_teach_nothing() -> None:
    """Questions without a right candidate, or without a wrong one, do not count."""
    useless = [Example([dict.fromkeys(NAMES, 0.0)], [True]), Example([dict.fromkeys(NAMES, 0.0)] * 2, [False, False])]
    few = [rows(n, "identifiers") for n in range(LEAST_PAIRS - 1)]
    assert tune([*few, *useless], CURRENT) is None
    assert tune([], CURRENT) is None
    assert tune([*few, rows(99, "identifiers"), *useless], CURRENT) is not None


@settings(max_examples=10)
@given(st.integers(0, 1000), st.sampled_from(["identifiers", "environment", None]))
def test_probabilities_keep_their_meaning(seed: int, telling: str | None) -> None:
    """Answers of one desk say nothing of how often there is none: the average stated chance stays where it was."""
    examples = [rows(seed + n, telling) for n in range(20)]
    new = adjust(examples, CURRENT, l2=0.01)
    assert all(weight <= 0 if name == "other_area" else weight >= 0 for name, weight in new.weights.items())

    def stated(coefficients: Coefficients) -> float:
        every = [coefficients.probabilities([coefficients.score(row) for row in e.features]) for e in examples]
        return float(np.mean(np.log(np.concatenate(every) / (1 - np.concatenate(every)))))

    assert abs(stated(new) - stated(CURRENT)) < 0.2
    assert new.threshold >= CURRENT.threshold
