"""The weights of the grouping are learned from pairs, and what they are learned from decides them."""

from datetime import UTC, datetime, timedelta

import numpy as np

from evals.fit_gaps import fit_weights
from evals.gaps_planted import Planted
from pipelines.gaps.affinity import Marks


def mix(seed: int, *, by_area: bool) -> Planted:
    """Twelve problems of three tickets that look alike, or that have nothing but the area in common, and 40 singles."""
    chance = np.random.default_rng(seed)
    truth = [f"p{problem}" for problem in range(12) for _ in range(3)] + [None] * 40
    places = [int(name[1:]) if name else 12 + row for row, name in enumerate(truth)]
    middles = chance.standard_normal((12 + len(truth), 32))
    vectors = chance.standard_normal((len(truth), 32)) * (1.0 if by_area else 0.3)
    if not by_area:
        vectors = vectors + middles[places]
    marks = [
        Marks(
            words=("word",) * int(chance.integers(1, 4)),
            area=f"area {place}" if by_area else f"area {chance.integers(3)}",
            at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=int(chance.integers(10_000))),
        )
        for place in places
    ]
    problems = frozenset(name for name in truth if name)
    return Planted(
        tickets=tuple(map(str, range(len(truth)))),
        vectors=np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32),
        marks=tuple(marks),
        times=tuple(mark.at for mark in marks if mark.at),
        truth=tuple(truth),
        gaps=problems,
        sizes=dict.fromkeys(problems, 3),
        answered={},
    )


def test_what_tells_pairs_apart_gets_the_weight() -> None:
    alike, by_area = (fit_weights(mix(1, by_area=area), [mix(2, by_area=area)]) for area in (False, True))
    assert alike.meaning > by_area.meaning
    assert alike.area < by_area.area


def test_the_same_pairs_give_the_same_weights() -> None:
    assert fit_weights(mix(1, by_area=False), [mix(2, by_area=False)]) == fit_weights(
        mix(1, by_area=False), [mix(2, by_area=False)]
    )
