"""The records that closed tickets would have left: the offline drafts, accepted unseen, kept on disk by content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tqdm import tqdm

import pipelines.capture
from evals.dedupe_cases import BUDGET
from pipelines.adapters.token_count import estimate
from pipelines.capture.capture import capture
from pipelines.capture.extract import OfflineSummariser
from pipelines.capture.redact import Redactor
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.tickets import Ticket
from service.usecases.accept import as_stated
from service.usecases.resolution_content import resolution_content, with_ticket_facts

_KEPT_EVERY = 200

_READERS = frozenset({"audience", "checklist", "dedupe", "likeness", "thin"})
"""Modules of capture that look at drafts and make none: a change of theirs does not make the drafts anew."""


def at_closing(ticket: Ticket) -> Ticket:
    """The ticket as it was when it closed: what was written afterwards may tell of tickets that came later."""
    closed = ticket.closed_at
    if closed is None:
        return ticket
    written = tuple(m for m in ticket.messages if m.at <= closed) or ticket.messages[:1]
    return ticket.model_copy(update={"messages": written})


def recorded(ticket: Ticket) -> ResolutionContent:
    """What `import --accept-drafts` would make of the ticket's first draft."""
    made = capture(ticket, OfflineSummariser(), None, budget=BUDGET, count_tokens=estimate, last_try=True)
    draft, redactor = made.drafts[0], Redactor.for_ticket(ticket)
    content = resolution_content(draft, as_stated(draft, ticket), ticket, redactor)
    return with_ticket_facts(content, ticket, redactor)


def records(tickets: Sequence[Ticket], directory: Path) -> dict[str, ResolutionContent]:
    """The record of each ticket by its id. Drafting 10,000 takes minutes; what is stopped goes on from there.

    Kept in `directory`, by the content of the ticket and of the code that drafts it.
    """
    path = directory / f"drafts-{_code()}.jsonl"
    known = _kept(path)
    keys = {ticket.key.id: _key(ticket) for ticket in tickets}
    missing = [ticket for ticket in tickets if keys[ticket.key.id] not in known]
    directory.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as out:
        for number, ticket in enumerate(tqdm(missing, unit="ticket", desc="Drafting", disable=not missing), start=1):
            content = recorded(ticket).model_dump(mode="json", exclude_defaults=True)
            known[keys[ticket.key.id]] = content
            out.write(json.dumps([keys[ticket.key.id], content]) + "\n")
            if number % _KEPT_EVERY == 0:
                out.flush()
    return {name: ResolutionContent.model_validate(known[key]) for name, key in keys.items()}


def _kept(path: Path) -> dict[str, Mapping[str, object]]:
    """What was drafted before. A last line that was cut off is taken away, or the next one would be lost with it."""
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    if len(whole) < len(text):
        path.write_text(whole, encoding="utf-8")
    return dict(json.loads(line) for line in whole.splitlines())


def _key(ticket: Ticket) -> str:
    return hashlib.sha256(ticket.model_dump_json().encode("utf-8", "replace")).hexdigest()


@cache
def _code() -> str:
    """A short hash of everything that decides what a draft says."""
    root = Path(pipelines.capture.__path__[0])
    whole = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in (".py", ".json") and p.stem not in _READERS):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]
