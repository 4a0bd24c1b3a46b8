"""Plants known gaps among real tickets: problems that several tickets share and whose answers are hidden.

A problem is a connected component of the marked duplicate pairs. Each replication draws, by its own seed,
`hidden` problems of at least three tickets (the planted gaps), as many hidden problems of two tickets, `known`
problems whose first ticket left a resolution when it closed, and single tickets that no pair names: about four of five
tickets are single. Some further single tickets left resolutions too, which answer nobody but may be taken for answers.
The demand is then replayed in order of opening: a ticket is demand unless it is covered by the resolutions that existed
when it was opened. Only what stood in a ticket when it was opened is read.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from evals.datasets_found import Opened, TicketFolder, read_folder, read_lines
from evals.ticket_likeness import split_by_time
from evals.vectors import EvalVectors
from evals.word_search import WordSearch
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Resolution, ResolutionField
from pipelines.gaps.affinity import Marks
from pipelines.gaps.demand import is_covered
from pipelines.ports import VectorHit, Vectors
from pipelines.retrieve.documents import ANSWER_VIEW, views
from pipelines.retrieve.fuse import combined, fuse
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer
from service.usecases.demand_marks import marks_of

PARTS = ("development", "aside", "all")
LEAST_TICKETS = 3
HIDDEN = 10
KNOWN = 5
SINGLES_PER_PLANTED = 4
RESOLVED_SINGLES = 150


@dataclass(frozen=True, slots=True)
class Problems:
    """Tickets by shared problem (three or more, and two), and tickets that share none as far as is marked."""

    large: tuple[tuple[str, ...], ...]
    pairs: tuple[tuple[str, ...], ...]
    single: tuple[str, ...]

    def without(self, tickets: frozenset[str]) -> "Problems":
        """Less those that any of these tickets belongs to."""
        return Problems(
            large=tuple(group for group in self.large if tickets.isdisjoint(group)),
            pairs=tuple(group for group in self.pairs if tickets.isdisjoint(group)),
            single=self.single,
        )


@dataclass(frozen=True, slots=True)
class Planted:
    """One replication: unanswered demand in order of opening, the true problem of each (None: single), what was hidden.

    `sizes`: tickets of each hidden problem that were planted, whether or not they came to be seen as demand.
    `answered`: share of tickets taken for covered, by kind: hidden, known, single.
    """

    tickets: tuple[str, ...]
    vectors: Vectors
    marks: tuple[Marks, ...]
    times: tuple[datetime, ...]
    truth: tuple[str | None, ...]
    gaps: frozenset[str]
    sizes: Mapping[str, int]
    answered: Mapping[str, float]


def problems(folder: TicketFolder, part: str = "all") -> Problems:
    """The problems of a folder, or of one half of it by the hash of their first ticket."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for query, documents in folder.relevant.items():
        for document in documents:
            parent[root(query)] = root(document)
    members: dict[str, list[str]] = defaultdict(list)
    for ticket in folder.tickets:
        if ticket.id in parent:
            members[root(ticket.id)].append(ticket.id)
    chosen = sorted(tuple(group) for group in members.values() if in_part(min(group), part))
    single = [t.id for t in folder.tickets if t.id not in parent and in_part(t.id, part)]
    return Problems(
        large=tuple(group for group in chosen if len(group) >= LEAST_TICKETS),
        pairs=tuple(group for group in chosen if len(group) == 2),  # noqa: PLR2004
        single=tuple(single),
    )


def in_part(name: str, part: str) -> bool:
    """Whether a ticket, or the problem that it is the first of, belongs to a half: by the hash of its id."""
    even = hashlib.sha256(name.encode()).digest()[-1] % 2 == 0
    return part == "all" or even == (part == "development")


def _learned_from(folder: TicketFolder) -> frozenset[str]:
    earlier = split_by_time(folder).earlier
    return frozenset(earlier).union(*(folder.relevant[question] for question in earlier))


