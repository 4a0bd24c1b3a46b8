"""Documents of one data set, embedded and indexed, and the questions asked of them by every method that is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.vectors import EvalVectors
from evals.word_search import PlainWords, WordSearch
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import Candidate, Query
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, TITLE_VIEW, views
from pipelines.retrieve.fuse import combined, fuse
from pipelines.retrieve.query import PreparedQuery, prepare
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS

DEPTH = 100
"""Documents that a simple method returns, as the protocol has it; ranking has those that triage reads."""

RRF = 60
"""The usual constant of reciprocal rank fusion (Cormack et al. 2009)."""

WORDS = "words alone (BM25)"
SERVED_WORDS = "words alone (word search as served)"
PLAIN = "meaning alone (MiniLM as published)"
ONE_TEXT = "meaning alone (MiniLM as published, one text)"
ADAPTED = "meaning alone (MiniLM as shipped)"
FUSION = "both, reciprocal rank fusion"
MIX = "both, half and half"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before it is asked: its documents are the first `before`, less itself, or those of `among` alone."""

    id: str
    query: Query
    relevant: frozenset[str]
    before: int
    among: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its candidates and with what each simple method would answer (ids, best first)."""

    id: str
    prepared: PreparedQuery
    candidates: tuple[Candidate, ...]
    simple: Mapping[str, tuple[str, ...]]
    relevant: frozenset[str]

    def words_only(self) -> tuple[Candidate, ...]:
        """The candidates that word search alone brings, as when the vector index is down."""
        unseen = dict.fromkeys(("similarity", "title_similarity", "problem_similarity"))
        return tuple(c.model_copy(update=unseen) for c in self.candidates if c.lexical is not None)


class Corpus:
    """Documents in their order. `plain` are vectors of the model as published, for the methods to compare with."""

    def __init__(self, documents: Sequence[Resolution], vectors: EvalVectors, plain: EvalVectors | None = None) -> None:
        self._ids = [document.id for document in documents]
        self._resolutions = {document.id: document for document in documents}
        texts = [views(document.content) for document in documents]
        self._views = {
            view: self._rows(vectors, [found.get(view, "") for found in texts])
            for view in (TITLE_VIEW, PROBLEM_VIEW, ANSWER_VIEW)
            if any(view in found for found in texts)
        }
        self._plain = (
            [self._rows(plain, [found.get(view, "") for found in texts]) for view in (TITLE_VIEW, PROBLEM_VIEW)]
            if plain
            else []
        )
        self._words = WordSearch(documents)
        self._plain_words = PlainWords([(d.content.title, _told(d)) for d in documents])
        self._vectors, self._plain_vectors = vectors, plain

    @staticmethod
    def _rows(cache: EvalVectors, texts: Sequence[str]) -> Vectors:
        """A row a text; zeros for an empty one, which is near nothing."""
        present = [text for text in texts if text]
        rows = np.zeros((len(texts), cache.dimension), dtype=np.float32)
        if present:
            rows[[place for place, text in enumerate(texts) if text]] = cache.embed(present)
        return rows

    def questions(self, asked: Sequence[Asked]) -> list[Question]:
        prepared = [prepare(one.query) for one in asked]
        # All at once: the cache writes its file each time that it has to embed something.
        for cache in (self._vectors, self._plain_vectors):
            if cache:
                cache.embed([text for each in prepared for text in _texts(each)])
        return [self._question(one, each) for one, each in zip(asked, prepared, strict=True)]

    def _question(self, asked: Asked, prepared: PreparedQuery) -> Question:
        before = asked.before
        allowed = np.array(
            [i != asked.id and (asked.among is None or i in asked.among) for i in self._ids[:before]], dtype=bool
        )
        vector = combined(self._vectors.embed(_texts(prepared)))
        cosines = {view: (rows[:before] @ vector).astype(np.float64) for view, rows in self._views.items()}
        served = self._words.scores(prepared.sought, before)
        lexical = self._plain_words.scores(asked.query.subject, asked.query.body, before)
        served[~allowed] = lexical[~allowed] = 0.0
        for values in cosines.values():
            values[~allowed] = -np.inf
        adapted = (cosines[TITLE_VIEW] + cosines[PROBLEM_VIEW]) / 2
        simple = {
            WORDS: self._best(lexical, allowed),
            SERVED_WORDS: self._best(served, allowed),
            ADAPTED: self._best(adapted, allowed),
        }
        if self._plain_vectors:
            plain, one_text = self._plain_cosines(prepared, before)
            plain[~allowed] = one_text[~allowed] = -np.inf
            scaled = lexical / lexical.max() if lexical.any() else lexical
            simple |= {
                PLAIN: self._best(plain, allowed),
                ONE_TEXT: self._best(one_text, allowed),
                MIX: self._best(0.5 * scaled + 0.5 * plain, allowed),
            }
            simple[FUSION] = _fused(simple[WORDS], simple[PLAIN])
        candidates = fuse(self._vector_hits(cosines), self._lexical_hits(served), self._resolutions, limit=READ)
        return Question(asked.id, prepared, candidates, simple, asked.relevant)

    def _plain_cosines(self, prepared: PreparedQuery, before: int) -> tuple[Floats, Floats]:
        """The mean of the cosines of title with title and of whole text with whole text, and the latter alone."""
        assert self._plain_vectors is not None  # noqa: S101 - the caller looked
        title, *rest = self._plain_vectors.embed(_texts(prepared))
        text = rest[0] if rest else title
        titles, problems = self._plain
        whole = (problems[:before] @ text).astype(np.float64)
        return ((titles[:before] @ title).astype(np.float64) + whole) / 2, whole

    def _best(self, scores: Floats, allowed: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(self._ids[place] for place in best_first(scores, DEPTH) if allowed[place])

    def _vector_hits(self, cosines: Mapping[str, Floats]) -> list[VectorHit]:
        both = np.concatenate(list(cosines.values()))
        named = [(view, place) for view, values in cosines.items() for place in range(len(values))]
        hits: list[VectorHit] = []
        for row in best_first(both, VECTOR_HITS):
            if np.isfinite(both[row]):
                view, place = named[row]
                hits.append(VectorHit(f"{self._ids[place]}:{view}", float(min(1.0, both[row]))))
        return hits

    def _lexical_hits(self, scores: Floats) -> list[LexicalHit]:
        best = (place for place in best_first(scores, LEXICAL_HITS) if scores[place] > 0)
        return [LexicalHit(self._ids[place], float(scores[place])) for place in best]


def best_first(scores: Floats, count: int) -> list[int]:
    """Places of the highest scores, ties by place."""
    return [int(place) for place in np.argsort(-scores, kind="stable")[:count]]


def _fused(*lists: Sequence[str]) -> tuple[str, ...]:
    scores: dict[str, float] = {}
    for names in lists:
        for place, name in enumerate(names, start=1):
            scores[name] = scores.get(name, 0.0) + 1 / (RRF + place)
    return tuple(sorted(scores, key=lambda name: (-scores[name], name))[:DEPTH])


def _told(document: Resolution) -> str:
    """What the lists of words are made of, apart from the title: the environment would match half of all tickets."""
    names = (FieldName.SYMPTOM, FieldName.ROOT_CAUSE, FieldName.FIX)
    return "\n".join(filter(None, (document.content.text(name) for name in names)))


def _texts(prepared: PreparedQuery) -> tuple[str, ...]:
    return prepared.texts or (prepared.lexical or "-",)
