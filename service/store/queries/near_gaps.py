"""Which open gap a question falls into."""

from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Text, cast, func, select
from sqlmodel import Session, col

from pipelines.domain.gaps import UNSOLVED
from pipelines.ports import Vectors
from service.store.ids import gap_name
from service.store.queries import gaps
from service.store.queries.deliveries import ERASURES
from service.store.remembered_gaps import REMEMBERED_GAPS, Middles, RememberedGaps
from service.store.tables import GapReportRow, GapRow, InstallationRow

_UNSOLVED = frozenset(status.value for status in UNSOLVED)


class NearGap(NamedTuple):
    """`tickets`: how many the newest report has in it."""

    name: str
    title: str
    owner: str | None
    tickets: int


def nearest(session: Session, model_id: str, vector: Vectors, at_least: float) -> NearGap | None:
    """The open gap whose middle is nearest to the vector and at least so near; None where there is none."""
    changed, newest, report, erasures = session.connection().execute(_STATE).one()
    remembered: RememberedGaps = session.info[REMEMBERED_GAPS]
    state = (model_id, changed, newest, erasures)
    middles = remembered.middles(state)
    if middles is None:
        middles = _middles(session, model_id)
        remembered.keep_middles(state, middles)
    for number in middles.nearest(vector, at_least):
        gap = gaps.load(session, number)
        if gap is not None and gap.status in _UNSOLVED and gap.merged_into is None:
            name = gap_name(number)
            return NearGap(name, gap.title, gap.owner, _tickets(session, remembered, name, (report, erasures)))
    return None


def _middles(session: Session, model_id: str) -> Middles:
    rows = session.execute(
        select(col(GapRow.id), col(GapRow.centroid))
        .where(
            col(GapRow.model_id) == model_id,
            col(GapRow.centroid).is_not(None),
            col(GapRow.merged_into).is_(None),
            col(GapRow.status).in_(sorted(_UNSOLVED)),
        )
        .order_by(col(GapRow.id))
    ).all()
    middles = np.array([np.frombuffer(middle, dtype="<f4") for _, middle in rows if middle], dtype=np.float32)
    return Middles(np.array([number for number, _ in rows], dtype=np.int64), middles)


def _tickets(session: Session, remembered: RememberedGaps, name: str, state: Any) -> int:
    found = remembered.tickets(state)
    if found is None:
        latest = gaps.latest_report(session)
        found = {gap["id"]: len(gap["tickets"]) for gap in latest.report["gaps"]} if latest else {}
        remembered.keep_tickets(state, found)
    return found.get(name, 0)


_STATE = select(
    # Apart, so that each is one look into an index.
    select(func.max(col(GapRow.updated_at))).scalar_subquery(),
    select(func.max(col(GapRow.id))).scalar_subquery(),
    select(func.max(col(GapReportRow.id))).scalar_subquery(),
    select(cast(col(InstallationRow.value), Text)).where(col(InstallationRow.key) == ERASURES).scalar_subquery(),
)