class Field:
    """A ticket folder to plant gaps in."""

    def __init__(self, directory: Path, vectors: EvalVectors, part: str = "all", *, unseen: bool = False) -> None:
        """With `unseen` only problems of which no ticket was in a pair that the shipped embedding learned from."""
        folder = read_folder(directory)
        self.problems = problems(folder, part)
        if unseen:
            self.problems = self.problems.without(_learned_from(folder))
        self._tickets = {ticket.id: ticket for ticket in folder.tickets}
        self._closed = {
            raw["id"]: datetime.fromisoformat(raw["closed_at"])
            for raw in read_lines(directory / "tickets.jsonl.gz")
            if raw.get("closed_at")
        }
        self._cache = vectors

    def planted(self, seed: int, *, everything: bool = False) -> Planted:
        """One replication; with `everything` one with all problems in it, none answered: to learn from.

        Raises ValueError for a folder with too few marked problems to plant any.
        """
        chance = np.random.default_rng(seed)

        def draw(items: Sequence[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
            return [items[i] for i in chance.permutation(len(items))[:count]]

        large = self.problems.large
        if len(large) < 4:  # noqa: PLR2004 - a folder with few problems still says something
            large = (*large, *self.problems.pairs)
        if len(large) < 2:  # noqa: PLR2004
            raise ValueError("too few marked problems to hide some and to resolve others")
        mixed = draw(large, len(large) if everything else HIDDEN + KNOWN)
        cut = (
            len(mixed) if everything else min(HIDDEN, (len(mixed) + 1) // 2 if len(mixed) < HIDDEN + KNOWN else HIDDEN)
        )
        hidden, known = mixed[:cut], mixed[cut:]
        free = [p for p in self.problems.pairs if p not in mixed]
        pairs = draw(free, len(free) if everything else len(hidden))
        planted = sum(map(len, [*hidden, *pairs]))
        singles = planted * (1 if everything else SINGLES_PER_PLANTED) + RESOLVED_SINGLES
        loose = [i for (i,) in draw([(i,) for i in self.problems.single], singles)]
        resolved = [i for i in loose[-RESOLVED_SINGLES:] if i in self._closed]
        truth = {i: group[0] for group in (*hidden, *pairs, *known) for i in group}
        asking = [*truth, *loose[: -len(resolved) or None]]
        first = [group[0] for group in known]
        return self._replayed(
            [i for i in asking if i not in set(first)],
            [i for i in (*first, *resolved) if i in self._closed],
            truth,
            {g[0]: len(g) for g in (*hidden, *pairs)},
            frozenset(g[0] for g in hidden),
        )

    def _replayed(
        self,
        asking: Sequence[str],
        resolved: Sequence[str],
        truth: Mapping[str, str],
        sizes: Mapping[str, int],
        gaps: frozenset[str],
    ) -> Planted:
        tickets = sorted((self._tickets[i] for i in asking), key=lambda t: (t.created_at, t.id))
        prepared = [prepare(ticket.query()) for ticket in tickets]
        texts = [one.texts or ("",) for one in prepared]
        flat = iter(self._cache.embed([text for each in texts for text in each]))
        vectors = np.stack([combined(np.stack([next(flat) for _ in each])) for each in texts])
        desk = _Desk([self._tickets[i] for i in resolved], self._closed, self._cache)
        done = [is_covered(desk.coverage(ticket, vector)) for ticket, vector in zip(tickets, vectors, strict=True)]
        kinds: dict[str, list[float]] = {"hidden": [], "known": [], "single": []}
        for ticket, answered in zip(tickets, done, strict=True):
            problem = truth.get(ticket.id)
            kinds["single" if problem is None else "hidden" if problem in sizes else "known"].append(float(answered))
        rows = [row for row, answered in enumerate(done) if not answered]
        return Planted(
            tickets=tuple(tickets[row].id for row in rows),
            vectors=vectors[rows],
            marks=tuple(marks_of(prepared[row], tickets[row].created_at) for row in rows),
            times=tuple(tickets[row].created_at for row in rows),
            truth=tuple(truth.get(tickets[row].id) for row in rows),
            gaps=gaps,
            sizes=sizes,
            answered={kind: float(np.mean(values)) if values else 0.0 for kind, values in kinds.items()},
        )


class _Desk:
    """Triage over the resolutions that some tickets left when they closed."""

    def __init__(self, resolved: Sequence[Opened], closed: Mapping[str, datetime], vectors: EvalVectors) -> None:
        self._resolutions = {ticket.id: _answering(ticket.resolution()) for ticket in resolved}
        self._closed = {ticket.id: closed[ticket.id] for ticket in resolved}
        self._ids = [ticket.id for ticket in resolved]
        texts = {
            f"{i}:{view}": text
            for i, r in self._resolutions.items()
            for view, text in views(r.content).items()
            if view != ANSWER_VIEW
        }
        self._names = list(texts)
        self._vectors = vectors.embed(list(texts.values())) if texts else None
        self._words = WordSearch([ticket.resolution() for ticket in resolved])

    def coverage(self, ticket: Opened, vector: Vectors) -> float:
        """The stated probability that the best record there was when the ticket was opened answers it."""
        known = {i: r for i, r in self._resolutions.items() if self._closed[i] < ticket.created_at}
        if not known or self._vectors is None:
            return 0.0
        query = ticket.query()
        cosine = np.clip(self._vectors @ vector, -1, 1)
        near = [VectorHit(n, float(c)) for n, c in zip(self._names, cosine, strict=True) if n.split(":")[0] in known]
        words = [hit for hit in self._words.hits(prepare(query).sought, self._ids) if hit.id in known]
        given = answer(query, fuse(near, words, known))
        return max((one.probability for one in (*given.suggestions, *given.near_misses)), default=0.0)


def _answering(resolution: Resolution) -> Resolution:
    """The record with an answer, without which nothing is served; its words are left out of every search."""
    fix = ResolutionField(state=SettledState.STATED, text="The answer on record.")
    fields = {**resolution.content.fields, FieldName.FIX: fix}
    content = resolution.content.model_copy(update={"fields": fields, "fix_kind": FixKind.FIX})
    return resolution.model_copy(update={"content": content})
