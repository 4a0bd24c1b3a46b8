"""Takes out of a text what identifies a person or the customer, and what opens a door. Second step of capture.

One Redactor serves one ticket, so that a value has the same mark in every message, in the subject and in the draft.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from pipelines.capture import redaction_patterns as patterns
from pipelines.capture.condense import Condensed
from pipelines.capture.offsets import Edit, apply, edited
from pipelines.capture.phone_numbers import phone_numbers
from pipelines.capture.redaction_domains import customer_domains
from pipelines.capture.redaction_machines import Machines
from pipelines.capture.redaction_marks import MARK, Numbers, marks_in
from pipelines.capture.redaction_names import NameFinder
from pipelines.capture.redaction_people import told_people
from pipelines.capture.redaction_ranges import Found, claimed
from pipelines.capture.redaction_secrets import secrets
from pipelines.capture.redaction_spelled_mail import spelled_mail
from pipelines.capture.redaction_thread import Thread
from pipelines.capture.redaction_told import told_secrets
from pipelines.domain.drafts import MappedText, MarkPlace, TicketView
from pipelines.domain.tickets import Ticket


@dataclass(frozen=True, slots=True)
class Names:
    """Whom a ticket names: people, the account by name and id, and the network domains that are the account's."""

    people: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()

    @classmethod
    def of(cls, ticket: Ticket) -> "Names":
        account = tuple(part for part in (ticket.account.name, ticket.account.id) if part)
        return cls(people=ticket.people(), account=account, domains=customer_domains(ticket))


class Redactor:
    """Redacts the texts of one ticket with one numbering: that of its whole thread, from the subject on.

    What its surroundings give away once, an address, a machine's or a person's name, is taken in every text. The
    thread is read when the first text is redacted, and numbered when the first mark is needed.
    """

    def __init__(
        self,
        people: Sequence[str] = (),
        account: Sequence[str] = (),
        domains: Collection[str] = frozenset(),
        thread: Thread | None = None,
    ) -> None:
        self._people, self._account = people, account
        self._told: dict[str, None] = {}
        self._heard: tuple[str, list[tuple[int, int, str]]] = "", []  # the last text, and whom it speaks of
        self._finder: NameFinder | None = None
        self._machines = Machines(domains)
        self._numbers = Numbers()
        self._thread = thread or Thread()
        self._read = self._numbered = False
        self._known: dict[str, list[Found]] = {}
        self._places: dict[str, MarkPlace] = {}
        self._pins: list[tuple[MarkPlace, str]] = []

    @classmethod
    def for_ticket(cls, ticket: Ticket) -> "Redactor":
        names = Names.of(ticket)
        return cls(names.people, names.account, names.domains, Thread.of(ticket))

    def keep(
        self, places: Iterable[MarkPlace], bodies: Mapping[tuple[str, int], str], texts: Iterable[str] = ()
    ) -> None:
        """Lets the marks of a record mean what they did when it was made, whatever the thread says by now.

        `bodies`: texts by message and revision; a mark whose text is missing keeps its number from meaning anything
        else, and so do all other marks in `texts`, those of the record. To be called before anything is redacted.
        """
        for place in places:
            self._numbers.reserve(place.mark)
            body = bodies.get((place.message, place.revision))
            if body is not None:
                self._pins.append((place, body))
        for text in texts:
            self._numbers.reserve(text)

    def redact(self, text: MappedText) -> MappedText:
        """The text with a mark such as `[email-1]` for each thing redacted; each mark stands for its raw range."""
        return apply(text, self.edits(text.text))

    def edits(self, text: str) -> tuple[Edit, ...]:
        """The marks that take the place of something, in order: `edited` with them is what `redact_text` gives."""
        found = self._to_mark(text)
        return tuple(Edit(f.start, f.end, self._numbers.mark(f.kind, f.value), f.kind) for f in found)

    def redact_text(self, text: str) -> str:
        """The same for a text that has no raw message behind it: a query, or what an agent typed."""
        return edited(text, self.edits(text))

    def redact_part(self, text: str, start: int, end: int) -> str:
        """[start, end) of a text, redacted by all that stands around it; what is taken in part is marked there."""
        pieces, last = [], start
        for found in self._to_mark(text):
            if found.start < end and found.end > start:
                pieces += [text[last : found.start], self._numbers.mark(found.kind, found.value)]
                last = found.end
        return "".join((*pieces, text[last:end]))

    def places(self, texts: Iterable[str]) -> tuple[MarkPlace, ...]:
        """Where the marks of some texts come from: the first place in the thread of each that has one."""
        marks = marks_in(texts)
        if marks:
            self._read_thread()
            self._number_thread()
        return tuple(self._places[mark] for mark in marks if mark in self._places)

    def _to_mark(self, text: str) -> list[Found]:
        """What to take out of a text, once all is known that gives it a number."""
        self._read_thread()
        found = self._found(text)
        if found:
            self._number_thread()
            self._numbers.reserve(text)
        return found

    def _read_thread(self) -> None:
        if self._read:
            return
        self._read = True
        for text in chain(self._thread.texts, (body for _, body in self._pins)):
            self._machines.learn(text)
            self._hear(text)

    def _number_thread(self) -> None:
        if self._numbered:
            return
        self._numbered = True
        for text in self._thread.texts:
            self._numbers.reserve(text)
        for place, body in self._pins:
            self._places[place.mark] = place
            for found in self._found(body):
                if (found.start, found.end) == (place.start, place.end):
                    self._numbers.pin(found.kind, found.value, place.mark)
        for number, text in enumerate(self._thread.texts):
            self._known[text] = self._found(text)
            for found in self._known[text]:
                mark = self._numbers.mark(found.kind, found.value)
                if mark not in self._places:
                    self._places[mark] = self._thread.place(mark, number, found.start, found.end)

    def _hear(self, text: str) -> None:
        """Remembers the people whom a text speaks of."""
        before = len(self._told)
        self._heard = text, list(told_people(text))
        self._told.update({name: None for _, _, name in self._heard[1]})
        if len(self._told) > before:
            self._finder = None

    @property
    def _names(self) -> NameFinder:
        """Finds all who are known by now; made when it is first needed, for to compile their names takes longest."""
        if self._finder is None:
            self._finder = NameFinder(self._people, self._account, tuple(self._told))
        return self._finder

    def _found(self, text: str) -> list[Found]:
        """What there is to take out of a text, in order; an earlier detector wins over a later one."""
        known = self._known.get(text)
        if known is not None:
            return known
        self._hear(text)
        machines = [Found(*found) for found in self._machines.find(text)]
        # `ssh admin@db01.corp` is shaped like a mailbox, so that what is known as a machine's name goes first.
        logins = [found for found in machines if found.kind == "host" and text[found.start - 1 : found.start] == "@"]
        taken = [Found(*mark.span(), "", "") for mark in MARK.finditer(text)]
        keys = (Found(*found) for found in secrets(text))
        told = (Found(*found) for found in told_secrets(text))
        for detected in (keys, logins, _emails(text), _bank_numbers(text), _phones(text), machines, told):
            taken = claimed(taken, detected)
        return [found for found in claimed(taken, self._named(text)) if found.kind]

    def _named(self, text: str) -> Iterator[Found]:
        for name in self._names.find(text):
            yield Found(name.start, name.end, name.kind, name.key)
        heard, people = self._heard
        for start, end, told in people if heard == text else told_people(text):
            yield Found(start, end, *self._names.owner(told))


