"""Reads and writes the ticket-file form of a ticket, which import, the API and webhooks share. Strict, and lossless."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pipelines.domain.drafts import SUBJECT
from pipelines.domain.errors import InvalidTicket
from pipelines.domain.ticket_scan import NUL_SHOWN, refuse_unstorable
from pipelines.domain.tickets import (
    Account,
    Escalation,
    EscalationType,
    LifecycleStage,
    Message,
    Role,
    Ticket,
    TicketEvent,
    TicketKey,
    TicketStatus,
    Visibility,
)

MAX_BODY_BYTES = 1024 * 1024
"""A longer body is refused: the longest real one seen is 646,000 characters."""

MAX_NAME = 255

_NAME = re.compile(r"[^\s/\x00-\x1f][^/\x00-\x1f]*")
_MESSAGE_ID = re.compile(r"[^\x00-\x1f]+")
_KNOWN = frozenset({*Ticket.model_fields, "id", "source"} - {"key"})
_Choice = TypeVar("_Choice", bound=StrEnum)
_Item = TypeVar("_Item")


def parse_line(line: bytes, default_source: str = "import") -> Ticket:
    """One line of a ticket file. Raises InvalidTicket naming what is wrong with it."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidTicket(f"not UTF-8: byte {error.start} of the line; save the file as UTF-8") from None
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidTicket(f"not JSON: {error.msg} at column {error.colno}") from None
    except RecursionError:
        raise InvalidTicket("nested too deeply") from None
    except ValueError:  # integers beyond what Python converts
        raise InvalidTicket("not JSON: a number is too long") from None
    if not isinstance(raw, dict):
        raise InvalidTicket("not an object: a ticket is a JSON object")
    return parse_ticket(raw, default_source)


def parse_ticket(raw: Mapping[str, Any], default_source: str = "import") -> Ticket:
    """A ticket from its JSON object. Unknown keys are kept under `fields`. Raises InvalidTicket."""
    refuse_unstorable(raw)
    created_at = _required_time(raw, "created_at")
    status = _choice(TicketStatus, raw.get("status"), "status")
    if status is None:
        raise InvalidTicket("status is missing; it is one of open, pending, closed")
    return Ticket(
        key=TicketKey(source=_source(raw, default_source), id=_name(raw.get("id"), "id")),
        subject=_text(raw.get("subject"), "subject"),
        status=status,
        created_at=created_at,
        closed_at=_closed_at(raw, status),
        product_area=_optional(raw, "product_area"),
        priority=_optional(raw, "priority"),
        account=_account(raw.get("account")),
        reporter=_optional(raw, "reporter"),
        assignee=_optional(raw, "assignee"),
        category_at_intake=_optional(raw, "category_at_intake"),
        category_final=_optional(raw, "category_final"),
        labels=tuple(_text(v, "labels") for v in _array(raw, "labels")),
        escalated=_boolean(raw, "escalated"),
        escalations=_each(_array(raw, "escalations"), "escalations", _escalation),
        events=_each(_array(raw, "events"), "events", _event),
        fields=_fields(raw),
        links=tuple(_array(raw, "links")),
        messages=_messages(raw),
    )


def _source(raw: Mapping[str, Any], default: str) -> str:
    given = raw.get("source")
    return _name(default if given is None or given == "" else given, "source")


def _name(value: object, place: str) -> str:
    text = _text(value, place).strip()
    if not _NAME.fullmatch(text) or len(text) > MAX_NAME:
        raise InvalidTicket(f"{place} must be 1 to {MAX_NAME} characters without a slash or control characters")
    return text


def _message_id(value: object, place: str) -> str:
    """Taken to the letter: evidence points at it. A mail's Message-ID may hold slashes."""
    text = _text(value, place)
    if not _MESSAGE_ID.fullmatch(text) or not text.strip() or len(text) > MAX_NAME:
        raise InvalidTicket(f"{place} must be 1 to {MAX_NAME} characters without control characters")
    if text == SUBJECT:
        raise InvalidTicket(f"{place} must not be {SUBJECT!r}: under that name the ticket's subject is quoted")
    return text


def _text(value: object, place: str) -> str:
    if value is None:
        raise InvalidTicket(f"{place} is missing")
    if not isinstance(value, str):
        raise InvalidTicket(f"{place} must be text, not {_kind(value)}")
    return value


def _optional(raw: Mapping[str, Any], key: str) -> str | None:
    value = raw.get(key)
    return None if value is None or value == "" else _text(value, key)


def _boolean(raw: Mapping[str, Any], key: str) -> bool:
    value = raw.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidTicket(f"{key} must be true or false, not {_kind(value)}")
    return value


