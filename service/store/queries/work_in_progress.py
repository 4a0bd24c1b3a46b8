"""What agents typed on drafts and have not decided yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, delete

from service.store.tables import WorkInProgressRow


class WorkRecord(NamedTuple):
    """`serial` counts the savings from 1; `writer` is the browser window that saved last."""

    answers: dict[str, str]
    draft_revision: int
    serial: int
    writer: str
    saved_at: datetime


def load(session: Session, draft_id: int, user_id: int) -> WorkRecord | None:
    row = session.get(WorkInProgressRow, (draft_id, user_id))
    return WorkRecord(dict(row.answers), row.draft_revision, row.serial, row.writer, row.saved_at) if row else None


def keep(
    session: Session, draft_id: int, user_id: int, answers: Mapping[str, str], revision: int, writer: str, now: datetime
) -> int:
    """Put this in place of what the user had typed; returns its serial. The caller holds the draft."""
    row = session.get(WorkInProgressRow, (draft_id, user_id))
    serial = row.serial + 1 if row else 1
    session.merge(
        WorkInProgressRow(
            draft_id=draft_id,
            user_id=user_id,
            draft_revision=revision,
            answers=dict(answers),
            serial=serial,
            writer=writer,
            saved_at=now,
        )
    )
    return serial


def forget(session: Session, draft_id: int, user_id: int) -> None:
    session.exec(
        delete(WorkInProgressRow).where(
            col(WorkInProgressRow.draft_id) == draft_id, col(WorkInProgressRow.user_id) == user_id
        )
    )
