"""Which of a draft's five questions an agent has to be asked, and in which order. The rest the evidence answers."""

from collections.abc import Mapping
from enum import IntEnum

from pipelines.domain.confirmations import VERSION
from pipelines.domain.drafts import DraftContent, DraftField, DraftVersions, FieldName

QUESTIONS: tuple[str, ...] = (*(name.value for name in FieldName), VERSION)
"""The five that are settled one by one, in the order a record shows them."""


class Doubt(IntEnum):
    """Why the evidence does not answer a question; the smaller is asked first among questions of equal worth."""

    FLAGGED = 0
    """Something in the claim is not in the thread: the agent is shown what, and a wrong one would be believed."""
    UNPROVED = 1
    """No quote proves the claim: there is a text to say yes or no to."""
    KIND = 2
    """The fix is proved; only what kind of fix it is has not been said."""
    ABSENT = 3
    """The thread does not say: the answer has to be typed, or is not known."""


# Cause and fix are what the next agent needs, and what the closing one has in mind now and nobody will later. The
# symptom is what the record is found by. Environment and versions narrow down where it applies; the ticket's own fields
# often hold them already, so that leaving them to the last costs least when the agent runs out of time.
_WORTH: Mapping[str, int] = {
    FieldName.ROOT_CAUSE.value: 0,
    FieldName.FIX.value: 0,
    FieldName.SYMPTOM.value: 1,
    FieldName.ENVIRONMENT.value: 2,
    VERSION: 2,
}


def doubt(content: DraftContent, question: str) -> Doubt | None:
    """Why this question has to be asked of an agent; None where sound evidence answers it."""
    if question == VERSION:
        return _doubt_of(content.versions) if content.versions.stated else Doubt.ABSENT
    claim = content.fields.get(FieldName(question))
    if claim is None or not claim.text.strip():
        return Doubt.ABSENT
    found = _doubt_of(claim)
    if found is None and question == FieldName.FIX.value and content.fix_kind is None:
        return Doubt.KIND
    return found


def asked(content: DraftContent) -> tuple[str, ...]:
    """The questions that the evidence cannot answer, most valuable first.

    Worth goes before doubt: an absent cause is asked before a flagged version, since a record without its cause
    teaches nothing. Of two questions of equal worth the one in doubt comes before the one that is merely absent: a yes
    or a correction takes less time than writing, and a wrong claim does more harm than a missing one.
    """
    doubts = {question: doubt(content, question) for question in QUESTIONS}
    open_ones = [(_WORTH[q], found, QUESTIONS.index(q), q) for q, found in doubts.items() if found is not None]
    return tuple(question for *_, question in sorted(open_ones))


def _doubt_of(claim: DraftField | DraftVersions) -> Doubt | None:
    if claim.flags:
        return Doubt.FLAGGED
    return None if claim.supported else Doubt.UNPROVED