def _array(raw: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = raw.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidTicket(f"{key} must be a list, not {_kind(value)}")
    return value


def _kind(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", dict: "an object", list: "a list", str: "text"}
    return names.get(type(value), "null")


def _choice(kind: type[_Choice], value: object, place: str) -> _Choice | None:
    if value is None:
        return None
    try:
        return kind(_text(value, place))
    except ValueError:
        raise InvalidTicket(f"{place} must be one of {', '.join(kind)}") from None


def _time(value: object, place: str) -> datetime | None:
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(_text(value, place))
    except ValueError:
        raise InvalidTicket(f"{place} is no date that exists; write it as 2026-01-31T09:30:00Z") from None
    if at.tzinfo is None:
        raise InvalidTicket(f"{place} has no time zone; write it as 2026-01-31T09:30:00Z")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidTicket(f"{place} lies outside the years 1 to 9999") from None


def _required_time(raw: Mapping[str, Any], key: str) -> datetime:
    at = _time(raw.get(key), key)
    if at is None:
        raise InvalidTicket(f"{key} is missing")
    return at


def _closed_at(raw: Mapping[str, Any], status: TicketStatus) -> datetime | None:
    # Trackers keep the last closing time on a reopened ticket; only a closed one is closed at a time.
    at = _time(raw.get("closed_at"), "closed_at")
    return at if status is TicketStatus.CLOSED else None


def _each(items: Sequence[Any], place: str, read: Callable[[Mapping[str, Any], str], _Item]) -> tuple[_Item, ...]:
    found = []
    for number, item in enumerate(items, 1):
        where = f"{place}[{number}]"
        if not isinstance(item, dict):
            raise InvalidTicket(f"{where} must be an object, not {_kind(item)}")
        found.append(read(item, where))
    return tuple(found)


def _part(item: Mapping[str, Any], key: str, where: str) -> str | None:
    value = item.get(key)
    return None if value is None else _text(value, f"{key} of {where}")


def _account(value: object) -> Account:
    if value is None:
        return Account()
    if not isinstance(value, dict):
        raise InvalidTicket(f"account must be an object, not {_kind(value)}")
    return Account(**{key: _part(value, key, "account") for key in ("id", "name", "tier")})


def _escalation(item: Mapping[str, Any], where: str) -> Escalation:
    kind = _choice(EscalationType, item.get("type"), f"type of {where}")
    if kind is None:
        raise InvalidTicket(f"type of {where} is missing; it is one of {', '.join(EscalationType)}")
    return Escalation(
        type=kind,
        stage=_choice(LifecycleStage, item.get("stage"), f"stage of {where}"),
        at=_time(item.get("at"), f"at of {where}"),
        reason=_part(item, "reason", where),
        decided_by=_part(item, "decided_by", where),
        to=_part(item, "to", where),
    )


def _event(item: Mapping[str, Any], where: str) -> TicketEvent:
    at = _time(item.get("at"), f"at of {where}")
    if at is None:
        raise InvalidTicket(f"at of {where} is missing")
    return TicketEvent(
        at=at,
        kind=_text(item.get("kind"), f"kind of {where}"),
        before=_scalar(item.get("from"), f"from of {where}"),
        after=_scalar(item.get("to"), f"to of {where}"),
        actor=_part(item, "actor", where),
    )


def _scalar(value: object, place: str) -> str | None:
    """Trackers write numbers and truth values here too; they are kept as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    raise InvalidTicket(f"{place} must be text, not {_kind(value)}")


def _fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    value = raw.get("fields")
    if value is not None and not isinstance(value, dict):
        raise InvalidTicket(f"fields must be an object, not {_kind(value)}")
    unknown = {key: raw[key] for key in raw if key not in _KNOWN}
    return {**unknown, **(value or {})}


def _messages(raw: Mapping[str, Any]) -> tuple[Message, ...]:
    if "messages" not in raw or raw["messages"] is None:
        raise InvalidTicket("messages is missing; a ticket without a conversation has an empty list")
    messages = _each(_array(raw, "messages"), "messages", _message)
    seen: set[str] = set()
    for message in messages:
        if message.id in seen:
            raise InvalidTicket(f"two messages have the id {message.id[:40]!r}; message ids are unique in a ticket")
        seen.add(message.id)
    return messages


def _message(item: Mapping[str, Any], where: str) -> Message:
    body = _text(item.get("body"), f"body of {where}")
    if len(body) > MAX_BODY_BYTES or (len(body) * 4 > MAX_BODY_BYTES and len(body.encode()) > MAX_BODY_BYTES):
        raise InvalidTicket(f"body of {where} is over {MAX_BODY_BYTES // 1024} KiB; attach long logs instead")
    at = _time(item.get("at"), f"at of {where}")
    if at is None:
        raise InvalidTicket(f"at of {where} is missing")
    # Logs pasted from a console carry NULs in real tickets. One for one, so that offsets stay those of the original.
    body = body.replace("\x00", NUL_SHOWN)
    return Message(
        id=_message_id(item.get("id"), f"id of {where}"),
        at=at,
        author=_part(item, "author", where),
        role=_choice(Role, item.get("role"), f"role of {where}") or Role.OTHER,
        visibility=_choice(Visibility, item.get("visibility"), f"visibility of {where}") or Visibility.PUBLIC,
        body=body,
    )


def ticket_object(ticket: Ticket) -> dict[str, Any]:
    """The ticket-file object of a ticket: parse_ticket reads it back to an equal one."""
    plain = ticket.model_dump(mode="json", exclude={"key", "messages", "events"})
    return {
        "id": ticket.key.id,
        "source": ticket.key.source,
        **plain,
        "events": [
            {"at": e.at.isoformat(), "kind": e.kind, "from": e.before, "to": e.after, "actor": e.actor}
            for e in ticket.events
        ],
        "messages": [m.model_dump(mode="json", exclude={"revision"}) for m in ticket.messages],
    }
