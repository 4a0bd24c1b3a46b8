"""Collects the demand that gap reports are built from: each ticket and search once, and how well records answer it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from pipelines.capture.redact import Redactor
from pipelines.domain.gaps import DemandKind, DemandSignal, Nearest
from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import ApplicabilityVerdict, Query
from pipelines.domain.tickets import Ticket
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import FALLS_INTO
from pipelines.gaps.demand import is_covered, signal_of_ticket
from pipelines.gaps.shortfall import Verdicts
from pipelines.ports import Vectors
from pipelines.retrieve.fuse import combined, fuse, shortlist
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.rank import answer
from service.store.engine import Database
from service.store.ids import gap_name, resolution_numbers
from service.store.queries import demand, resolutions
from service.store.queries.gap_events import FailedAnswer, failed_answers
from service.usecases import clock
from service.usecases.actors import SYSTEM
from service.usecases.article_candidates import served_articles
from service.usecases.demand_marks import marks_of
from service.usecases.embedding import embed_cached
from service.usecases.services import Services
from service.usecases.suggest import LEXICAL_HITS, READ, VECTOR_HITS, ticket_query

LONGEST_QUESTION = 4000

_AT_ONCE = 250
"""Texts embedded between two looks at how far it is, and at whether to go on: seconds where none is known."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much. What it raises ends the work."""


class Covered(NamedTuple):
    """A question that a record answers now. `since`: none did when it was asked."""

    signal: DemandSignal
    vector: Vectors
    since: bool


class Demand(NamedTuple):
    """Unanswered demand by signal id, row by row, and the demand that records cover by now."""

    signals: list[DemandSignal]
    subjects: list[str]
    vectors: Vectors
    marks: list[Marks]
    verdicts: Verdicts
    covered: list[Covered]


class _Asked(NamedTuple):
    signal: DemandSignal
    query: Query


def unanswered_demand(services: Services, progress: Progress | None = None) -> Demand:
    """All demand that no record covers now. Raises what the index raises: without it everything would look missing.

    A record that closed a gap whose demand did not fall covers none of that gap's questions any more.
    """
    asked = _asked(services.db)
    prepared = [prepare(one.query) for one in asked]
    vectors = _vectors(services, prepared, progress)
    known = _Records(services.db)
    with services.db.read() as session:
        failed = failed_answers(session, services.embedder.model_id, SYSTEM.name)
        verdicts = Verdicts(
            wrong=demand.called_wrong(session),
            contradicts=demand.in_contradiction(session),
            failed={answer.by: gap_name(answer.gap) for answer in failed},
        )
    rows: list[int] = []
    signals: list[DemandSignal] = []
    covered: list[Covered] = []
    for row, one in enumerate(asked):
        nearest, then = _nearest(services, known, one, prepared[row], vectors[row])
        signal = one.signal.model_copy(update={"nearest": nearest})
        if nearest is None or not is_covered(nearest.probability) or _failed(nearest, vectors[row], failed):
            rows.append(row)
            signals.append(signal)
        else:
            covered.append(Covered(signal, vectors[row], not then))
        if progress:
            progress("looking for answers", row + 1, len(asked))
    return Demand(
        signals=signals,
        subjects=[asked[row].query.subject for row in rows],
        vectors=vectors[rows],
        marks=[marks_of(prepared[row], asked[row].signal.at) for row in rows],
        verdicts=verdicts,
        covered=covered,
    )


def asked_since(
    services: Services, since: datetime, progress: Progress | None = None
) -> tuple[list[DemandSignal], Vectors]:
    """All demand from then on with its vectors, also what is answered by now or was written down."""
    asked = _asked(services.db, settled=True, since=since)
    return [one.signal for one in asked], _vectors(services, [prepare(one.query) for one in asked], progress)


def _failed(nearest: Nearest, vector: Vectors, failed: Sequence[FailedAnswer]) -> bool:
    """Whether the record was to answer the gap that the question falls into, and did not."""
    return any(
        answer.by == nearest.resolution and float(vector @ np.asarray(answer.middle)) >= FALLS_INTO for answer in failed
    )


def _asked(db: Database, *, settled: bool = False, since: datetime | None = None) -> list[_Asked]:
    """Every sign of demand with the question in it, redacted, in the order of the signals' ids."""
    now = clock.now()
    found: list[_Asked] = []
    with db.read() as session:
        for record, seen in demand.of_tickets(session, settled=settled, since=since):
            query = question_of(record.ticket)
            text = f"{query.subject}\n{query.body}"
            state = "" if settled else record.capture_state.value
            signal = signal_of_ticket(record.ticket, state, text, now, seen)
            if signal is not None:
                found.append(_Asked(signal, query))
        searches = demand.of_searches(session)
        for search in (each for each in searches if since is None or each.at >= since):
            signal = DemandSignal(
                id=f"search/{search.id}",
                kind=search.kind,
                at=search.at,
                product_area=search.product_area,
                text=search.text,
            )
            found.append(_Asked(signal, question_of_search(search.text, search.product_area)))
    return sorted(found, key=lambda one: one.signal.id)


def question_of(ticket: Ticket) -> Query:
    """What a ticket asked, redacted, and of a very long question its beginning."""
    redactor = Redactor.for_ticket(ticket)
    whole = ticket_query(ticket)
    texts = {
        "subject": redactor.redact_text(whole.subject),
        "body": redactor.redact_text(whole.body[:LONGEST_QUESTION]),
    }
    return whole.model_copy(update=texts)


def question_of_search(text: str, area: str | None) -> Query:
    subject, _, body = text.partition("\n")
    return Query(subject=subject, body=body, product_area=area)


def nearest_now(services: Services, questions: Sequence[Query]) -> list[Nearest | None]:
    """The likeliest served record for each question, as a report built now would see it. Raises what the index does."""
    known, prepared = _Records(services.db), [prepare(one) for one in questions]
    vectors, signal = (
        _vectors(services, prepared),
        DemandSignal(id="", kind=DemandKind.ABSTENTION, at=clock.now(), text=""),
    )
    return [
        _nearest(services, known, _Asked(signal, one), ready, vector)[0]
        for one, ready, vector in zip(questions, prepared, vectors, strict=True)
    ]


def _vectors(services: Services, prepared: Sequence[PreparedQuery], progress: Progress | None = None) -> Vectors:
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
    """Served records and when each was first confirmed or published, read once for all questions near them."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._read: dict[str, tuple[Resolution, datetime] | None] = {}

    def near(self, names: Sequence[str]) -> tuple[dict[str, Resolution], dict[str, datetime]]:
        """Those of the named that are served."""
        missing = [name for name in names if name not in self._read]
        if missing:
            numbers = resolution_numbers(missing)
            with self._db.read() as session:
                records = resolutions.load_many(session, numbers)
                made = resolutions.first_confirmed_at(session, numbers)
                articles = served_articles(session, missing)
            self._read |= dict.fromkeys(missing)
            self._read |= {
                r.resolution.id: (r.resolution, made[r.resolution.id]) for r in records if r.resolution.served
            }
            self._read |= {
                name: (record, articles.shown[name].published_at) for name, record in articles.records.items()
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
