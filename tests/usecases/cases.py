"""Tickets that capture has something to say about, and what an agent decides on their drafts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.domain.confirmations import Confirmed, SettledField, SettledState, SettledVersions
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.tickets import Account, Message, Role, Ticket, TicketKey, TicketStatus, Visibility
from service.jobs.runner import Worker
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft
from service.usecases.queue import list_drafts
from service.usecases.receive import Received, receive_ticket
from service.usecases.services import Services
from service.usecases.views import QueueLine

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADA = Actor(name="Ada", role=UserRole.AGENT)
BEN = Actor(name="Ben", role=UserRole.AGENT)

SYMPTOM = "After the upgrade to 5.2.1 the nightly export stops with error EXP-2041 and the file stays empty."
CAUSE = "Root cause: the exporter opens the file before the previous run has released its lock."
FIX = "The fix is to upgrade to 5.2.3, where the exporter waits for the lock. Export works again after the upgrade."


def said(
    identifier: str,
    body: str,
    role: Role = Role.CUSTOMER,
    *,
    hours: float = 0,
    author: str | None = None,
    visibility: Visibility = Visibility.PUBLIC,
) -> Message:
    at = OPENED + timedelta(hours=hours)
    return Message(id=identifier, at=at, author=author, role=role, body=body, visibility=visibility)


def export_thread() -> tuple[Message, ...]:
    return (
        said("m1", f"{SYMPTOM}\nWe run it on Debian 12.", author="Greta Holm"),
        said("m2", CAUSE, Role.ENGINEER, hours=5, author="Tomas Rey", visibility=Visibility.INTERNAL),
        said("m3", FIX, Role.AGENT, hours=9, author="Ada"),
    )


def case(identifier: str = "T-1", *messages: Message, closed: bool = True, **other: Any) -> Ticket:
    """An escalated ticket; closed a day after it was opened unless said otherwise."""
    facts = {
        "key": TicketKey(source="desk", id=identifier),
        "subject": "Nightly export stops with EXP-2041",
        "status": TicketStatus.CLOSED if closed else TicketStatus.OPEN,
        "created_at": OPENED,
        "closed_at": OPENED + timedelta(days=1) if closed else None,
        "product_area": "export",
        "account": Account(id="ACC-77", name="Nordwind Logistics", tier="gold"),
        "reporter": "Greta Holm",
        "assignee": "Ada",
        "escalated": True,
        "messages": messages or export_thread(),
    }
    return Ticket.model_validate(facts | other)


def reclosed(ticket: Ticket, *more: Message, days: int = 3) -> Ticket:
    """The ticket closed again, later, with what was said in between."""
    return ticket.model_copy(
        update={
            "status": TicketStatus.CLOSED,
            "closed_at": OPENED + timedelta(days=days),
            "messages": (*ticket.messages, *more),
        }
    )


def reopened(ticket: Ticket) -> Ticket:
    return ticket.model_copy(update={"status": TicketStatus.OPEN, "closed_at": None})


def send(services: Services, ticket: Ticket) -> Received:
    return receive_ticket(services.db, ticket, services.settings.capture)


def work(services: Services) -> int:
    """Do the jobs that are due; returns how many."""
    return Worker(services).run_until_idle()


def awaiting(services: Services) -> tuple[QueueLine, ...]:
    return list_drafts(services.db).items


def drafted(services: Services, ticket: Ticket | None = None) -> QueueLine:
    """The newest draft after this ticket was sent and worked on."""
    send(services, ticket or case())
    work(services)
    return awaiting(services)[0]


def decision(**changes: Any) -> Confirmed:
    """A complete decision in the agent's own words; texts by field name, None for not known."""
    texts = {
        "symptom": "The nightly export stops with EXP-2041.",
        "root_cause": "The exporter opens the file before the lock is released.",
        "fix": "Upgrade to 5.2.3.",
        "environment": "Debian 12",
    }
    texts |= {name: changes.pop(name) for name in list(changes) if name in texts}
    facts = {
        "title": "Nightly export stops with EXP-2041",
        "fields": {
            FieldName(name): SettledField(state=SettledState.STATED, text=text)
            if text is not None
            else SettledField(state=SettledState.NOT_KNOWN)
            for name, text in texts.items()
        },
        "fix_kind": FixKind.FIX,
        "versions": SettledVersions(state=SettledState.STATED, affected=("5.2.1",), fixed_in=("5.2.3",)),
        "seconds": 41.5,
    }
    return Confirmed.model_validate(facts | changes)


def confirmed(services: Services, ticket: Ticket | None = None, **changes: Any) -> str:
    """The id of the resolution that this ticket became, indexed."""
    line = drafted(services, ticket)
    result = confirm_draft(services.db, line.id, 1, decision(**changes), ADA)
    work(services)
    return result.resolution_id
