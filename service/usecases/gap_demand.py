"""Collects the demand that gap reports are built from: each ticket and search once, and how well records answer it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from pipelines.capture.redact import Redactor
from pipelines.domain.gaps import DemandSignal, Nearest
from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import ApplicabilityVerdict, Query
from pipelines.gaps.affinity import Marks
from pipelines.gaps.demand import is_covered, signal_of_ticket
from pipelines.gaps.shortfall import Verdicts
from pipelines.ports import Vectors
from pipelines.retrieve.fuse import combined, fuse, shortlist
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.rank import answer
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import demand, resolutions
from service.usecases import clock
from service.usecases.demand_marks import marks_of
from service.usecases.index import embed_cached
from service.usecases.services import Services
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS, ticket_query

LONGEST_QUESTION = 4000

_AT_ONCE = 1000
"""Texts embedded between two looks at how far it is."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


class Demand(NamedTuple):
    """Unanswered demand by signal id, row by row. `answered_since`: covered by now, not when the ticket was opened."""

    signals: list[DemandSignal]
    subjects: list[str]
    vectors: Vectors
    marks: list[Marks]
    verdicts: Verdicts
    answered_since: int


class _Asked(NamedTuple):
    signal: DemandSignal
    query: Query


def unanswered_demand(services: Services, progress: Progress | None = None) -> Demand:
    """All demand that no record covers now. Raises what the index raises: without it everything would look missing."""
    asked = _asked(services.db)
    prepared = [prepare(one.query) for one in asked]
    vectors = _vectors(services, prepared, progress)
    known = _Records(services.db)
    rows: list[int] = []
    signals: list[DemandSignal] = []
    since = 0
    for row, one in enumerate(asked):
        nearest, then = _nearest(services, known, one, prepared[row], vectors[row])
        if nearest is not None and is_covered(nearest.probability):
            since += not then
            continue
        if progress:
            progress("looking for answers", row + 1, len(asked))
        rows.append(row)
        signals.append(one.signal.model_copy(update={"nearest": nearest}))
    with services.db.read() as session:
        verdicts = Verdicts(wrong=demand.called_wrong(session), contradicts=demand.in_contradiction(session))
    return Demand(
        signals=signals,
        subjects=[asked[row].query.subject for row in rows],
        vectors=vectors[rows],
        marks=[marks_of(prepared[row], asked[row].signal.at) for row in rows],
        verdicts=verdicts,
        answered_since=since,
    )


def _asked(db: Database) -> list[_Asked]:
    """Every sign of demand with the question in it, redacted, in the order of the signals' ids."""
    now = clock.now()
    found: list[_Asked] = []
    with db.read() as session:
        for record, seen in demand.of_tickets(session):
            redactor = Redactor.for_ticket(record.ticket)
            whole = ticket_query(record.ticket)
            texts = {
                "subject": redactor.redact_text(whole.subject),
                "body": redactor.redact_text(whole.body[:LONGEST_QUESTION]),
            }
            query = whole.model_copy(update=texts)
            text = f"{query.subject}\n{query.body}"
            signal = signal_of_ticket(record.ticket, record.capture_state.value, text, now, seen)
            if signal is not None:
                found.append(_Asked(signal, query))
        for search in demand.of_searches(session):
            signal = DemandSignal(
                id=f"search/{search.id}",
                kind=search.kind,
                at=search.at,
                product_area=search.product_area,
                text=search.text,
            )
            subject, _, body = search.text.partition("\n")
            found.append(_Asked(signal, Query(subject=subject, body=body, product_area=search.product_area)))
    return sorted(found, key=lambda one: one.signal.id)


def _vectors(services: Services, prepared: Sequence[PreparedQuery], progress: Progress | None) -> Vectors:
    """The vector of each question, as triage makes it."""
    texts = [one.texts or ("",) for one in prepared]
    found = np.zeros((len(prepared), services.embedder.dimension), dtype=np.float32)
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        flat = iter(embed_cached(services.db, services.embedder, [text for each in part for text in each]))
        for row, each in enumerate(part, start):
            found[row] = combined(np.stack([next(flat) for _ in each]))
        if progress:
            progress("reading questions", start + len(part), len(texts))
    return found


class _Records:
    """Served records and when each was first confirmed, each read once for all the questions that come near it."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: dict[str, tuple[Resolution, datetime] | None] = {}

    def near(self, names: Sequence[str]) -> tuple[dict[str, Resolution], dict[str, datetime]]:
        """Those of the named that are served."""
        missing = {resolution_number(name): name for name in names if name not in self._read}
        if missing:
            with self._db.read() as session:
                records = resolutions.load_many(session, list(missing))
                made = resolutions.first_confirmed_at(session, list(missing))
            self._read |= dict.fromkeys(missing.values())
            self._read |= {
                r.resolution.id: (r.resolution, made[r.resolution.id]) for r in records if r.resolution.served
            }
        found = {name: known for name in names if (known := self._read[name]) is not None}
        return {name: one for name, (one, _) in found.items()}, {name: at for name, (_, at) in found.items()}


def _nearest(
    services: Services, records: _Records, one: _Asked, prepared: PreparedQuery, vector: Vectors
) -> tuple[Nearest | None, bool]:
    """The likeliest record for a question, and whether one covered it already when the ticket was opened."""
    near = services.vectors.query(vector, VECTOR_HITS)
    words = services.lexical.search(prepared.lexical, LEXICAL_HITS)
    known, made = records.near(shortlist(near, words, READ))
    given = answer(one.query, fuse(near, words, known), prepared=prepared, only_area=False)
    ranked = [*given.suggestions, *given.near_misses]
    if not ranked:
        return None, False
    best = max(ranked, key=lambda r: (r.probability, r.candidate.resolution.id))
    then = any(is_covered(r.probability) and _before(made, r.candidate.resolution.id, one.signal.at) for r in ranked)
    applies = best.applicability.verdict is not ApplicabilityVerdict.DOES_NOT_APPLY
    nearest = Nearest(
        resolution=best.candidate.resolution.id,
        probability=round(best.probability, 4),
        applies=applies,
        why="" if applies else best.applicability.why,
    )
    return nearest, then


def _before(made: Mapping[str, datetime], name: str, moment: datetime) -> bool:
    return name in made and made[name] <= moment
