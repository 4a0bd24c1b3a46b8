"""What a resolution may become, and when triage may show it."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import DraftState, FieldName
from pipelines.domain.errors import IllegalMove
from pipelines.domain.resolutions import (
    Confidence,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
    move_confidence,
)

WIP, UNSURE, SURE, GONE = Confidence

LEGAL = {
    (WIP, UNSURE),
    (WIP, SURE),
    (WIP, GONE),
    (UNSURE, WIP),
    (UNSURE, SURE),
    (UNSURE, GONE),
    (SURE, UNSURE),
    (SURE, GONE),
    (GONE, UNSURE),
} | {(state, state) for state in Confidence}


@pytest.mark.parametrize("move", list(product(Confidence, Confidence)), ids="-".join)
def test_confidence_moves_as_kcs_has_it_and_no_other_way(move: tuple[Confidence, Confidence]) -> None:
    if move in LEGAL:
        assert move[1] is move_confidence(*move)
    else:
        with pytest.raises(IllegalMove, match=f"cannot go from {move[0]} to {move[1]}"):
            move_confidence(*move)


@given(st.lists(st.sampled_from(Confidence), max_size=12))
def test_knowledge_from_the_archive_is_never_validated_at_once(wishes: list[Confidence]) -> None:
    state, before = UNSURE, UNSURE
    for wish in wishes:
        try:
            before, state = state, move_confidence(state, wish)
        except IllegalMove:
            continue
        assert (GONE, SURE) != (before, state)


def resolution(confidence: Confidence = UNSURE, **texts: str | None) -> Resolution:
    fields = {
        name: ResolutionField(
            state=SettledState.STATED if texts.get(name) else SettledState.NOT_KNOWN, text=texts.get(name)
        )
        for name in FieldName
    }
    content = ResolutionContent(
        title="Export stops", fields=fields, versions=ResolutionVersions(state=SettledState.NOT_KNOWN)
    )
    return Resolution(id="R-1", version=1, content=content, confidence=confidence)


@pytest.mark.parametrize("confidence", Confidence)
def test_everything_but_the_archive_is_served(confidence: Confidence) -> None:
    assert (confidence is not GONE) == resolution(confidence, fix="Upgrade.").served


@pytest.mark.parametrize(
    ("texts", "served"),
    [
        ({"fix": "Upgrade."}, True),
        ({"root_cause": "A lock is held."}, True),
        ({"symptom": "It stops.", "environment": "Debian 12"}, False),
        ({"fix": ""}, False),
        ({}, False),
    ],
)
def test_a_record_is_served_when_it_holds_a_fix_or_a_cause(texts: Any, served: bool) -> None:
    assert served == resolution(**texts).served


def test_only_a_pending_or_a_manual_draft_awaits_an_agent() -> None:
    assert [DraftState.PENDING, DraftState.NEEDS_MANUAL] == [state for state in DraftState if state.awaits_agent]
