"""The triage question on real pairs: for a new ticket, which earlier ticket is the same problem?"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.datasets_found import Opened, TicketFolder
from evals.vectors import VectorCache
from evals.word_search import WordSearch, bag
from pipelines.domain.suggestions import Candidate
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.documents import PROBLEM_VIEW, TITLE_VIEW, views
from pipelines.retrieve.fuse import combined, fuse
from pipelines.retrieve.query import PreparedQuery, prepare

DEPTH = 100
"""Documents a question returns, as the protocol has it."""

VECTOR_HITS = 300
LEXICAL_HITS = 100
EARLIER_SHARE = 0.6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its candidates and with what each method alone would answer (ids, best first).

    by_meaning is the mean of the cosines of title with title and of whole text with whole text.
    """

    id: str
    prepared: PreparedQuery
    candidates: tuple[Candidate, ...]
    by_words: tuple[str, ...]
    by_meaning: tuple[str, ...]
    relevant: frozenset[str]

    def words_only(self) -> tuple[Candidate, ...]:
        """The candidates that word search alone brings, as when the vector index is down."""
        return tuple(c.model_copy(update={"similarity": None}) for c in self.candidates if c.lexical is not None)


@dataclass(frozen=True, slots=True)
class Split:
    """Question ids by time: ranking is fitted on the earlier ones and reported on the later ones."""

    earlier: tuple[str, ...]
    later: tuple[str, ...]


def split_by_time(folder: TicketFolder) -> Split:
    """The first 60 % of the labelled questions by opening time, and the rest."""
    labelled = frozenset(folder.queries) & folder.relevant.keys()
    ordered = [ticket.id for ticket in folder.tickets if ticket.id in labelled]
    cut = int(len(ordered) * EARLIER_SHARE)
    return Split(tuple(ordered[:cut]), tuple(ordered[cut:]))


def without_answer(folder: TicketFolder, split: Split) -> Split:
    """As many tickets again that no pair names, by the same dates: questions that nothing answers, as far as is known.

    Chosen by the hash of their ids. Pairs that nobody marked make some of them answerable after all.
    """
    paired = set(folder.relevant) | {d for documents in folder.relevant.values() for d in documents}
    place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
    first = place[split.earlier[0]] if split.earlier else 0
    cut = place[split.later[0]] if split.later else len(place)

    def chosen(low: int, high: int, count: int) -> tuple[str, ...]:
        free = [ticket.id for ticket in folder.tickets[low:high] if ticket.id not in paired]
        return tuple(sorted(free, key=lambda i: hashlib.sha256(i.encode()).hexdigest())[:count])

    return Split(chosen(first, cut, len(split.earlier)), chosen(cut, len(place), len(split.later)))


class Corpus:
    """The tickets of a folder, embedded and indexed for word search, in order of opening."""

    def __init__(self, folder: TicketFolder, vectors: VectorCache) -> None:
        self.folder = folder
        self.place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
        self._cache = vectors
        self._resolutions = {ticket.id: ticket.resolution() for ticket in folder.tickets}
        texts = [views(self._resolutions[ticket.id].content) for ticket in folder.tickets]
        self._titles = vectors.embed([found.get(TITLE_VIEW, "") for found in texts])
        self._problems = vectors.embed([found.get(PROBLEM_VIEW, "") for found in texts])
        self._bags = [bag(ticket.subject, ticket.body) for ticket in folder.tickets]
        self._words = WordSearch(self._bags)

    def questions(self, ids: Sequence[str]) -> Iterator[Question]:
        """Each question over the tickets opened before it."""
        for i in ids:
            prepared = prepare(self._ticket(i).query())
            texts = prepared.texts or (prepared.lexical,)
            yield self._question(i, prepared, combined(self._cache.embed(texts)))

    def _ticket(self, identifier: str) -> Opened:
        return self.folder.tickets[self.place[identifier]]

    def _question(self, identifier: str, prepared: PreparedQuery, vector: Vectors) -> Question:
        asked = self._ticket(identifier)
        # Tickets lie in order of opening; those of the same second are not earlier.
        earlier = self.place[identifier]
        while earlier and self.folder.tickets[earlier - 1].created_at >= asked.created_at:
            earlier -= 1
        titles = (self._titles[:earlier] @ vector).astype(np.float64)
        problems = (self._problems[:earlier] @ vector).astype(np.float64)
        own = self.place[identifier]
        plain = self._titles[:earlier] @ self._titles[own] + self._problems[:earlier] @ self._problems[own]
        lexical = self._words.scores(self._bags[self.place[identifier]])[:earlier]
        candidates = fuse(
            self._vector_hits(titles, problems), self._lexical_hits(lexical), self._resolutions, limit=DEPTH
        )
        return Question(
            id=identifier,
            prepared=prepared,
            candidates=candidates,
            by_words=self._ids(best_first(lexical, DEPTH)),
            by_meaning=self._ids(best_first(plain.astype(np.float64), DEPTH)),
            relevant=self.folder.relevant.get(identifier, frozenset()),
        )

    def _ids(self, places: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.folder.tickets[place].id for place in places)

    def _vector_hits(self, titles: Floats, problems: Floats) -> list[VectorHit]:
        both = np.concatenate([titles, problems])
        hits: list[VectorHit] = []
        for row in best_first(both, VECTOR_HITS):
            view = TITLE_VIEW if row < len(titles) else PROBLEM_VIEW
            name = self.folder.tickets[row % len(titles)].id
            hits.append(VectorHit(f"{name}:{view}", float(min(1.0, both[row]))))
        return hits

    def _lexical_hits(self, scores: Floats) -> list[LexicalHit]:
        best = (place for place in best_first(scores, LEXICAL_HITS) if scores[place] > 0)
        return [LexicalHit(self.folder.tickets[place].id, float(scores[place])) for place in best]


def best_first(scores: Floats, count: int) -> list[int]:
    """Places of the highest scores, ties by place."""
    return [int(place) for place in np.argsort(-scores, kind="stable")[:count]]
