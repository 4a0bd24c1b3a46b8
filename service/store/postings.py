"""What FTS5 says of single words, remembered for as long as nothing in it changes: SQLite's word search adds it up.

FTS5 scores a document anew for every question that shares a word with it, which is most of what a question used to
cost. Its BM25 is a sum over the words, so that what one word brings each document can be kept and added. A number in
the database that every change of the index raises, read in the transaction of the search, tells whether what is
remembered still holds, whichever process made the change.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import text
from sqlmodel import Session

MOST_POSTINGS = 2_000_000
"""Documents remembered over all words: 16 bytes each, and what does not fit is asked for again."""

_MOST_COUNTED = 500_000


@dataclass(frozen=True, slots=True)
class Posting:
    """The documents that hold a word, lowest number first, and what it adds to the score of each."""

    documents: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


class Postings:
    """One state of the index. Every method wants a session that reads this state."""

    def __init__(self, generation: int, documents: int) -> None:
        self.generation = generation
        self.documents = documents
        self._lock = Lock()
        self._counts: dict[str, int] = {}
        self._postings: dict[str, Posting] = {}
        self.held = 0

    def counts(self, session: Session, terms: Sequence[str]) -> dict[str, int]:
        """How many documents hold each term; 0 for one that none holds."""
        known = {term: self._counts[term] for term in terms if term in self._counts}
        missing = [term for term in terms if term not in known]
        if missing:
            found = dict(_sqlite(session).execute(_frequencies(len(missing)), missing))
            fresh = {term: found.get(term, 0) for term in missing}
            known |= fresh
            with self._lock:
                if len(self._counts) > _MOST_COUNTED:
                    self._counts = {}
                self._counts |= fresh
        return known

    def posting(self, session: Session, term: str) -> Posting:
        known = self._postings.get(term)
        if known is not None:
            return known
        rows = _sqlite(session).execute(_POSTING, (f'"{term}"',)).fetchall()
        numbers, scores = zip(*rows, strict=True) if rows else ((), ())
        # FTS5 counts downwards: its best score is the most negative one.
        made = Posting(np.array(numbers, dtype=np.int64), -np.array(scores, dtype=np.float64))
        with self._lock:
            if term not in self._postings:
                self._postings[term] = made
                self.held += len(rows)
            while self.held > MOST_POSTINGS:
                oldest = next(iter(self._postings))
                self.held -= len(self._postings.pop(oldest).documents)
        return made


class RememberedPostings:
    """The newest state of an index that anybody asked about. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest = Postings(-1, 0)

    def current(self, session: Session) -> Postings:
        """The state that the session reads; nothing is left of an older one once a newer one was asked about."""
        (generation,) = _sqlite(session).execute(_GENERATION).fetchone()
        newest = self._newest
        if generation == newest.generation:
            return newest
        found = Postings(generation, *_sqlite(session).execute(_DOCUMENTS).fetchone())
        with self._lock:
            if generation == self._newest.generation:
                return self._newest
            if generation > self._newest.generation:
                self._newest = found
            return found


def changed(session: Session) -> None:
    """Says that the index changes with this transaction."""
    session.execute(_CHANGED)


def best(postings: Sequence[Posting], counts: Sequence[int], limit: int) -> list[tuple[int, float]]:
    """The documents with the highest sums, best first and of equal ones the lowest number first.

    counts: how often each word is asked for, and so counts.
    """
    asked = [(posting, count) for posting, count in zip(postings, counts, strict=True) if len(posting.documents)]
    held = [posting for posting, _ in asked]
    if not held:
        return []
    # Articles stand under negative numbers.
    first = min(int(posting.documents[0]) for posting in held)
    sums = np.zeros(max(int(posting.documents[-1]) for posting in held) - first + 1)
    for posting, count in asked:
        sums[posting.documents - first] += posting.scores if count == 1 else count * posting.scores
    found = np.flatnonzero(sums)
    scores = sums[found]
    if len(found) > limit:
        least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        found, scores = found[scores >= least], scores[scores >= least]
    order = np.lexsort((found, -scores))[:limit]
    return [(int(number) + first, float(score)) for number, score in zip(found[order], scores[order], strict=True)]


def holds(posting: Posting, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each of the documents holds the word."""
    if not len(posting.documents):
        return np.zeros(len(numbers), dtype=np.bool_)
    places = np.minimum(np.searchsorted(posting.documents, numbers), len(posting.documents) - 1)
    found: npt.NDArray[np.bool_] = posting.documents[places] == numbers
    return found


BM25_WEIGHTS = (3.0, 1.0, 1.0, 1.0, 1.0)
"""Of title, symptom, cause, fix and codes, chosen on development tickets."""

_GENERATION = "SELECT number FROM resolution_fts_generation"
_DOCUMENTS = "SELECT count(*) FROM resolution_fts_docsize"
_CHANGED = text("UPDATE resolution_fts_generation SET number = number + 1")
_POSTING = (
    "SELECT rowid, rank FROM resolution_fts "  # noqa: S608 - constants
    f"WHERE resolution_fts MATCH ? AND rank MATCH 'bm25({', '.join(map(str, BM25_WEIGHTS))})'"
)


def _frequencies(terms: int) -> str:
    return f"SELECT term, doc FROM resolution_fts_terms WHERE term IN ({','.join('?' * terms)})"  # noqa: S608 - marks


def _sqlite(session: Session) -> sqlite3.Connection:
    """The driver's connection, in the session's transaction: a dozen small statements a question, without ado."""
    return cast("sqlite3.Connection", session.connection().connection.driver_connection)
