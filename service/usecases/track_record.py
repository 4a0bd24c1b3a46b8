"""How a resolution held, in full: over time, with its uncertainty, and what speaks against it."""

from datetime import datetime

from pipelines.domain.errors import NotFound
from pipelines.domain.kcs import WITHIN_DAYS
from pipelines.domain.suggestions import Outcome, TrackRecord
from pipelines.retrieve.held import Span, holds, survival
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import held, resolutions, reviews, suggestions
from service.store.queries.held import Reused
from service.usecases import clock
from service.usecases.views_resolutions import ReviewEntry, TrackRecordView

_DAY = 86_400.0


def read_track_record(db: Database, resolution_id: str) -> TrackRecordView:
    """Raises NotFound."""
    number = resolution_number(resolution_id)
    with db.read() as session:
        if resolutions.load(session, number) is None:
            raise NotFound(f"There is no resolution {resolution_id}.")
        uses = held.reused(session, number)
        record: TrackRecord = suggestions.track_records(session, [number])[number]
        asked = reviews.of_resolution(session, number)
        returns = held.count_returns(session, number)
    spans = [span for use in uses if (span := span_of(use, clock.now()))]
    return TrackRecordView(
        counts=record,
        share=holds(record.held, record.failed),
        survival=tuple(survival(spans, day) for day in WITHIN_DAYS) if spans else (),
        watched=len(spans),
        returns=returns,
        reviews=tuple(ReviewEntry(**one._asdict()) for one in asked),
    )


def span_of(use: Reused, now: datetime) -> Span | None:
    """How long a reuse has held: from when its ticket closed. None while the ticket is open for the first time."""
    if use.came_back is not None and use.came_back_days is not None:
        return Span(days=use.came_back_days, failed=True)
    if use.outcome == Outcome.WRONG.value:
        return Span(days=0.0, failed=True)
    if use.closed_at is None:
        return None
    return Span(days=max(0.0, (now - use.closed_at).total_seconds() / _DAY), failed=False)
