"""Where things are planted: sentence boundaries of real messages, in tickets drawn apart for each half."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from evals.datasets_found import DEMO_TICKETS, data_directory, read_lines
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket

SHORTEST, LONGEST = 60, 4_000  # characters of a message that something is planted in
DRAWN = 400
_BOUNDARY = re.compile(r"(?<=[.!?]) +(?=[A-Z])|\n+")


@dataclass(frozen=True, slots=True)
class Planted:
    """A ticket with a sentence planted into the body of one message; [start, end) is the place in that body."""

    ticket: Ticket
    message: int
    start: int
    end: int

    @property
    def body(self) -> str:
        return self.ticket.messages[self.message].body


def titanium_file() -> Path | None:
    """The real development tickets, where the data directory is given."""
    directory = data_directory()
    file = directory / "titanium" / "tickets.jsonl.gz" if directory else None
    return file if file is not None and file.exists() else None


def soil(file: Path, *, held_out: bool, drawn: int = DRAWN) -> list[Ticket]:
    """Tickets of one half, drawn by the hash of their ids, that have a message to plant in."""
    digests = ((hashlib.sha256(raw["id"].encode()).hexdigest(), raw) for raw in read_lines(file))
    half = sorted(((d, raw["id"], raw) for d, raw in digests if (int(d[-1], 16) % 2 == 1) == held_out), key=_first)
    tickets = (parse_ticket(raw) for _, _, raw in half)
    fit = (ticket for ticket in tickets if any(_fit(m.body) for m in ticket.messages))
    return [ticket for ticket, _ in zip(fit, range(drawn), strict=False)]


def demo_soil(*, held_out: bool) -> list[Ticket]:
    return soil(DEMO_TICKETS, held_out=held_out)


def _first(one: tuple[str, str, object]) -> tuple[str, str]:
    return one[:2]


def _fit(body: str) -> bool:
    return SHORTEST <= len(body) <= LONGEST


def planted(
    random: Random,
    tickets: Sequence[Ticket],
    sentence: str,
    span: tuple[int, int],
    *,
    people: Iterable[str] = (),
    account: str | None = None,
) -> Planted:
    """The sentence in a random message of a random ticket, which belongs to `people` and `account` besides its own."""
    ticket = random.choice(tickets)
    fit = [number for number, message in enumerate(ticket.messages) if _fit(message.body)]
    number = random.choice(fit)
    body = ticket.messages[number].body
    before, joint, after = _opened(random, body, alone=not sentence.rstrip().endswith((".", "!", "?")))
    messages = list(ticket.messages)
    messages[number] = messages[number].model_copy(update={"body": f"{before}{joint}{sentence}{joint}{after}"})
    shift = len(before) + len(joint)
    people = tuple(people)
    changes = {
        "messages": tuple(messages),
        "reporter": people[0] if people else ticket.reporter,
        "account": ticket.account.model_copy(update={"name": account}) if account else ticket.account,
    }
    return Planted(ticket.model_copy(update=changes), number, span[0] + shift, span[1] + shift)


def _opened(random: Random, body: str, *, alone: bool) -> tuple[str, str, str]:
    """A body parted at a sentence boundary, and what joins the parts; log lines stand on a line of their own."""
    places = [(match.end(), match.group()) for match in _BOUNDARY.finditer(body)]
    at, gap = random.choice(places) if places else (len(body), "\n")
    return body[:at].rstrip(), "\n" if alone or "\n" in gap else " ", body[at:]
