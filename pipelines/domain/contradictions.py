"""Two resolutions that give different fixes for the same condition: what may be done about it, and what was."""

from enum import StrEnum

from pipelines.domain.value import Value


class Settlement(StrEnum):
    """How a contradiction ended.

    `both_hold`: under different conditions, which are said. `replaced`: one of the two is archived and points to the
    other. `linked`: the ticket was linked to the known resolution instead. `gone`: an edit or an archiving ended it.
    """

    BOTH_HOLD = "both_hold"
    REPLACED = "replaced"
    LINKED = "linked"
    GONE = "gone"


class Settled(Value):
    """What an agent decides, while confirming, on a known resolution that the draft contradicts.

    `how` is both_hold, with the conditions under which each holds, or replaced: the new one takes its place.
    """

    resolution_id: str
    how: Settlement
    conditions: str = ""


def unsettled_contradiction(settled: Settled) -> str | None:
    """What is missing from a settlement; None: nothing."""
    if settled.how is Settlement.BOTH_HOLD and not settled.conditions.strip():
        return "say under which conditions each of the two holds"
    if settled.how not in (Settlement.BOTH_HOLD, Settlement.REPLACED):
        return "say that both hold, or that one replaces the other; linking is a decision of its own"
    return None
