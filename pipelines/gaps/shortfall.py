"""What kind of gap a group of demand is, by the records that come near it, with the proof."""

from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.domain.gaps import DemandSignal, GapType
from pipelines.domain.value import Value

NEAR_ENOUGH = 0.3
"""Stated probability from which a record is about the question, though too unlikely to count as its answer."""


class Proof(Value):
    """The best existing record for a gap and why it falls short; `near` of `signals` questions come nearest to it."""

    resolution: str
    near: int
    signals: int
    probability: float
    why: str


class Verdicts(Value):
    """What is known against records: how often agents called one wrong, open contradictions with others, and gaps that
    one was to answer whose demand did not fall.
    """

    wrong: Mapping[str, int] = {}
    contradicts: Mapping[str, str] = {}
    failed: Mapping[str, str] = {}


def judged(signals: Sequence[DemandSignal], verdicts: Verdicts) -> tuple[GapType, Proof | None]:
    """The type of a gap, and its proof where any record comes near.

    A record speaks for a type only where it is the nearest to at least half of the group and near enough; otherwise the
    knowledge is missing, and the proof names the nearest miss.
    """
    nearest = [s.nearest for s in signals if s.nearest is not None]
    if not nearest:
        return GapType.MISSING, None
    counts = Counter(n.resolution for n in nearest if n.probability >= NEAR_ENOUGH) or Counter(
        n.resolution for n in nearest
    )
    name = min(counts, key=lambda key: (-counts[key], key))
    own = [n for n in nearest if n.resolution == name]
    mean = sum(n.probability for n in own) / len(own)
    kind, why = GapType.MISSING, "it is the nearest record and about something else"
    if 2 * len(own) >= len(signals) and mean >= NEAR_ENOUGH:
        elsewhere = [n.why for n in own if not n.applies]
        if verdicts.wrong.get(name):
            kind, why = GapType.WRONG, f"agents called it wrong {verdicts.wrong[name]} times"
        elif name in verdicts.failed:
            kind, why = GapType.WRONG, f"it was to answer {verdicts.failed[name]}, and demand did not fall"
        elif name in verdicts.contradicts:
            kind, why = (
                GapType.CONTRADICTORY,
                f"it contradicts {verdicts.contradicts[name]}, and nobody settled which holds",
            )
        elif 2 * len(elsewhere) >= len(own):
            kind, why = GapType.STALE, f"it does not apply to those who ask: {elsewhere[0]}"
        else:
            kind, why = GapType.UNFINDABLE, "it comes nearest, but its words are too far from the questions"
    proof = Proof(resolution=name, near=len(own), signals=len(signals), probability=round(mean, 3), why=why)
    return kind, proof
