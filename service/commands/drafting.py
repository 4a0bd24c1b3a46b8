"""The `draft` command: what capture would propose, in the labelled form, quoting the raw messages. Stores nothing."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from pipelines.capture.capture import capture
from pipelines.domain.drafts import SUBJECT, DraftContent, Evidence, FieldName
from pipelines.domain.errors import InvalidTicket
from pipelines.domain.ticket_file import parse_line
from pipelines.domain.tickets import Ticket
from service.container import open_summarisers
from service.settings import Settings
from service.usecases.import_tickets import open_ticket_file, read_lines


def draft_file(
    settings: Settings, path: Path, summariser: str | None, write: Callable[[str], None], say: Callable[[str], None]
) -> int:
    """Write one line a ticket, in the file's order; returns how many lines could not be read as tickets."""
    chosen = open_summarisers(settings, only=summariser)
    rejected = 0
    with open_ticket_file(path) as raw:
        for number, line in tqdm(read_lines(raw, path), unit="ticket", desc="Drafting", disable=None):
            try:
                ticket = parse_line(line)
            except InvalidTicket as error:
                say(f"line {number}: {error.reason}")
                rejected += 1
                continue
            made = capture(
                ticket,
                chosen.first,
                chosen.fallback,
                budget=chosen.budget,
                count_tokens=chosen.count_tokens,
                last_try=True,
            )
            write(json.dumps(labelled(ticket, made.drafts[0], json.loads(line)), ensure_ascii=False))
    return rejected


def labelled(ticket: Ticket, draft: DraftContent, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A draft in the labelled form. Quotes are cut from the raw object's bodies, where a NUL is still a NUL."""
    bodies = {message["id"]: message["body"] for message in raw["messages"]}
    bodies[SUBJECT] = raw["subject"]

    def quotes(evidence: Sequence[Evidence]) -> list[dict[str, str]]:
        return [{"message": e.message, "quote": bodies[e.message][e.start : e.end]} for e in evidence]

    shown: dict[str, Any] = {"id": ticket.key.id}
    for name in FieldName:
        field = draft.fields.get(name)
        shown[name.value] = {"text": field.text, "quotes": quotes(field.evidence)} if field else None
    if shown["fix"] is not None and draft.fix_kind is not None:
        shown["fix"]["kind"] = draft.fix_kind.value
    versions = draft.versions
    shown["versions"] = {
        "affected": list(versions.affected),
        "fixed_in": list(versions.fixed_in),
        "quotes": quotes(versions.evidence),
    }
    return shown
