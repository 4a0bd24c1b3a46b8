"""Opens a gap again when the record that closed it is taken away from its readers."""

from datetime import datetime

import structlog

from pipelines.domain.gaps import ANSWERED, GapEventKind, GapStatus
from service.store.ids import gap_name
from service.store.queries import gap_events, gaps
from service.store.session import Session

log = structlog.get_logger(__name__)


def reopen_gaps_of(session: Session, by: str, actor_name: str, now: datetime, why: str) -> None:
    """Within the caller's transaction: every gap that this record closed is an open question again."""
    for number in gaps.closed_by(session, by):
        reopen_gap_in(session, number, by, actor_name, now, why)


def reopen_gap_in(session: Session, number: int, by: str, actor_name: str, now: datetime, why: str) -> bool:
    """Within the caller's transaction: the gap that this record closed is an open question again.

    A gap that is part of another opens that one. False where another record answers it by now, or none does.
    """
    record = gaps.load(session, number, lock=True)
    while record is not None and record.merged_into is not None:
        record = gaps.load(session, record.merged_into, lock=True)
    if record is None or record.closed_by != by or GapStatus(record.status) not in ANSWERED:
        return False
    status = GapStatus.ASSIGNED if record.owner else GapStatus.OPEN
    gaps.change(session, record.id, {"status": status.value, "closed_by": None, "closed_at": None}, now)
    gap_events.add(session, record.id, GapEventKind.REOPENED, actor_name, now, what=by, why=why)
    log.info("gap.reopened", gap=gap_name(record.id), by=by)
    return True
