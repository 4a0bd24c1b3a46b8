"""Tickets as rows and rows as tickets, and the hash by which a ticket that did not change is recognised."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from pipelines.domain.tickets import (
    Account,
    Escalation,
    Message,
    Role,
    Ticket,
    TicketEvent,
    TicketKey,
    TicketStatus,
    Visibility,
)
from service.store.tables import MessageRow, TicketRow

_FREE_FORM = {"fields", "links"}
_UNHASHED: dict[str, Any] = {"messages": {"__all__": {"revision"}}} | dict.fromkeys(_FREE_FORM, True)


def content_sha256(ticket: Ticket) -> str:
    """The hash of what a helpdesk sent. The order of keys, and the revisions this program counts, do not matter."""
    digest = sha256(ticket.model_dump_json(exclude=_UNHASHED).encode())
    free_form = {"fields": ticket.fields, "links": ticket.links}
    digest.update(json.dumps(free_form, sort_keys=True, ensure_ascii=False, default=str).encode())
    return digest.hexdigest()


def ticket_to_rows(ticket: Ticket) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The columns that a ticket and its messages fill, without ids, counters and times of our own."""
    columns = {
        "source": ticket.key.source,
        "external_id": ticket.key.id,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "created_at": ticket.created_at,
        "closed_at": ticket.closed_at,
        "product_area": ticket.product_area,
        "priority": ticket.priority,
        "account_id": ticket.account.id,
        "account_name": ticket.account.name,
        "account_tier": ticket.account.tier,
        "reporter": ticket.reporter,
        "assignee": ticket.assignee,
        "category_at_intake": ticket.category_at_intake,
        "category_final": ticket.category_final,
        "escalated": ticket.is_escalated,
        "details": _details(ticket),
        "content_sha256": content_sha256(ticket),
    }
    return columns, [message_columns(message, place) for place, message in enumerate(ticket.messages)]


def _details(ticket: Ticket) -> dict[str, Any]:
    return {
        "labels": list(ticket.labels),
        "escalated": ticket.escalated,  # as marked; the column also knows escalation records
        "escalations": [escalation.model_dump(mode="json") for escalation in ticket.escalations],
        "events": [event.model_dump(mode="json") for event in ticket.events],
        "fields": ticket.fields,
        "links": list(ticket.links),
    }


def message_columns(message: Message, position: int) -> dict[str, Any]:
    """All columns of a message row but `ticket_id`, `revision` and `superseded`."""
    return {
        "message_id": message.id,
        "position": position,
        "at": message.at,
        "author": message.author,
        "role": message.role.value,
        "visibility": message.visibility.value,
        "body": message.body,
    }


def ticket_from_rows(row: TicketRow, messages: Iterable[MessageRow]) -> Ticket:
    """The ticket as it stands now: of its message rows, in any order, those that are not superseded."""
    current = sorted((m for m in messages if not m.superseded), key=lambda m: m.position)
    details = row.details
    return Ticket(
        key=TicketKey(source=row.source, id=row.external_id),
        subject=row.subject,
        status=TicketStatus(row.status),
        created_at=row.created_at,
        closed_at=row.closed_at,
        product_area=row.product_area,
        priority=row.priority,
        account=Account(id=row.account_id, name=row.account_name, tier=row.account_tier),
        reporter=row.reporter,
        assignee=row.assignee,
        category_at_intake=row.category_at_intake,
        category_final=row.category_final,
        labels=tuple(details["labels"]),
        escalated=details["escalated"],
        escalations=tuple(Escalation.model_validate(e) for e in details["escalations"]),
        events=tuple(TicketEvent.model_validate(e) for e in details["events"]),
        fields=details["fields"],
        links=tuple(details["links"]),
        messages=tuple(message_from_row(message) for message in current),
    )


def message_from_row(row: MessageRow) -> Message:
    """One revision of a message."""
    return Message(
        id=row.message_id,
        at=row.at,
        author=row.author,
        role=Role(row.role),
        visibility=Visibility(row.visibility),
        body=row.body,
        revision=row.revision,
    )
