"""The ledger of gaps, and the immutable reports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from sqlmodel import Session, col, select

from pipelines.domain.gaps import GapStatus
from pipelines.ports import Vectors
from service.store.tables import GapReportRow, GapRow


class GapRecord(NamedTuple):
    id: int
    title: str
    type: str
    status: str
    owner: str | None
    note: str | None
    centroid: Vectors | None
    model_id: str | None


class ReportRecord(NamedTuple):
    id: int
    built_at: datetime
    window_start: datetime | None
    window_end: datetime
    inputs_sha256: str
    report: Mapping[str, Any]


def known(session: Session, model_id: str) -> list[GapRecord]:
    """Every gap with a centroid of this model, oldest first; dismissed ones too, so that they stay dismissed."""
    rows = session.exec(select(GapRow).where(GapRow.model_id == model_id).order_by(col(GapRow.id)))
    return [_record(row) for row in rows]


def add(session: Session, title: str, kind: str, centroid: Vectors, model_id: str, now: datetime) -> int:
    row = GapRow(
        title=title,
        type=kind,
        status=GapStatus.OPEN.value,
        centroid=np.asarray(centroid, dtype="<f4").tobytes(),
        model_id=model_id,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def move_centroid(session: Session, number: int, centroid: Vectors, now: datetime) -> None:
    row = session.get_one(GapRow, number)
    row.centroid, row.updated_at = np.asarray(centroid, dtype="<f4").tobytes(), now
    session.add(row)


def load(session: Session, number: int) -> GapRecord | None:
    row = session.get(GapRow, number)
    return _record(row) if row else None


def change(session: Session, number: int, values: Mapping[str, Any], now: datetime) -> None:
    """Set any of title, status, owner and note."""
    row = session.get_one(GapRow, number)
    columns = {"note": "dismissed_reason"}
    for key, value in values.items():
        setattr(row, columns.get(key, key), value)
    row.updated_at = now
    session.add(row)


def add_report(
    session: Session,
    built_at: datetime,
    window: tuple[datetime | None, datetime],
    inputs_sha256: str,
    report: Mapping[str, Any],
) -> int:
    row = GapReportRow(
        built_at=built_at,
        window_start=window[0],
        window_end=window[1],
        inputs_sha256=inputs_sha256,
        report=dict(report),
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    return row.id


def latest_report(session: Session) -> ReportRecord | None:
    row = session.exec(select(GapReportRow).order_by(col(GapReportRow.id).desc()).limit(1)).one_or_none()
    if row is None or row.id is None:
        return None
    return ReportRecord(row.id, row.built_at, row.window_start, row.window_end, row.inputs_sha256, row.report)


def _record(row: GapRow) -> GapRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    centroid = np.frombuffer(row.centroid, dtype="<f4") if row.centroid else None
    return GapRecord(row.id, row.title, row.type, row.status, row.owner, row.dismissed_reason, centroid, row.model_id)
