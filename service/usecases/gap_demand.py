"""Collects the demand that gap reports are built from: each ticket and search once, and how well records answer it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from pipelines.domain.gaps import DemandSignal, Nearest
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import FALLS_INTO
from pipelines.gaps.demand import is_covered
from pipelines.gaps.shortfall import Verdicts
from pipelines.ports import Vectors
from service.store.ids import gap_name
from service.store.queries import demand
from service.store.queries.gap_events import FailedAnswer, failed_answers
from service.usecases.actors import SYSTEM
from service.usecases.demand_marks import marks_of
from service.usecases.gap_coverage import Coverage
from service.usecases.gap_questions import Asked, Progress, questions
from service.usecases.kept_questions import KeptQuestions
from service.usecases.services import Services


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


class _Row(NamedTuple):
    signal: DemandSignal
    subject: str
    vector: Vectors
    marks: Marks


def unanswered_demand(services: Services, kept: KeptQuestions, progress: Progress | None = None) -> Demand:
    """All demand that no record covers now. Raises what the index raises: without it everything would look missing.

    A record that closed a gap whose demand did not fall covers none of that gap's questions any more.
    """
    with services.db.read() as session:
        failed = failed_answers(session, services.embedder.model_id, SYSTEM.name)
        verdicts = Verdicts(
            wrong=demand.called_wrong(session),
            contradicts=demand.in_contradiction(session),
            failed={answer.by: gap_name(answer.gap) for answer in failed},
        )
    coverage = Coverage(services, kept)
    rows: list[_Row] = []
    covered: list[Covered] = []
    for part in questions(services, kept, progress=progress):
        for one, (nearest, then) in zip(part, coverage.of(part), strict=True):
            signal = one.signal.model_copy(update={"nearest": nearest})
            if nearest is None or not is_covered(nearest.probability) or _failed(nearest, one.vector, failed):
                rows.append(_row(one, signal))
            else:
                covered.append(Covered(signal, one.vector, not then))
    rows.sort(key=lambda row: row.signal.id)
    vectors = np.zeros((len(rows), services.embedder.dimension), dtype=np.float32)
    for place, row in enumerate(rows):
        vectors[place] = row.vector
    return Demand(
        signals=[row.signal for row in rows],
        subjects=[row.subject for row in rows],
        vectors=vectors,
        marks=[row.marks for row in rows],
        verdicts=verdicts,
        covered=sorted(covered, key=lambda one: one.signal.id),
    )


def asked_since(
    services: Services, kept: KeptQuestions, since: datetime, progress: Progress | None = None
) -> tuple[list[DemandSignal], Vectors]:
    """All demand from then on with its vectors, also what is answered by now or was written down."""
    parts = questions(services, kept, settled=True, since=since, progress=progress)
    asked = [(one.signal, one.vector) for part in parts for one in part]
    asked.sort(key=lambda one: one[0].id)
    vectors = np.zeros((len(asked), services.embedder.dimension), dtype=np.float32)
    for place, (_, vector) in enumerate(asked):
        vectors[place] = vector
    return [signal for signal, _ in asked], vectors


def _row(one: Asked, signal: DemandSignal) -> _Row:
    # What was taken apart is not kept: of a hundred thousand questions it would fill the memory.
    return _Row(signal, one.query.subject, one.vector, marks_of(one.prepared, one.signal.at))


def _failed(nearest: Nearest, vector: Vectors, failed: Sequence[FailedAnswer]) -> bool:
    """Whether the record was to answer the gap that the question falls into, and did not."""
    return any(
        answer.by == nearest.resolution and float(vector @ np.asarray(answer.middle)) >= FALLS_INTO for answer in failed
    )
