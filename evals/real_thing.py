"""The real thing: for a new ticket, the record that an earlier one left which was closed before the new one came.

Documents are the drafts of all tickets closed by then, as `import --accept-drafts` keeps them. A question counts where
a ticket of the same problem was closed before it was opened. Nothing here is fitted: the split by time only keeps the
earlier questions out, whose pairs of tickets the ranking learned from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from evals.closed_drafts import at_closing, records
from evals.corpus import Asked, Corpus
from evals.datasets_found import TicketFolder, read_folder, read_lines
from evals.measures import Interval, interval
from evals.ranked_questions import methods, probabilities
from evals.ticket_likeness import split_by_time, without_answer
from evals.vectors import EvalVectors
from pipelines.domain.resolutions import Resolution
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket
from pipelines.retrieve.ranking import Ranking

ALL = "drafts of all tickets closed by then"
SERVED = "those drafts that hold a cause or a fix, as triage serves them"


@dataclass(frozen=True, slots=True)
class Archive:
    """Closed tickets in order of closing, and what each left."""

    closed: Sequence[tuple[datetime, str]]
    documents: Sequence[Resolution]

    @property
    def answering(self) -> frozenset[str]:
        return frozenset(d.id for d in self.documents if d.content.answers)

    def before(self, moment: datetime) -> int:
        """How many had been closed by then."""
        return sum(at < moment for at, _ in self.closed)


def measure_real_thing(
    directory: Path, vectors: EvalVectors, published: EvalVectors, ranking: Ranking, kept: Path
) -> dict[str, Any]:
    """Measures over the later questions, over all drafts and over those that hold an answer. `kept`: for drafts."""
    folder = read_folder(directory)
    split = split_by_time(folder)
    opened = {ticket.id: ticket.created_at for ticket in folder.tickets}
    last = max((opened[name] for name in split.later), default=None)
    if last is None:
        return {}
    archive = read_archive(directory, last, kept)
    corpus = Corpus(archive.documents, vectors, published)
    right = _closed_by_then(folder, archive, opened)
    known = [name for name in split.later if right.get(name)]
    none = [name for name in without_answer(folder, split).later if not right.get(name)][: len(known)]
    answering = archive.answering
    answered = [name for name in known if right[name] & answering]
    return {
        ALL: {
            "documents": len(archive.documents),
            "methods": methods(corpus.questions(_asked(folder, archive, opened, known, right)), ranking),
        },
        SERVED: _served(corpus, folder, archive, opened, right, answered, none, ranking)
        | {"right_draft_holds_an_answer": interval([float(bool(right[n] & answering)) for n in known])},
    }


def _served(
    corpus: Corpus,
    folder: TicketFolder,
    archive: Archive,
    opened: Mapping[str, datetime],
    right: Mapping[str, frozenset[str]],
    answered: Sequence[str],
    none: Sequence[str],
    ranking: Ranking,
) -> dict[str, Any]:
    only = archive.answering
    kept = {name: found & only for name, found in right.items()}
    questions = corpus.questions(_asked(folder, archive, opened, answered, kept, only))
    nothing = corpus.questions(_asked(folder, archive, opened, none[: len(answered)], {}, only))
    return {
        "documents": len(only),
        "methods": methods(questions, ranking),
        "probability": probabilities([*questions, *nothing], ranking),
    }


def read_archive(directory: Path, until: datetime, kept: Path) -> Archive:
    """What the tickets of a folder left that were closed before a moment."""
    closed: list[tuple[datetime, str, Ticket]] = []
    for raw in read_lines(directory / "tickets.jsonl.gz"):
        if raw.get("status") == "closed" and raw.get("closed_at"):
            ticket = at_closing(parse_ticket(raw))
            if ticket.closed_at is not None and ticket.closed_at < until:
                closed.append((ticket.closed_at, ticket.key.id, ticket))
    closed.sort(key=lambda one: one[:2])
    found = records([ticket for _, _, ticket in closed], kept)
    return Archive(
        [(at, name) for at, name, _ in closed],
        [Resolution(id=name, version=1, content=found[name]) for _, name, _ in closed],
    )


def _closed_by_then(
    folder: TicketFolder, archive: Archive, opened: Mapping[str, datetime]
) -> dict[str, frozenset[str]]:
    """For each labelled question the right tickets that were closed before it was opened."""
    at = {name: moment for moment, name in archive.closed}
    return {
        question: frozenset(d for d in documents if d in at and at[d] < opened[question])
        for question, documents in folder.relevant.items()
        if question in opened
    }


def _asked(
    folder: TicketFolder,
    archive: Archive,
    opened: Mapping[str, datetime],
    names: Sequence[str],
    right: Mapping[str, frozenset[str]],
    among: frozenset[str] | None = None,
) -> list[Asked]:
    tickets = {ticket.id: ticket for ticket in folder.tickets}
    return [
        Asked(name, tickets[name].query(), right.get(name, frozenset()), archive.before(opened[name]), among)
        for name in names
    ]


def figures(measured: Mapping[str, Any]) -> dict[str, float]:
    """What has a baseline, by name."""
    found: dict[str, float] = {}
    for how, name in ((ALL, "real thing"), (SERVED, "real thing served")):
        for measure, value in measured.get(how, {}).get("methods", {}).get("ranked", {}).items():
            if isinstance(value, Interval):
                found[f"{name} {measure}"] = value.mean
    return found
