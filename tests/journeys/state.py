"""What an installation holds, read from its database and its index as they lie on the disk."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from sqlmodel import col, func, or_, select

from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.adapters.embedding_files import read_manifest
from service.store.engine import Database
from service.store.ids import resolution_name
from service.store.tables import ConfirmationRow, DraftRow, JobRow, JobState, ResolutionRow, TicketRow

PROBE = 100
"""Neighbours that an index finds, if it holds as many."""

SOON = timedelta(minutes=2)
"""A job that is due later, such as the next sweep, is not waited for."""


def at_rest(database: Database) -> bool:
    """No job is in hand or due soon."""
    due = (col(JobRow.state) == JobState.QUEUED.value) & (col(JobRow.run_at) <= datetime.now(UTC) + SOON)
    with database.read() as session:
        waiting = select(func.count()).where(or_(due, col(JobRow.state) == JobState.RUNNING.value))
        return session.exec(waiting).one() == 0


def jobs_that_failed(database: Database) -> list[tuple[str, str, int, str | None]]:
    """(kind, state, failures, error code) of jobs that any attempt failed of."""
    with database.read() as session:
        rows = session.exec(select(JobRow).where(or_(col(JobRow.failures) > 0, JobRow.state == JobState.DEAD.value)))
        return [(row.kind, row.state, row.failures, row.error_code) for row in rows]


def drafts_of_closings(database: Database) -> Counter[tuple[str, int]]:
    """How many drafts each closing (ticket id, closing) has."""
    with database.read() as session:
        rows = session.exec(
            select(TicketRow.external_id, DraftRow.closure).where(col(DraftRow.ticket_id) == TicketRow.id)
        )
        return Counter((external_id, closure) for external_id, closure in rows)


def closings(database: Database) -> dict[str, int]:
    """How often each ticket has closed."""
    with database.read() as session:
        return dict(session.exec(select(TicketRow.external_id, TicketRow.closures)).all())


def confirmed(database: Database) -> dict[int, list[tuple[int | None, int | None]]]:
    """The resolutions (id, version) that the decisions on each draft made."""
    found: dict[int, list[tuple[int | None, int | None]]] = defaultdict(list)
    with database.read() as session:
        for row in session.exec(select(ConfirmationRow)):
            found[row.draft_id].append((row.resolution_id, row.resolution_version))
    return found


def resolutions(database: Database) -> dict[str, tuple[int, int | None]]:
    """Version and indexed version of each resolution."""
    with database.read() as session:
        rows = session.exec(select(ResolutionRow)).all()
    return {resolution_name(row.id): (row.version, row.indexed_version) for row in rows if row.id is not None}


def indexed(data_dir: Path, model: Path) -> dict[str, int]:
    """The version at which the embedded index holds each resolution, whole; nobody may have the index open."""
    manifest = read_manifest(model)
    index = ChromaIndex.embedded(data_dir / "chroma", manifest.model_id, manifest.dimension)
    try:
        found = min(PROBE, index.count())
        assert found == len(index.query(np.eye(1, manifest.dimension, dtype=np.float32)[0], PROBE))
        return whole(dict(index.facts()))
    finally:
        index.close()


def whole(facts: Mapping[str, Mapping[str, str | int | float | bool]]) -> dict[str, int]:
    """Versions of the resolutions of which every vector is there, and all of one version."""
    held: dict[str, list[Mapping[str, str | int | float | bool]]] = defaultdict(list)
    for identifier, of in facts.items():
        held[identifier.partition(":")[0]].append(of)
    return {
        name: int(views[0]["version"])
        for name, views in held.items()
        if all(view["version"] == views[0]["version"] and view["views"] == len(views) for view in views)
    }
