"""Tells the customer's words from the staff's in what was written down from a ticket. No storage, no model.

A resolution outlives the ticket it came from: what support staff found out and wrote stays. What goes is

- a sentence that holds six words in a row (or all of its words) as the customer was the first to write them,
- a word that only the customer's side of this ticket ever used: the name of a tenant, a host, a project,
- what the redaction finds with the ticket's names.

Version numbers and error codes stay: they are the product's.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.capture.condense import condense
from pipelines.capture.redact import Redactor
from pipelines.capture.redaction_marks import MARK
from pipelines.domain.tickets import Message, Role, Ticket
from pipelines.retrieve.words import token_kind

STAFF = frozenset({Role.AGENT, Role.ENGINEER, Role.SYSTEM})
ERASED = "[erased]"
RUN = 6
"""Words in a row that two people do not write by chance."""

_SHORTEST_SENTENCE = 3
_SHORTEST_WORD = 4
_LONGEST_ASKED = 20
_TOKEN = re.compile(r"\w(?:[\w.:/@#+-]*\w)?")
_PART = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_KEPT_KINDS = frozenset({"code", "version"})

HeldElsewhere = Callable[[str], bool]


class CustomersWords:
    """What the customer's side of one ticket said, and what of that nobody else did."""

    def __init__(self, ticket: Ticket, messages: Sequence[Message], held_elsewhere: HeldElsewhere) -> None:
        """`messages` are all bodies the ticket ever had; `held_elsewhere` tells whether any other record has a word."""
        self._key = ticket.key
        self._held_elsewhere = held_elsewhere
        self._held: dict[str, bool] = {}
        self.redactor = Redactor.for_ticket(ticket.model_copy(update={"messages": _distinct(messages)}))
        self._first: dict[tuple[str, ...], bool] = {}
        self._said: dict[bool, list[str]] = {True: [], False: []}
        for customers, text in _spoken(ticket, messages):
            self._hear(customers, self.redactor.redact_text(text))
        staff = {word for text in self._said[False] for word in text.split()}
        side = {word for text in (*self._said[True], *map(plain, _facts(ticket))) for word in text.split()}
        self._only_customers = side - staff
        self.everything = " ".join(_searched(text) for text in (ticket.subject, *(m.body for m in messages)))

    def _hear(self, customers: bool, text: str) -> None:
        said = plain(text)
        for run in _runs(said.split()):
            self._first.setdefault(run, customers)
        self._said[customers].append(f" {said} ")

    def without(self, text: str, known: str = "") -> str:
        """What is left of a text once the customer's sentences are gone and the customer's words are masked.

        `known` was written before the ticket came: what stands in it is not the ticket's.
        """
        lines = (self._line(line, known) for line in self.redactor.redact_text(text).split("\n"))
        return self.masked("\n".join(line for line in lines if line.strip()), known)

    def _line(self, line: str, known: str) -> str:
        return " ".join(s for s in _SENTENCE.split(line) if not self.holds(s) or f" {plain(s)} " in f" {known} ")

    def holds(self, sentence: str) -> bool:
        """Whether a sentence is the customer's: said by them first, in these words."""
        words = plain(self.redactor.redact_text(sentence)).split()
        if len(words) < RUN:
            known = f" {' '.join(words)} "
            said, staff = (any(known in text for text in self._said[side]) for side in (True, False))
            return len(words) >= _SHORTEST_SENTENCE and said and not staff
        return any(self._first.get(run) for run in _runs(words))

    def masked(self, text: str, known: str = "") -> str:
        """The text with a mark for each word that only the customer's side of this ticket holds."""
        before = set(known.split())
        text = self.redactor.redact_text(text.replace(str(self._key), ERASED))
        marks = [match.span() for match in MARK.finditer(text)]

        def mark(match: re.Match[str]) -> str:
            theirs = not _within(match, marks) and self._is_theirs(match.group(), before)
            return ERASED if theirs else match.group()

        return _TOKEN.sub(mark, text)

    def _is_theirs(self, token: str, before: Collection[str]) -> bool:
        if token.casefold() == self._key.id.casefold() and not token.isdigit():
            return True
        if token_kind(token) in _KEPT_KINDS:
            return False
        return any(self._theirs_alone(part) for part in plain(token).split() if part not in before)

    def _theirs_alone(self, word: str) -> bool:
        if len(word) < _SHORTEST_WORD or word.isdigit() or word not in self._only_customers:
            return False
        if word not in self._held:
            self._held[word] = self._held_elsewhere(word)
        return not self._held[word]

    def pasted(self, subject: str, body: str) -> bool:
        """Whether a question asked at triage is the ticket's own text: the longer of its parts stands in the ticket."""
        asked = max((_searched(subject), _searched(body)), key=len)
        return len(asked) >= _LONGEST_ASKED and asked in self.everything


def _distinct(messages: Sequence[Message]) -> tuple[Message, ...]:
    """All of them as messages of one ticket, whose ids have to differ."""
    return tuple(m.model_copy(update={"id": f"{m.id}/{m.revision}"}) for m in messages)


def _spoken(ticket: Ticket, messages: Sequence[Message]) -> Iterator[tuple[bool, str]]:
    """Whether the customer speaks, and what is said, in the order of time; without what is quoted from before."""
    yield True, ticket.subject
    whole = ticket.model_copy(update={"messages": _distinct(messages)})
    for message in condense(whole, budget=10**9, count_tokens=len).messages:
        yield message.role not in STAFF, message.text.text
    # Whole as well, but only for the customer: a signature says whose it is.
    for raw in messages:
        if raw.role not in STAFF:
            yield True, raw.body


def _facts(ticket: Ticket) -> Iterator[str]:
    """What a ticket says beside its thread."""
    known: Mapping[str, Any] = ticket.model_dump(mode="json", exclude={"messages", "product_area", "created_at"})
    yield from _strings(known)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _strings(inner)


def plain(text: str) -> str:
    """Words in lower case with single blanks; marks of redaction are no words."""
    return " ".join(_PART.findall(MARK.sub(" ", text).casefold()))


def _searched(text: str) -> str:
    """The same of a text that was redacted with a numbering of its own, or not at all."""
    return plain(Redactor().redact_text(text))


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - RUN + 1):
        yield tuple(words[start : start + RUN])


def _within(match: re.Match[str], spans: Collection[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)
