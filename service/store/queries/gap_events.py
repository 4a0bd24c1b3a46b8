"""The history of gaps: every move, by whom, when and why. Rows are added and never changed, but by erasure."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from pipelines.domain.gaps import GapEventKind
from service.store.tables import GapEventRow


class EventRecord(NamedTuple):
    """`what`: the owner, title, gap or record that the move is about."""

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
