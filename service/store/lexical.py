"""Word search over the served resolutions, inside the database so that it commits with what it describes.

Published articles are searched with them, under negative numbers: both are weighed by how rare a word is in all.

Two engines, one behaviour: the same words (service.store.words), the same choice among the query's words, the same
fields that weigh more. Called by the use cases that confirm and change resolutions, and by retrieval.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from pipelines.ports import LexicalHit
from service.store.engine import Database
from service.store.naming import record_name
from service.store.postings import RememberedPostings, best, changed, holds
from service.store.words import terms

MOST_TERMS = 24
"""On development tickets these find nearly as many right records as all words of a long ticket (success among ten .60
of .62) and more than its 12 rarest (.47)."""

_CONSIDERED = 400
_COMMON = 0.5
_FEW = 20

_ALWAYS = 4
_MOST_RANKED = 8000
"""Beyond the four rarest, a term is taken only while all together are in at most so many documents to be ranked."""

FIELDS = ("title", "symptom", "cause", "fix", "codes")


@dataclass(frozen=True, slots=True)
class LexicalText:
    """What is searched of one resolution, redacted. `codes` are its identifiers, versions and product words."""

    title: str
    symptom: str = ""
    cause: str = ""
    fix: str = ""
    codes: str = ""

    def parts(self) -> tuple[str, str, str, str, str]:
        return self.title, self.symptom, self.cause, self.fix, self.codes


class StoredLexicalIndex(Protocol):
    """A lexical index that is written inside the caller's transaction."""

    def put(self, session: Session, resolution_id: int, texts: LexicalText) -> None:
        """Add or replace what is searched of a resolution."""
        ...

    def remove(self, session: Session, resolution_id: int) -> None:
        """Take a resolution out; an unknown one is no error."""
        ...

    def search(self, text: str, limit: int) -> list[LexicalHit]: ...


def open_lexical_index(db: Database) -> StoredLexicalIndex:
    """The lexical index of this database's engine."""
    return SqliteLexicalIndex(db) if db.dialect == "sqlite" else PostgresLexicalIndex(db)


def telling(asked: Mapping[str, int], found: Mapping[str, int], documents: int, limit: int = MOST_TERMS) -> list[str]:
    """The terms of a query that tell most, those that tell most first: how often each is asked for times its rarity.

    `found` counts the documents a term is in. Terms in most documents tell nothing apart and go, unless only they are
    there or there are too few documents to say. Among the others, what would be too much to rank is passed over.
    """
    present = [term for term in asked if found.get(term, 0) > 0]
    if documents > _FEW:
        present = [term for term in present if found[term] <= _COMMON * documents] or present
    present.sort(key=lambda term: (-asked[term] * _rarity(found[term], documents), term))
    chosen = set(sorted(present, key=lambda term: (found[term], term))[: min(_ALWAYS, limit)])
    left = _MOST_RANKED - sum(found[term] for term in chosen)
    for term in present:
        if len(chosen) >= limit:
            break
        if term not in chosen and found[term] <= left:
            chosen.add(term)
            left -= found[term]
    return [term for term in present if term in chosen]


def _asked(query: str) -> tuple[Counter[str], dict[str, str]]:
    """How often each term stands in a query, and the form that it first stands there in."""
    counts: Counter[str] = Counter()
    surfaces: dict[str, str] = {}
    for term, surface in terms(query):
        if term in surfaces or len(surfaces) < _CONSIDERED:
            counts[term] += 1
            surfaces.setdefault(term, surface)
    return counts, surfaces


