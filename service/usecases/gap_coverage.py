"""How well served records answer questions: the calibrated probability of the likeliest record, for each question."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime

import numpy as np

from pipelines.domain.gaps import DemandKind, DemandSignal, Nearest
from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import ApplicabilityVerdict, Query
from pipelines.gaps.demand import is_covered
from pipelines.ports import VectorHit
from pipelines.retrieve.fuse import fuse, shortlist
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer
from pipelines.retrieve.ranking import ranking_id
from service.store.engine import Database
from service.store.ids import article_numbers, resolution_numbers
from service.store.queries import candidates, resolutions, serving
from service.usecases import clock
from service.usecases.article_candidates import served_articles
from service.usecases.gap_questions import Asked, vectors_of
from service.usecases.kept_questions import Answering, KeptQuestions
from service.usecases.services import Services
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS

_TOGETHER = 50
"""Questions whose neighbours are searched in one call, while those of the call before are ranked."""

_MOST_RECORDS = 10_000
"""Records kept in memory, the latest asked for: a quarter of a gigabyte."""

Near = tuple[dict[str, Resolution], dict[str, datetime]]


def kept_questions(services: Services) -> KeptQuestions:
    """What the last report worked out of each question, as far as it still holds."""
    with services.db.read() as session:
        records = serving.fingerprint(session)
    # Everything that an answer depends on, beside the question and the program.
    state = f"{records}/{services.vectors.count()}/{ranking_id(services.ranking)}/{services.embedder.model_id}"
    return KeptQuestions(services.settings.data_dir, state)


class Coverage:
    """Answers question after question against the records that are served now."""

    def __init__(self, services: Services, kept: KeptQuestions | None = None) -> None:
        """`kept`: where answers are taken over from, and kept for the next report. Raises what the index raises."""
        self._services = services
        self._kept = kept
        self._records = _Records(services.db)
        with services.db.read() as session:
            self._anything = services.vectors.count() > 0 or serving.anything(session)

    def of(self, asked: Sequence[Asked]) -> list[Answering]:
        """In the order of the questions. Raises what the index raises: without it everything would look missing."""
        kept = self._kept
        known = {place: kept.answer(one.digest) if kept else None for place, one in enumerate(asked)}
        missing = [place for place, found in known.items() if found is None]
        parts = [missing[start : start + _TOGETHER] for start in range(0, len(missing), _TOGETHER)]
        ahead = self._searched([asked[place] for place in parts[0]]) if parts else None
        for number, part in enumerate(parts):
            assert ahead is not None  # noqa: S101 - searched for each part before its turn
            hits = ahead.result()
            if number + 1 < len(parts):
                ahead = self._searched([asked[place] for place in parts[number + 1]])
            for place, near in zip(part, hits, strict=True):
                known[place] = found = self._ranked(asked[place], near)
                if kept:
                    kept.answered(asked[place].digest, found)
        return [found for found in known.values() if found is not None]

    def _searched(self, asked: Sequence[Asked]) -> "Future[list[list[VectorHit]]]":
        if not self._anything:
            nothing: Future[list[list[VectorHit]]] = Future()
            nothing.set_result([[] for _ in asked])
            return nothing
        vectors = np.stack([one.vector for one in asked])
        return self._services.beside.submit(self._services.vectors.query_many, vectors, VECTOR_HITS)

    def _ranked(self, one: Asked, near: Sequence[VectorHit]) -> Answering:
        words = self._services.lexical.search(one.prepared.sought, LEXICAL_HITS) if self._anything else []
        known, made = self._records.near(shortlist(near, words, READ))
        given = answer(
            one.query,
            fuse(near, words, known),
            prepared=one.prepared,
            ranking=self._services.ranking,
            only_area=False,
        )
        ranked = [*given.suggestions, *given.near_misses]
        if not ranked:
            return Answering(None, then=False)
        best = max(ranked, key=lambda r: (r.probability, r.candidate.resolution.id))
        asked_at = one.signal.at
        then = any(is_covered(r.probability) and _before(made, r.candidate.resolution.id, asked_at) for r in ranked)
        applies = best.applicability.verdict is not ApplicabilityVerdict.DOES_NOT_APPLY
        nearest = Nearest(
            resolution=best.candidate.resolution.id,
            probability=round(best.probability, 4),
            applies=applies,
            why="" if applies else best.applicability.why,
        )
        return Answering(nearest, then)


def nearest_now(services: Services, asked: Sequence[Query]) -> list[Nearest | None]:
    """The likeliest served record for each question, as a report built now would see it. Raises what the index does."""
    signal = DemandSignal(id="", kind=DemandKind.ABSTENTION, at=clock.now(), text="")
    prepared = [prepare(query) for query in asked]
    vectors = vectors_of(services, prepared)
    given = [Asked(signal, *each) for each in zip(asked, prepared, vectors, strict=True)]
    return [found.nearest for found in Coverage(services).of(given)]


class _Records:
    """Served records and when each was first confirmed or published, read for the question and kept for the next."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: dict[str, tuple[Resolution, datetime] | None] = {}

    def near(self, names: Sequence[str]) -> Near:
        """Those of the named that are served."""
        missing = [name for name in names if name not in self._read]
        fresh = self._fetched(missing) if missing else {}
        for name in names:
            self._read[name] = fresh[name] if name in fresh else self._read.pop(name)  # now the latest asked for
        found = {name: known for name in names if (known := self._read[name]) is not None}
        while len(self._read) > _MOST_RECORDS:
            del self._read[next(iter(self._read))]
        return {name: one for name, (one, _) in found.items()}, {name: at for name, (_, at) in found.items()}

    def _fetched(self, names: Sequence[str]) -> Mapping[str, tuple[Resolution, datetime] | None]:
        numbers = resolution_numbers(names)
        found: dict[str, tuple[Resolution, datetime] | None] = dict.fromkeys(names)
        with self._db.read() as session:
            records = candidates.load(session, numbers) if numbers else {}
            made = resolutions.first_confirmed_at(session, numbers) if numbers else {}
            articles = served_articles(session, names) if article_numbers(names) else None
        found |= {r.resolution.id: (r.resolution, made[r.resolution.id]) for r in records.values()}
        if articles is not None:
            found |= {name: (record, articles.shown[name].published_at) for name, record in articles.records.items()}
        return found


def _before(made: Mapping[str, datetime], name: str, moment: datetime) -> bool:
    return name in made and made[name] <= moment
