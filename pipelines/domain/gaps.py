"""Gaps: groups of demand with no good resolution, and the report that lists them."""

from datetime import datetime
from enum import StrEnum

from pipelines.domain.tickets import EscalationType, LifecycleStage
from pipelines.domain.value import Value


class DemandKind(StrEnum):
    """How it was seen that knowledge was missing."""

    ABSTENTION = "abstention"
    UNANSWERED_TICKET = "unanswered_ticket"
    REJECTED_SUGGESTION = "rejected_suggestion"
    CLOSED_WITHOUT_KNOWLEDGE = "closed_without_knowledge"
    REOPEN = "reopen"
    ESCALATION = "escalation"


class GapType(StrEnum):
    MISSING = "missing"
    UNFINDABLE = "unfindable"
    STALE = "stale"
    CONTRADICTORY = "contradictory"
    WRONG = "wrong"


class GapStatus(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    VERIFIED = "verified"


UNSOLVED = frozenset({GapStatus.OPEN, GapStatus.ASSIGNED})
"""Somebody has to do something about these."""

ANSWERED = frozenset({GapStatus.CLOSED, GapStatus.VERIFIED})
"""A record was named as the answer; verified: demand fell after it."""


class GapEventKind(StrEnum):
    """A move of a gap, as its history keeps it."""

    CREATED = "created"
    ASSIGNED = "assigned"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    ADDED = "added"
    DISMISSED = "dismissed"
    CLOSED = "closed"
    VERIFIED = "verified"
    REOPENED = "reopened"


class Nearest(Value):
    """The best record for a question. `applies` is False where it is for other versions than the asker's."""

    resolution: str
    probability: float
    applies: bool = True
    why: str = ""


class DemandSignal(Value):
    """Missing knowledge as one ticket or one search shows it. `ticket` is SOURCE/ID, None for a search.

    `text` is redacted. `kinds`: all the ways it was seen, `kind` the first of them. `hours`: time the ticket was open;
    `senior_hours`: of that, the time from its first escalation on.
    """

    id: str
    kind: DemandKind
    kinds: tuple[DemandKind, ...] = ()
    at: datetime
    ticket: str | None = None
    account: str | None = None
    tier: str | None = None
    product_area: str | None = None
    escalated: bool = False
    escalation_types: tuple[EscalationType, ...] = ()
    stages: tuple[LifecycleStage, ...] = ()
    hours: float | None = None
    senior_hours: float | None = None
    nearest: Nearest | None = None
    text: str
