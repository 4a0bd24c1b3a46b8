"""What a record near to most of a gap says about it, and what it does not say otherwise."""

from typing import Any

import pytest

from pipelines.domain.gaps import DemandKind, DemandSignal, GapType, Nearest
from pipelines.gaps.shortfall import Verdicts, judged
from tests.unit.test_gaps_report import NOW


def signals(*nearest: Nearest | None) -> list[DemandSignal]:
    kind = DemandKind.UNANSWERED_TICKET
    return [DemandSignal(id=f"t/{i}", kind=kind, at=NOW, text="x", nearest=near) for i, near in enumerate(nearest)]


def near(probability: float = 0.3, name: str = "R-1", **facts: Any) -> Nearest:
    return Nearest(resolution=name, probability=probability, **facts)


ELSEWHERE = near(applies=False, why="affects 1.0, you have 2.0")


@pytest.mark.parametrize(
    ("nearest", "verdicts", "expected"),
    [
        ([near(), near()], Verdicts(), GapType.UNFINDABLE),
        ([near(), None], Verdicts(), GapType.UNFINDABLE),
        ([near(), None, None], Verdicts(), GapType.MISSING),
        ([near(0.1), near(0.1)], Verdicts(), GapType.MISSING),
        ([None, None], Verdicts(), GapType.MISSING),
        ([ELSEWHERE, near()], Verdicts(), GapType.STALE),
        ([near(), near()], Verdicts(contradicts={"R-1": "R-2"}), GapType.CONTRADICTORY),
        ([near(), near()], Verdicts(wrong={"R-1": 2}, contradicts={"R-1": "R-2"}), GapType.WRONG),
        ([near(), near()], Verdicts(wrong={"R-9": 2}), GapType.UNFINDABLE),
    ],
)
def test_the_type_of_a_gap_follows_from_its_nearest_record(
    nearest: list[Nearest | None], verdicts: Verdicts, expected: GapType
) -> None:
    assert expected is judged(signals(*nearest), verdicts)[0]


def test_the_proof_names_the_record_and_how_many_come_near_to_it() -> None:
    kind, proof = judged(signals(near(0.2), near(0.4), near(0.3, "R-2"), None), Verdicts())
    assert proof is not None
    assert (GapType.UNFINDABLE, "R-1", 2, 4, 0.3) == (
        kind,
        proof.resolution,
        proof.near,
        proof.signals,
        proof.probability,
    )
