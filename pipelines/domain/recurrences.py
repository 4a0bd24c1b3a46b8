"""How a draft stands to a known resolution: the verdict, the reasons in words, and what it would add to the record."""

from enum import StrEnum

from pipelines.domain.confirmations import LinkAddition
from pipelines.domain.value import Value


class DedupeVerdict(StrEnum):
    """`contradicts`: the same condition with another fix, which somebody has to settle."""

    NEW = "new"
    UPDATE_OF = "update_of"
    SAME_AS = "same_as"
    CONTRADICTS = "contradicts"


class Reason(Value):
    """One thing that speaks for or against, for a person to check. Never quotes the other record, which may change.

    `kind` is what was compared: problem, cause, fix, fix_kind, code, area or adds.
    """

    kind: str
    text: str


class Added(Value):
    """What the draft's ticket would add to the record, in the ticket's redacted words."""

    part: LinkAddition
    text: str


class Recurrence(Value):
    """A known resolution that a draft repeats, adds to or contradicts. `similarity`: its most alike part, a cosine."""

    resolution_id: str
    verdict: DedupeVerdict
    similarity: float
    why: str
    reasons: tuple[Reason, ...] = ()
    adds: tuple[Added, ...] = ()