class SqliteLexicalIndex:
    """FTS5, ranked by its BM25."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.remembered = RememberedPostings()

    def put(self, session: Session, resolution_id: int, texts: LexicalText) -> None:
        self.remove(session, resolution_id)
        words = {name: " ".join(t for t, _ in terms(part)) for name, part in zip(FIELDS, texts.parts(), strict=True)}
        session.execute(_SQLITE_INSERT, {"id": resolution_id, **words})

    def remove(self, session: Session, resolution_id: int) -> None:
        session.execute(_SQLITE_DELETE, {"id": resolution_id})
        changed(session)

    def search(self, text: str, limit: int) -> list[LexicalHit]:
        asked, surfaces = _asked(text)
        if not asked:
            return []
        with self._db.read() as session:
            index = self.remembered.current(session)
            chosen = telling(asked, index.counts(session, list(asked)), index.documents)
            postings = [index.posting(session, term) for term in chosen]
        found = best(postings, [asked[term] for term in chosen], limit)
        numbers = np.array([number for number, _ in found], dtype=np.int64)
        held = [holds(posting, numbers).tolist() for posting in postings]
        return [
            LexicalHit(
                record_name(number),
                score,
                tuple(surfaces[term] for term, at in zip(chosen, held, strict=True) if at[place]),
            )
            for place, (number, score) in enumerate(found)
        ]


_SQLITE_INSERT = text(
    "INSERT INTO resolution_fts (rowid, title, symptom, cause, fix, codes) "
    "VALUES (:id, :title, :symptom, :cause, :fix, :codes)"
)
_SQLITE_DELETE = text("DELETE FROM resolution_fts WHERE rowid = :id")


class PostgresLexicalIndex:
    """tsvector with a GIN index, ranked by our own weighting, since PostgreSQL's ranks know nothing of rarity.

    How many resolutions hold a term is counted over a sample and kept until their number changes by a twentieth: exact
    counts cost more than the search, and only serve to tell rare words from common ones.
    """

    _SAMPLE = 2000

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = Lock()
        self._counted = -1
        self._frequencies: Mapping[str, int] = {}

    def put(self, session: Session, resolution_id: int, texts: LexicalText) -> None:
        session.execute(_POSTGRES_UPSERT, {"id": resolution_id, "lexemes": _tsvector(texts.parts())})

    def remove(self, session: Session, resolution_id: int) -> None:
        session.execute(_POSTGRES_DELETE, {"id": resolution_id})

    def search(self, text: str, limit: int) -> list[LexicalHit]:
        asked, surfaces = _asked(text)
        if not asked:
            return []
        with self._db.read() as session:
            documents = session.execute(_POSTGRES_COUNT).scalar_one()
            found = self._found(session, list(asked), documents)
            chosen = telling(asked, found, documents)
            if not chosen:
                return []
            searched = {
                "pool": max(_SMALLEST_POOL, 4 * limit),
                "terms": [_quoted(term) for term in chosen],
                "weights": [asked[term] * _rarity(found[term], documents) for term in chosen],
                "limit": limit,
            }
            rows = session.execute(_POSTGRES_SEARCH, searched).all()
        return [
            LexicalHit(record_name(row.id), row.score, tuple(surfaces[chosen[n - 1]] for n in row.matched))
            for row in rows
        ]

    def _found(self, session: Session, asked: Sequence[str], documents: int) -> dict[str, int]:
        """How many resolutions hold each term, at least 1; terms that none holds are left out."""
        frequencies = self._sampled(session, documents)
        found = {term: frequencies[term] for term in asked if term in frequencies}
        unsampled = [term for term in asked if term not in frequencies]
        if unsampled:
            held = session.execute(_POSTGRES_HELD, {"terms": [_quoted(term) for term in unsampled]}).scalars()
            found |= {unsampled[n - 1]: 1 for n in held}
        return found

    def _sampled(self, session: Session, documents: int) -> Mapping[str, int]:
        with self._lock:
            if abs(documents - self._counted) * 20 > self._counted:
                share = min(1.0, self._SAMPLE / max(documents, 1))
                rows = session.execute(_POSTGRES_TERMS, {"sampled": _POSTGRES_SAMPLED.format(percent=100 * share)})
                self._frequencies = {row.word: max(1, round(row.ndoc / share)) for row in rows}
                self._counted = documents
            return self._frequencies


_RANK_WEIGHTS = "{0.5, 0.5, 0.5, 1.0}"  # D, C, B, A
_FIELD_LABELS = ("A", "D", "D", "D", "D")
_LAST_POSITION = 16_383
_SMALLEST_POOL = 200

_POSTGRES_UPSERT = text(
    "INSERT INTO resolution_fts (resolution_id, lexemes) VALUES (:id, CAST(:lexemes AS tsvector)) "
    "ON CONFLICT (resolution_id) DO UPDATE SET lexemes = excluded.lexemes"
)
_POSTGRES_DELETE = text("DELETE FROM resolution_fts WHERE resolution_id = :id")
_POSTGRES_COUNT = text("SELECT count(*) FROM resolution_fts")
_POSTGRES_SAMPLED = "SELECT lexemes FROM resolution_fts TABLESAMPLE BERNOULLI ({percent}) REPEATABLE (1)"
_POSTGRES_TERMS = text("SELECT word, ndoc FROM ts_stat(:sampled)")
_POSTGRES_HELD = text(
    "SELECT DISTINCT n FROM unnest(CAST(:terms AS text[])) WITH ORDINALITY AS asked (term, n) "
    "JOIN resolution_fts ON lexemes @@ CAST(term AS tsquery)"
)
# Two passes: which terms a resolution holds is answered by the index alone, while ranking has to read its lexemes.
_POSTGRES_SEARCH = text(
    f"""
    WITH asked AS MATERIALIZED (
        SELECT CAST(t AS tsquery) AS term, w AS weight, n
        FROM unnest(CAST(:terms AS text[]), CAST(:weights AS float8[])) WITH ORDINALITY AS given (t, w, n)
    ), pool AS MATERIALIZED (
        SELECT resolution_id, array_agg(n ORDER BY n) AS matched
        FROM asked JOIN resolution_fts ON lexemes @@ term
        GROUP BY resolution_id
        ORDER BY sum(weight) DESC, resolution_id
        LIMIT :pool
    )
    SELECT resolution_id AS id, matched, sum(weight * ts_rank('{_RANK_WEIGHTS}', lexemes, term, 1)) AS score
    FROM pool JOIN resolution_fts USING (resolution_id) JOIN asked ON n = ANY (matched)
    GROUP BY resolution_id, matched
    ORDER BY score DESC, resolution_id
    LIMIT :limit
    """  # noqa: S608 - constants
)


def _rarity(holding: int, documents: int) -> float:
    """The weight of a term by how many documents hold it: BM25's inverse document frequency, above 0."""
    return math.log(1 + (max(documents - holding, 0) + 0.5) / (holding + 0.5))


def _quoted(term: str) -> str:
    """A term as PostgreSQL reads it in a tsquery or tsvector; terms hold neither quotes nor backslashes."""
    return f"'{term}'"


def _tsvector(parts: Iterable[str]) -> str:
    places: dict[str, list[str]] = {}
    position = 0
    for part, label in zip(parts, _FIELD_LABELS, strict=True):
        for term, _ in terms(part):
            position = min(position + 1, _LAST_POSITION)
            places.setdefault(term, []).append(f"{position}{label}")
    return " ".join(f"{_quoted(term)}:{','.join(at)}" for term, at in places.items())
