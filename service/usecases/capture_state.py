"""Where a ticket stands in capture, and which of its mandatory fields nobody has confirmed yet."""

from collections.abc import Sequence

from pipelines.domain.confirmations import MANDATORY, RejectReason
from pipelines.domain.drafts import DraftState
from service.store.queries.drafts import DraftRecord
from service.store.tables import CaptureState
from service.usecases.views import CloseGate

SETTLING_REASONS = frozenset(set(RejectReason) - {RejectReason.WRONG})
"""Rejections after which nothing is left to confirm. After `wrong` the knowledge is still owed."""

_GATE_OPEN = CloseGate(open=True, unconfirmed=())
_GATE_SHUT = CloseGate(open=False, unconfirmed=MANDATORY)


def close_gate(state: CaptureState, last_rejection: str | None) -> CloseGate:
    """The gate of a ticket in this capture state; `last_rejection` is the reason of its last rejected draft."""
    if state in (CaptureState.CONFIRMED, CaptureState.LINKED):
        return _GATE_OPEN
    if state is CaptureState.REJECTED and last_rejection in SETTLING_REASONS:
        return _GATE_OPEN
    return _GATE_SHUT


def after_decision(drafts: Sequence[DraftRecord], decided: int, state: DraftState) -> CaptureState:
    """The ticket's state once draft `decided` is in `state`; a part that still awaits an agent keeps it open.

    `drafts` are the ticket's, as they were before the decision.
    """
    latest = max(d.closure for d in drafts)
    states = [state if d.id == decided else d.state for d in drafts if d.closure == latest]
    if any(s is DraftState.NEEDS_MANUAL for s in states):
        return CaptureState.NEEDS_MANUAL
    if any(s is DraftState.PENDING for s in states):
        return CaptureState.DRAFTED
    for kept, shown in (
        (DraftState.CONFIRMED, CaptureState.CONFIRMED),
        (DraftState.LINKED, CaptureState.LINKED),
        (DraftState.REJECTED, CaptureState.REJECTED),
    ):
        if kept in states:
            return shown
    return CaptureState.NONE
