"""A ticket's conversation as the pages show it, with the evidence of a draft marked in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.domain.drafts import SUBJECT, DraftContent, Evidence
from pipelines.domain.tickets import Message, Ticket, Visibility
from service.web.pages.marks import Mark, Section, marked


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message ready to show. `anchor` is its id in the page."""

    anchor: str
    id: str
    role: str
    author: str | None
    internal: bool
    at: datetime
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A link from a field to one of its quotes: which message, who wrote it, whether it is an internal note."""

    anchor: str
    message: str
    role: str
    internal: bool


@dataclass(frozen=True, slots=True)
class Thread:
    subject: tuple[Section, ...]
    messages: tuple[ThreadMessage, ...]
    chips: Mapping[str, tuple[Chip, ...]]


def evidence_by_field(content: DraftContent) -> dict[str, tuple[Evidence, ...]]:
    """What each field of a draft quotes; versions under `version`."""
    found = {name.value: f.evidence for name, f in content.fields.items()}
    found["version"] = content.versions.evidence
    return found


def thread(ticket: Ticket, evidence: Mapping[str, Sequence[Evidence]] | None = None) -> Thread:
    """The conversation with every quote marked once, whatever number of fields it proves."""
    # Message ids are free text: places in the page are named by position instead.
    places = {m.id: str(n) for n, m in enumerate(ticket.messages, 1)} | {SUBJECT: "0"}
    by_id = {m.id: m for m in ticket.messages}
    marks: dict[str, dict[tuple[int, int], list[str]]] = {}
    chips: dict[str, tuple[Chip, ...]] = {}
    for field, quotes in (evidence or {}).items():
        # A quote counts for the revision it was taken from: in any other its offsets point anywhere.
        known = [q for q in quotes if q.message == SUBJECT or _shown(q, by_id.get(q.message))]
        for quote in known:
            marks.setdefault(quote.message, {}).setdefault((quote.start, quote.end), []).append(field)
        chips[field] = tuple(dict.fromkeys(_chip(q, places[q.message], by_id.get(q.message)) for q in known))
    return Thread(
        subject=marked(ticket.subject, _marks("0", marks.get(SUBJECT, {}))),
        messages=tuple(_message(m, places[m.id], marks.get(m.id, {})) for m in ticket.messages),
        chips=chips,
    )


def _shown(quote: Evidence, message: Message | None) -> bool:
    return message is not None and message.revision == quote.revision


def _anchor(place: str, start: int, end: int) -> str:
    return f"quote-{place}-{start}-{end}"


def _marks(place: str, spans: Mapping[tuple[int, int], Sequence[str]]) -> list[Mark]:
    return [Mark(_anchor(place, *span), *span, tuple(dict.fromkeys(fields))) for span, fields in spans.items()]


def _chip(quote: Evidence, place: str, message: Message | None) -> Chip:
    return Chip(
        anchor=_anchor(place, quote.start, quote.end),
        message=quote.message,
        role=message.role.value if message else SUBJECT,
        internal=message is not None and message.visibility is Visibility.INTERNAL,
    )


def _message(message: Message, place: str, spans: Mapping[tuple[int, int], Sequence[str]]) -> ThreadMessage:
    return ThreadMessage(
        anchor=f"message-{place}",
        id=message.id,
        role=message.role.value,
        author=message.author,
        internal=message.visibility is Visibility.INTERNAL,
        at=message.at,
        sections=marked(message.body, _marks(place, spans)),
    )
