"""Is this new? Judges how a draft stands to known resolutions, from how alike problem and answer are."""

from collections.abc import Mapping
from enum import StrEnum

from pipelines.domain.value import Value

ALIKE = 0.72
"""Cosine from which two short texts about one product are taken to say the same."""

ANSWERED_ALIKE = 0.6
"""The same for cause and fix, where the problem is at least NEAR: customers word one problem in many ways."""

NEAR = 0.35
"""Cosine below which two problems are taken to be different ones."""

MOST_SHOWN = 3


class DedupeVerdict(StrEnum):
    NEW = "new"
    UPDATE_OF = "update_of"
    SAME_AS = "same_as"


class Likeness(Value):
    """How alike a draft and a resolution are, as cosines; None where the draft or the record says nothing there."""

    problem: float | None = None
    answer: float | None = None


class Recurrence(Value):
    """A known resolution that a draft repeats or adds to. `similarity` is the larger of its likenesses."""

    resolution_id: str
    verdict: DedupeVerdict
    similarity: float
    why: str


def judge(likeness: Likeness) -> tuple[DedupeVerdict, str]:
    """What one resolution is to the draft, and why in words."""
    problem, answer = likeness.problem or 0.0, likeness.answer or 0.0
    if problem >= ALIKE and answer >= ALIKE:
        return DedupeVerdict.SAME_AS, "same problem, same cause and fix"
    if answer >= ANSWERED_ALIKE and problem >= NEAR:
        return DedupeVerdict.UPDATE_OF, "much the same cause and fix, the problem in other words"
    if problem >= ALIKE and likeness.answer is None:
        return DedupeVerdict.UPDATE_OF, "same problem; this ticket does not state the cause or the fix"
    return DedupeVerdict.NEW, ""


def recurrences(likenesses: Mapping[str, Likeness]) -> tuple[Recurrence, ...]:
    """The resolutions that the draft may repeat, likeliest first; empty: it is new. Few, since a person reads them."""
    found = []
    for resolution_id, likeness in likenesses.items():
        verdict, why = judge(likeness)
        if verdict is not DedupeVerdict.NEW:
            similarity = max(likeness.problem or 0.0, likeness.answer or 0.0)
            found.append(Recurrence(resolution_id=resolution_id, verdict=verdict, similarity=similarity, why=why))
    found.sort(key=lambda r: (r.verdict is not DedupeVerdict.SAME_AS, -r.similarity, r.resolution_id))
    return tuple(found[:MOST_SHOWN])