def redact_text(text: str, names: Names) -> str:
    """A single text redacted with a numbering of its own."""
    return Redactor(names.people, names.account, names.domains).redact_text(text)


def redact_ticket(ticket: Ticket, condensed: Condensed, redactor: Redactor | None = None) -> TicketView:
    """The condensed ticket as a model may see it."""
    redactor = redactor or Redactor.for_ticket(ticket)
    subject = redactor.redact(condensed.subject)
    messages = tuple(m.model_copy(update={"text": redactor.redact(m.text)}) for m in condensed.messages)
    return TicketView(subject=subject, product_area=ticket.product_area, messages=messages, cuts=condensed.cuts)


def _emails(text: str) -> Iterator[Found]:
    at = text.find("@")
    while at >= 0:
        local = patterns.EMAIL_LOCAL.search(text[max(0, at - 64) : at])
        domain = patterns.EMAIL_DOMAIN.match(text, at + 1, at + 260)
        if local and domain and _is_mailbox(local.group(), domain):
            name = local.group().lstrip("!#$%&'*+/=?^`{|}~.-")
            yield Found(at - len(name), domain.end(), "email", text[at - len(name) : domain.end()].casefold())
        at = text.find("@", at + 1)
    for start, end, address in spelled_mail(text):
        yield Found(start, end, "email", address)


def _is_mailbox(local: str, domain: re.Match[str]) -> bool:
    """Whether `a@b.c` is an address and not a file (`icon@2x.png`), a package version or a repository login."""
    if not any(c.isalnum() for c in local) or domain.group("top").lower() in patterns.FILE_ENDINGS:
        return False
    if local == "git" and domain.string[domain.end() : domain.end() + 1] in (":", "/"):
        return False
    labels = domain.group().lower().split(".")
    return any(c.isalpha() for c in labels[-2]) and not re.fullmatch(r"\dx", labels[0])


def _bank_numbers(text: str) -> Iterator[Found]:
    for match in patterns.IBAN.finditer(text):
        length = patterns.iban_end(match.group())
        if length:
            value = match.group()[:length]
            yield Found(match.start(), match.start() + length, "iban", value.replace(" ", ""))
    for match in patterns.CARD.finditer(text):
        if patterns.is_card(match.group()):
            yield Found(*match.span(), "card", re.sub(r"\D", "", match.group()))


def _phones(text: str) -> Iterator[Found]:
    for start, end, number in phone_numbers(text):
        yield Found(start, end, "phone", number)
