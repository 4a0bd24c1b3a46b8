"""The history of gaps: every move, by whom, when and why. Rows are added and never changed, but by erasure."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
from sqlmodel import Session, col, select

from pipelines.domain.gaps import UNSOLVED, GapEventKind
from pipelines.ports import Vectors
from service.store.tables import GapEventRow, GapRow


class EventRecord(NamedTuple):
    """`what`: the owner, title, gap or record that the move is about, or how many tickets were added."""

    kind: GapEventKind
    by: str
    at: datetime
    what: str | None
    why: str | None


def add(
    session: Session,
    gap: int,
    kind: GapEventKind,
    by: str,
    now: datetime,
    *,
    what: str | None = None,
    why: str | None = None,
) -> None:
    session.add(GapEventRow(gap_id=gap, kind=kind.value, actor_name=by, what=what, why=why, at=now))


def of_gap(session: Session, number: int) -> list[EventRecord]:
    """The moves of a gap, oldest first."""
    rows = session.exec(select(GapEventRow).where(GapEventRow.gap_id == number).order_by(col(GapEventRow.id)))
    return [EventRecord(GapEventKind(row.kind), row.actor_name, row.at, row.what, row.why) for row in rows]


def between(session: Session, after: datetime, until: datetime) -> dict[int, list[GapEventKind]]:
    """What was done to gaps after one moment and up to another, oldest first, by the gap's number."""
    rows = session.exec(
        select(GapEventRow.gap_id, GapEventRow.kind)
        .where(GapEventRow.at > after, GapEventRow.at <= until)
        .order_by(col(GapEventRow.id))
    )
    found: dict[int, list[GapEventKind]] = {}
    for gap, kind in rows:
        found.setdefault(gap, []).append(GapEventKind(kind))
    return found


class FailedAnswer(NamedTuple):
    """A record that closed a gap whose demand did not fall; `middle` is the gap's."""

    gap: int
    by: str
    middle: Vectors


def failed_answers(session: Session, model_id: str, watcher: str) -> list[FailedAnswer]:
    """The records that last closed a gap which the watch has reopened and nobody has closed or dismissed since.

    `watcher`: the name under which it does so.
    """
    rows = session.exec(
        select(GapEventRow, GapRow)
        .where(GapRow.id == GapEventRow.gap_id, GapEventRow.kind == GapEventKind.REOPENED.value)
        .where(GapEventRow.actor_name == watcher)
        .where(col(GapEventRow.what).is_not(None), col(GapRow.status).in_(list(UNSOLVED)))
        .where(GapRow.model_id == model_id, col(GapRow.centroid).is_not(None))
        .order_by(col(GapEventRow.id))
    )
    last = {gap.id or 0: (event.what or "", gap.centroid or b"") for event, gap in rows}
    return [FailedAnswer(gap, by, np.frombuffer(middle, dtype="<f4")) for gap, (by, middle) in last.items()]
