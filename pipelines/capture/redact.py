"""Takes out of a text what identifies a person or the customer, and what opens a door. Second step of capture.

One Redactor serves one ticket, so that a value has the same mark in every message, in the subject and in the draft.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.capture import redaction_patterns as patterns
from pipelines.capture.condense import Condensed
from pipelines.capture.offsets import Edit, apply
from pipelines.capture.phone_numbers import phone_numbers
from pipelines.capture.redaction_domains import customer_domains
from pipelines.capture.redaction_machines import Machines
from pipelines.capture.redaction_names import NameFinder
from pipelines.capture.redaction_secrets import secrets
from pipelines.domain.drafts import MappedText, TicketView
from pipelines.domain.tickets import Ticket

MARK = re.compile(r"\[(?:email|phone|card|iban|ip|host|secret|url-secret|person|account)-\d+\]")
"""What stands in the place of something redacted."""


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


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: str
    value: str


@dataclass(slots=True)
class _Claimed:
    """Ranges already taken, kept in order; an earlier detector wins over a later one."""

    starts: list[int] = field(default_factory=list)
    found: list[_Found] = field(default_factory=list)

    def add(self, new: _Found) -> None:
        at = bisect_left(self.starts, new.start)
        if at < len(self.found) and self.found[at].start < new.end:
            return
        if at > 0 and self.found[at - 1].end > new.start:
            return
        self.starts.insert(at, new.start)
        self.found.insert(at, new)


class Redactor:
    """Redacts the texts of one ticket with one numbering.

    What its surroundings give away once, an address or a machine's name, is taken in every text from then on.
    """

    def __init__(
        self, people: Sequence[str] = (), account: Sequence[str] = (), domains: Collection[str] = frozenset()
    ) -> None:
        self._names = NameFinder(people, account)
        self._machines = Machines(domains)
        self._numbers: dict[str, dict[str, int]] = {}
        self._unread: tuple[str, ...] = ()

    @classmethod
    def for_ticket(cls, ticket: Ticket) -> "Redactor":
        names = Names.of(ticket)
        redactor = cls(names.people, names.account, names.domains)
        redactor._unread = (ticket.subject, *(message.body for message in ticket.messages))
        return redactor

    def read(self, texts: Iterable[str]) -> None:
        """Learns the machines of the ticket's texts before any of them is redacted, in place of reading all it has."""
        self._unread = ()
        for text in texts:
            self._machines.learn(text)

    def redact(self, text: MappedText) -> MappedText:
        """The text with a mark such as `[email-1]` for each thing redacted; each mark stands for its raw range."""
        found = self._found(text.text)
        return apply(text, [Edit(f.start, f.end, self._mark(f), f.kind) for f in found])

    def redact_text(self, text: str) -> str:
        """The same for a text that has no raw message behind it: a query, or what an agent typed."""
        self.read(self._unread)
        return self.redact(MappedText.verbatim(text)).text

    def _found(self, text: str) -> list[_Found]:
        claimed = _Claimed()
        for mark in MARK.finditer(text):
            claimed.add(_Found(mark.start(), mark.end(), "", ""))
        machines = [_Found(*found) for found in self._machines.find(text)]
        # `ssh admin@db01.corp` is shaped like a mailbox, so that what is known as a machine's name goes first.
        logins = [found for found in machines if found.kind == "host" and text[found.start - 1 : found.start] == "@"]
        keys = (_Found(*found) for found in secrets(text))
        for detected in (keys, logins, _emails(text), _bank_numbers(text), _phones(text), machines, self._named(text)):
            for found in detected:
                claimed.add(found)
        return [found for found in claimed.found if found.kind]

    def _named(self, text: str) -> Iterator[_Found]:
        for name in self._names.find(text):
            yield _Found(name.start, name.end, name.kind, name.key)

    def _mark(self, found: _Found) -> str:
        numbers = self._numbers.setdefault(found.kind, {})
        return f"[{found.kind}-{numbers.setdefault(found.value, len(numbers) + 1)}]"


def redact_text(text: str, names: Names) -> str:
    """A single text redacted with a numbering of its own."""
    return Redactor(names.people, names.account, names.domains).redact_text(text)


def redact_ticket(ticket: Ticket, condensed: Condensed, redactor: Redactor | None = None) -> TicketView:
    """The condensed ticket as a model may see it."""
    redactor = redactor or Redactor.for_ticket(ticket)
    redactor.read((condensed.subject.text, *(message.text.text for message in condensed.messages)))
    subject = redactor.redact(condensed.subject)
    messages = tuple(m.model_copy(update={"text": redactor.redact(m.text)}) for m in condensed.messages)
    return TicketView(subject=subject, product_area=ticket.product_area, messages=messages, cuts=condensed.cuts)


def _emails(text: str) -> Iterator[_Found]:
    at = text.find("@")
    while at >= 0:
        local = patterns.EMAIL_LOCAL.search(text[max(0, at - 64) : at])
        domain = patterns.EMAIL_DOMAIN.match(text, at + 1, at + 260)
        if local and domain and _is_mailbox(local.group(), domain):
            name = local.group().lstrip("!#$%&'*+/=?^`{|}~.-")
            yield _Found(at - len(name), domain.end(), "email", text[at - len(name) : domain.end()].casefold())
        at = text.find("@", at + 1)


def _is_mailbox(local: str, domain: re.Match[str]) -> bool:
    """Whether `a@b.c` is an address and not a file (`icon@2x.png`), a package version or a repository login."""
    if not any(c.isalnum() for c in local) or domain.group("top").lower() in patterns.FILE_ENDINGS:
        return False
    if local == "git" and domain.string[domain.end() : domain.end() + 1] in (":", "/"):
        return False
    labels = domain.group().lower().split(".")
    return any(c.isalpha() for c in labels[-2]) and not re.fullmatch(r"\dx", labels[0])


def _bank_numbers(text: str) -> Iterator[_Found]:
    for match in patterns.IBAN.finditer(text):
        length = patterns.iban_end(match.group())
        if length:
            value = match.group()[:length]
            yield _Found(match.start(), match.start() + length, "iban", value.replace(" ", ""))
    for match in patterns.CARD.finditer(text):
        if patterns.is_card(match.group()):
            yield _Found(*match.span(), "card", re.sub(r"\D", "", match.group()))


def _phones(text: str) -> Iterator[_Found]:
    for start, end, number in phone_numbers(text):
        yield _Found(start, end, "phone", number)
