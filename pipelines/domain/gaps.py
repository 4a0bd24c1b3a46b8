"""Gaps: groups of demand with no good resolution, and the report that lists them."""

from datetime import datetime
from enum import StrEnum

from pipelines.domain.value import Value


class DemandKind(StrEnum):
    """How it was seen that knowledge was missing."""

    ABSTENTION = "abstention"
    UNANSWERED_TICKET = "unanswered_ticket"
    REJECTED_SUGGESTION = "rejected_suggestion"
    CLOSED_WITHOUT_KNOWLEDGE = "closed_without_knowledge"
    REOPEN = "reopen"


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


class DemandSignal(Value):
    """One sign of missing knowledge. `ticket` is SOURCE/ID, None for a search; `text` is redacted."""

    id: str
    kind: DemandKind
    at: datetime
    ticket: str | None = None
    account: str | None = None
    product_area: str | None = None
    escalated: bool = False
    hours: float | None = None
    text: str
