"""The real threads that inventions are planted into, and the causes of other tickets that are planted there."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from evals.capture_cases import development_ids, real_files
from evals.datasets_found import read_lines
from evals.redaction_places import DRAWN, demo_soil, soil, titanium_file
from pipelines.adapters.token_count import estimate
from pipelines.capture.capture import prepare
from pipelines.capture.extract_units import Unit, read_units
from pipelines.domain.drafts import Claim, FieldName, FixKind, Proposal, ProposedVersions, Quote, TicketView
from pipelines.domain.tickets import Message, Role, Ticket, Visibility

BUDGET = 24_000
_CAUSE = re.compile(
    r"\b(?:because|caused by|due to|root cause|reason (?:is|was)|the problem is that|weil|liegt an)\b", re.IGNORECASE
)
_WORD = re.compile(r"[a-zà-ÿ]{4,}")
_VERSION = re.compile(r"(?<![\w.])v?\d{1,2}\.\d{1,2}(?:\.\d{1,3})?(?![\w.]*\w)")
_SHORTEST, _LONGEST = 30, 260  # characters of a sentence that is planted or quoted
_NEW_WORDS = 3
_DONORS = 600


@dataclass(frozen=True)
class Thread:
    """A ticket as a summariser sees it, and the prose sentences in it."""

    ticket: Ticket
    view: TicketView
    units: tuple[Unit, ...]

    @classmethod
    def of(cls, ticket: Ticket) -> "Thread":
        view = prepare(ticket, budget=BUDGET, count_tokens=estimate)
        return cls(ticket, view, tuple(u for u in read_units(view) if not u.code))

    def message(self, unit: Unit) -> str:
        return self.view.messages[unit.message].id

    def quote(self, unit: Unit) -> Quote:
        return Quote(message=self.message(unit), text=unit.raw)

    def sentences(self) -> list[Unit]:
        return [u for u in self.units if _SHORTEST <= len(u.raw) <= _LONGEST and "|" not in u.raw]

    def words(self) -> set[str]:
        return words(" ".join((self.view.subject.text, *(m.text.text for m in self.view.messages))))

    def versions(self) -> list[tuple[Unit, str]]:
        return [(u, match.group()) for u in self.sentences() for match in _VERSION.finditer(u.raw)]


@dataclass(frozen=True, slots=True)
class Invention:
    """A wrong draft of a real thread: what a model might return, and where the invention stands.

    `field` None: the versions. `payload`: words that must stand in no draft of the offline summariser, where it is
    that which is tried (proposal None).
    """

    kind: str
    way: str
    ticket: str
    view: TicketView
    proposal: Proposal | None
    field: FieldName | None = None
    payload: str = ""


@dataclass(frozen=True)
class Soil:
    """One half of the threads, and the sentences of its tickets that give a cause."""

    name: str
    held_out: bool
    tickets: Sequence[Ticket]
    random: Random
    donors: Sequence[tuple[Ticket, str]] = field(default=())

    def threads(self) -> Iterator[Thread]:
        """Each ticket with at least three messages, in random order, again from the start where they do not last."""
        order = [ticket for ticket in self.tickets if len(ticket.messages) > 2]  # noqa: PLR2004
        self.random.shuffle(order)
        while order:
            yield from map(Thread.of, order)

    def foreign_cause(self, thread: Thread, *, near: bool = False) -> str | None:
        """A cause that another ticket gives and that says something new here: of the ticket with the likest subject.

        With `near`, of all causes the one that shares most words with this thread, which is harder to tell.
        """
        here, title, area = thread.words(), words(thread.ticket.subject), thread.ticket.product_area

        def alike(donor: tuple[Ticket, str]) -> tuple[float, ...]:
            if near:
                told = words(donor[1])
                return (len(told & here) / len(told),)
            return (donor[0].product_area == area, len(title & words(donor[0].subject)))

        others = (donor for donor in self.donors if donor[0].key != thread.ticket.key)
        new = (donor for donor in others if len(words(donor[1]) - here) >= _NEW_WORDS)
        best = max(new, key=alike, default=None)
        return best[1] if best else None


def words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def soils(seed: int) -> list[Soil]:
    """Both halves of the real tickets where they are at hand, and of the demo's always.

    Tickets of the hand-labelled set that are kept aside are in neither.
    """
    found = [_soil("demo", demo_soil(held_out=half), half, seed) for half in (False, True)]
    file = titanium_file()
    if file is not None:
        aside = _kept_aside()
        for half in (False, True):
            tickets = [t for t in soil(file, held_out=half, drawn=2 * DRAWN) if t.key.id not in aside]
            found.append(_soil("titanium", tickets, half, seed))
    return found


def _kept_aside() -> set[str]:
    files = real_files()
    ids = [label["id"] for label in read_lines(files[0])] if files else []
    return set(ids) - development_ids(ids)


def _soil(name: str, tickets: Sequence[Ticket], held_out: bool, seed: int) -> Soil:
    half = "held out" if held_out else "development"
    return Soil(f"{name} {half}", held_out, tickets, Random(seed + held_out), tuple(_causes(tickets)))


def _causes(tickets: Iterable[Ticket]) -> Iterator[tuple[Ticket, str]]:
    """Sentences in answers that give a reason, as donors of causes."""
    count = 0
    for ticket in tickets:
        for unit in Thread.of(ticket).sentences():
            if unit.message and _CAUSE.search(unit.text) and len(words(unit.text)) > 2 * _NEW_WORDS:
                yield ticket, unit.text
                count += 1
                if count >= _DONORS:
                    return


def with_message(
    ticket: Ticket, body: str, role: Role, *, after: int | None = None, visibility: Visibility = Visibility.PUBLIC
) -> tuple[Ticket, str]:
    """The ticket with one more message behind message number `after` (the last one), and that message's id."""
    messages = list(ticket.messages)
    at = len(messages) if after is None else after + 1
    name = f"planted{at}"
    taken = messages[at - 1]
    messages.insert(at, Message(id=name, at=taken.at, author=None, role=role, visibility=visibility, body=body))
    return ticket.model_copy(update={"messages": tuple(messages)}), name


def cause(text: str, *quotes: Quote) -> Proposal:
    return Proposal(title="t", root_cause=Claim(text=text, quotes=quotes))


def fix(text: str, *quotes: Quote) -> Proposal:
    return Proposal(title="t", fix=Claim(text=text, quotes=quotes), fix_kind=FixKind.FIX)


def symptom(text: str, *quotes: Quote) -> Proposal:
    return Proposal(title="t", symptom=Claim(text=text, quotes=quotes))


def versions(*, affected: Sequence[str] = (), fixed_in: Sequence[str] = (), quotes: Sequence[Quote] = ()) -> Proposal:
    proposed = ProposedVersions(affected=tuple(affected), fixed_in=tuple(fixed_in), quotes=tuple(quotes))
    return Proposal(title="t", versions=proposed)


def invention(kind: str, way: str, thread: Thread, proposal: Proposal, field: FieldName | None) -> Invention:
    return Invention(kind, way, str(thread.ticket.key), thread.view, proposal, field)
