"""A question falls into the gap whose middle it is nearest to; having helped to make that middle is no advantage."""

import numpy as np
import pytest

from pipelines.gaps import membership
from pipelines.gaps.membership import falls_into
from pipelines.ports import Vectors


def unit(*rows: tuple[float, ...]) -> Vectors:
    made = np.array(rows, dtype=np.float32)
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)


MIDDLES = unit((1, 0, 0), (0, 1, 0))


def test_each_question_falls_into_the_nearest_gap_or_into_none() -> None:
    assert [0, 1, None] == falls_into(unit((3, 1, 0), (1, 3, 0), (0, 0, 1)), MIDDLES)


def test_without_questions_or_gaps_nothing_falls_anywhere() -> None:
    none = np.zeros((0, 3), dtype=np.float32)
    assert [] == falls_into(none, MIDDLES)
    assert [None] == falls_into(MIDDLES[:1], none)


def test_a_member_is_held_against_the_others_of_its_gap() -> None:
    """Two strangers make a middle that is near to both; a third stranger would not be."""
    strangers = unit((1, 0.1, 0), (0.1, 1, 0))
    middle = unit(tuple(strangers.sum(axis=0).tolist()))
    assert [0, 0] == falls_into(strangers, middle)
    assert [None, None] == falls_into(strangers, middle, own=[0, 0])
    alike = unit((1, 0.1, 0), (1, -0.1, 0))
    assert [0, 0] == falls_into(alike, unit((1, 0, 0)), own=[0, 0])


@pytest.mark.parametrize("at_once", [1, 7])
def test_questions_fall_into_the_same_gaps_however_many_are_looked_at_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(3)
    vectors = chance.standard_normal((40, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    own = [int(gap) if gap < 5 else None for gap in chance.integers(0, 9, 40)]
    whole = falls_into(vectors, vectors[:5], own)
    assert {None} < set(whole)
    monkeypatch.setattr(membership, "_AT_ONCE", at_once)
    assert whole == falls_into(vectors, vectors[:5], own)
