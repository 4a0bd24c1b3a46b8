"""Tickets as the helpdesk sent them: raw, complete, with internal notes."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pipelines.domain.value import Value


class Role(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ENGINEER = "engineer"
    SYSTEM = "system"
    OTHER = "other"


class Visibility(StrEnum):
    """Who may read a message. Internal notes are usually where the root cause is written."""

    PUBLIC = "public"
    INTERNAL = "internal"


class TicketStatus(StrEnum):
    OPEN = "open"
    PENDING = "pending"
    CLOSED = "closed"


class EscalationType(StrEnum):
    FUNCTIONAL = "functional"
    HIERARCHICAL = "hierarchical"
    AUTOMATED = "automated"
    PRIORITY = "priority"
    EXTERNAL = "external"


class LifecycleStage(StrEnum):
    INTAKE = "intake"
    TRIAGE = "triage"
    INVESTIGATION = "investigation"
    RESOLUTION = "resolution"
    DOCUMENTATION = "documentation"
    FEEDBACK = "feedback"


class TicketKey(Value):
    """A ticket's name everywhere: `SOURCE/ID`, for example `jira/T-1`."""

    source: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}/{self.id}"

    @classmethod
    def parse(cls, text: str) -> "TicketKey":
        """Read `SOURCE/ID`. Raises ValueError where there is no slash or an empty part."""
        source, slash, identifier = text.partition("/")
        if not slash or not source or not identifier:
            raise ValueError(f"{text!r} does not name a ticket; write SOURCE/ID, for example jira/T-1")
        return cls(source=source, id=identifier)


class Message(Value):
    """One message. `revision` counts the bodies seen under this id: evidence points at one of them for good."""

    id: str
    at: datetime
    author: str | None = None
    role: Role = Role.OTHER
    visibility: Visibility = Visibility.PUBLIC
    body: str
    revision: int = 1


class Account(Value):
    id: str | None = None
    name: str | None = None
    tier: str | None = None


class Escalation(Value):
    """A ticket leaving the frontline: what kind, when, made by whom on what information."""

    type: EscalationType
    stage: LifecycleStage | None = None
    at: datetime | None = None
    reason: str | None = None
    decided_by: str | None = None
    to: str | None = None


class TicketEvent(Value):
    at: datetime
    kind: str
    before: str | None = None
    after: str | None = None
    actor: str | None = None


class Ticket(Value):
    """A support case and its conversation. Times are aware and in UTC."""

    key: TicketKey
    subject: str
    status: TicketStatus
    created_at: datetime
    closed_at: datetime | None = None
    product_area: str | None = None
    priority: str | None = None
    account: Account = Account()
    reporter: str | None = None
    assignee: str | None = None
    category_at_intake: str | None = None
    category_final: str | None = None
    labels: tuple[str, ...] = ()
    escalated: bool = False
    escalations: tuple[Escalation, ...] = ()
    events: tuple[TicketEvent, ...] = ()
    fields: dict[str, Any] = {}
    links: tuple[Any, ...] = ()
    messages: tuple[Message, ...]

    @property
    def is_escalated(self) -> bool:
        """Marked as escalated, or carrying an escalation record."""
        return self.escalated or bool(self.escalations)

    def people(self) -> tuple[str, ...]:
        """Every personal name on the ticket, for redaction: reporter, assignee, authors, actors. No duplicates.

        What wrote system messages is a program, often named after the product; its name is no person's.
        """
        named = [self.reporter, self.assignee]
        named += [m.author for m in self.messages]
        named += [e.actor for e in self.events]
        named += [p for e in self.escalations for p in (e.decided_by, e.to)]
        programs = {m.author.strip() for m in self.messages if m.author and m.role is Role.SYSTEM}
        found = dict.fromkeys(n.strip() for n in named if n and n.strip())
        return tuple(name for name in found if name not in programs)
