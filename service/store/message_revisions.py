"""Decides what happens to stored message bodies when a ticket arrives again."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class StoredBody(NamedTuple):
    """One revision of one message, as stored."""

    message_id: str
    revision: int
    body: str
    superseded: bool


class Revisions(NamedTuple):
    """Rows to insert, and changes to rows that stay; changes name their row by `message` and `number` (the revision).

    Each list is of one shape, since a statement over many rows takes its columns from the first.
    """

    inserted: list[dict[str, Any]]
    superseded: list[dict[str, Any]]
    kept: list[dict[str, Any]]


def revise(stored: Iterable[StoredBody], messages: Sequence[Mapping[str, Any]]) -> Revisions:
    """What to write for the messages of one ticket.

    A new body is the next revision; the latest revision comes back to life when its body comes back; what is no longer
    said is superseded. No body is ever changed.
    """
    latest = {body.message_id: body for body in sorted(stored, key=lambda body: body.revision)}
    arriving = {message["message_id"]: message["body"] for message in messages}
    superseded: list[dict[str, Any]] = [
        {"message": body.message_id, "number": body.revision, "superseded": True}
        for body in latest.values()
        if not body.superseded and arriving.get(body.message_id) != body.body
    ]
    inserted, kept = [], []
    for message in messages:
        before = latest.get(message["message_id"])
        if before is not None and before.body == message["body"]:
            facts = {key: message[key] for key in ("position", "at", "author", "role", "visibility")}
            kept.append(facts | {"message": before.message_id, "number": before.revision, "superseded": False})
        else:
            revision = before.revision + 1 if before else 1
            inserted.append({**message, "revision": revision, "superseded": False})
    return Revisions(inserted, superseded, kept)
