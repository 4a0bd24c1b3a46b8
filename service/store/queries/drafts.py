"""Drafts and the decisions on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, func, select, update

from pipelines.domain.confirmations import DecisionKind
from pipelines.domain.drafts import DraftContent, DraftState, Provenance
from service.store.tables import CaptureState, ConfirmationRow, DraftRow, TicketRow, WorkInProgressRow

AWAITING = (DraftState.PENDING.value, DraftState.NEEDS_MANUAL.value)


class DraftRecord(NamedTuple):
    id: int
    ticket_id: int
    closure: int
    part: int
    state: DraftState
    revision: int
    content: DraftContent
    provenance: Provenance
    dedupe: dict[str, Any] | None
    created_at: datetime


class ConfirmationRecord(NamedTuple):
    decision: str
    actor: str
    at: datetime
    seconds: float | None
    edited_fields: tuple[str, ...]
    payload: dict[str, Any]
    resolution_id: int | None
    resolution_version: int | None
    bulk: bool


class TimedRecord(NamedTuple):
    """What one confirmation took. `affirmed_fields` is None where it was not counted."""

    actor: str
    seconds: float | None
    edited_fields: tuple[str, ...]
    affirmed_fields: tuple[str, ...] | None
    provenance: Provenance


class QueueRecord(NamedTuple):
    draft: DraftRecord
    source: str
    external_id: str
    subject: str
    assignee: str | None
    escalated: bool
    closed_at: datetime | None
    parts: int
    """How many drafts the same closing of the ticket has, this one among them."""


def add(
    session: Session,
    ticket_id: int,
    closure: int,
    contents: Sequence[DraftContent],
    provenance: Provenance,
    state: DraftState,
    now: datetime,
    dedupe: Sequence[Mapping[str, Any]] = (),
) -> list[int]:
    """Store the drafts of one closing, one a problem, and supersede what still awaits from earlier closings.

    A closing that has its drafts keeps them: a repeated job adds nothing. Returns the ids of the closing's drafts.
    """
    known = session.exec(
        select(DraftRow.id)
        .where(DraftRow.ticket_id == ticket_id, DraftRow.closure == closure)
        .order_by(col(DraftRow.part))
    ).all()
    if known:
        return [number for number in known if number is not None]
    earlier = (col(DraftRow.ticket_id) == ticket_id, col(DraftRow.closure) < closure)
    session.exec(
        update(DraftRow)
        .where(*earlier, col(DraftRow.state).in_(AWAITING))
        .values(state=DraftState.SUPERSEDED.value, revision=DraftRow.revision + 1, decided_at=now)
    )
    superseded = select(DraftRow.id).where(*earlier)
    session.exec(delete(WorkInProgressRow).where(col(WorkInProgressRow.draft_id).in_(superseded)))
    rows = [
        DraftRow(
            ticket_id=ticket_id,
            closure=closure,
            part=part,
            content=content.model_dump(mode="json"),
            provenance=provenance.model_dump(mode="json"),
            dedupe=dict(dedupe[part]) if part < len(dedupe) else None,
            state=state.value,
            created_at=now,
        )
        for part, content in enumerate(contents)
    ]
    session.add_all(rows)
    session.flush()
    needs = CaptureState.NEEDS_MANUAL if state is DraftState.NEEDS_MANUAL else CaptureState.DRAFTED
    set_capture_state(session, ticket_id, needs)
    return [row.id for row in rows if row.id is not None]


def set_capture_state(session: Session, ticket_id: int, state: CaptureState) -> None:
    session.exec(update(TicketRow).where(col(TicketRow.id) == ticket_id).values(capture_state=state.value))


def load(session: Session, draft_id: int, *, lock: bool = False) -> DraftRecord | None:
    """One draft; with `lock` nobody else decides on it until the unit of work ends."""
    statement = select(DraftRow).where(DraftRow.id == draft_id)
    row = session.exec(statement.with_for_update() if lock else statement).one_or_none()
    return _record(row) if row else None


def of_ticket(session: Session, ticket_id: int) -> list[DraftRecord]:
    """All drafts of a ticket, newest closing first, then by part."""
    rows = session.exec(
        select(DraftRow)
        .where(DraftRow.ticket_id == ticket_id)
        .order_by(col(DraftRow.closure).desc(), col(DraftRow.part))
    )
    return [_record(row) for row in rows]


def decide(session: Session, draft_id: int, state: DraftState, now: datetime) -> None:
    """Move a draft on; its revision, which `If-Match` compares, goes up by one.

    What agents had typed on it goes: it is decided, and theirs is a customer's text that nobody needs any more.
    """
    session.exec(
        update(DraftRow)
        .where(col(DraftRow.id) == draft_id)
        .values(state=state.value, revision=DraftRow.revision + 1, decided_at=now)
    )
    session.exec(delete(WorkInProgressRow).where(col(WorkInProgressRow.draft_id) == draft_id))


def add_confirmation(
    session: Session,
    draft: DraftRecord,
    decision: str,
    payload: Mapping[str, Any],
    *,
    actor_id: int | None,
    actor_name: str,
    seconds: float | None,
    now: datetime,
    edited_fields: Sequence[str] = (),
    affirmed_fields: Sequence[str] = (),
    resolution: tuple[int, int] | None = None,
    bulk: bool = False,
) -> None:
    """Append a decision. `resolution` is the id and version that it made or linked."""
    session.add(
        ConfirmationRow(
            draft_id=draft.id,
            draft_revision=draft.revision,
            decision=decision,
            payload=dict(payload),
            edited_fields=list(edited_fields),
            affirmed_fields=list(affirmed_fields),
            actor_id=actor_id,
            actor_name=actor_name,
            seconds=seconds,
            bulk=bulk,
            resolution_id=resolution[0] if resolution else None,
            resolution_version=resolution[1] if resolution else None,
            at=now,
        )
    )


def confirmations(session: Session, draft_id: int) -> list[ConfirmationRecord]:
    """The decisions on a draft, oldest first."""
    rows = session.exec(
        select(ConfirmationRow).where(ConfirmationRow.draft_id == draft_id).order_by(col(ConfirmationRow.id))
    )
    return [
        ConfirmationRecord(
            row.decision,
            row.actor_name,
            row.at,
            row.seconds,
            tuple(row.edited_fields),
            row.payload,
            row.resolution_id,
            row.resolution_version,
            row.bulk,
        )
        for row in rows
    ]


def confirmed_since(session: Session, since: datetime) -> list[TimedRecord]:
    """The drafts that agents confirmed since then, as proposed or edited."""
    rows = session.exec(
        select(ConfirmationRow, DraftRow.provenance)
        .where(DraftRow.id == ConfirmationRow.draft_id, ConfirmationRow.at >= since)
        .where(col(ConfirmationRow.bulk).is_(False))
        .where(col(ConfirmationRow.decision).in_((DecisionKind.ACCEPTED.value, DecisionKind.EDITED.value)))
    )
    return [
        TimedRecord(
            row.actor_name,
            row.seconds,
            tuple(row.edited_fields),
            None if row.affirmed_fields is None else tuple(row.affirmed_fields),
            Provenance.model_validate(provenance),
        )
        for row, provenance in rows
    ]


def noticed_of(session: Session, resolution: int) -> list[Mapping[str, Any]]:
    """What was noticed of the drafts that were confirmed as this resolution, linked ones left out."""
    rows = session.exec(
        select(DraftRow.dedupe)
        .where(ConfirmationRow.draft_id == DraftRow.id, ConfirmationRow.resolution_id == resolution)
        .where(DraftRow.state == DraftState.CONFIRMED.value)
        .order_by(col(DraftRow.id))
    )
    return [found for found in rows if found]


def queue(
    session: Session, states: Sequence[str], assignee: str | None, before: int | None, limit: int
) -> list[QueueRecord]:
    """Drafts in these states with their tickets, newest first, from below the id `before`."""
    beside = aliased(DraftRow)
    parts = select(func.count(col(beside.id))).where(
        col(beside.ticket_id) == DraftRow.ticket_id, col(beside.closure) == DraftRow.closure
    )
    statement = select(DraftRow, TicketRow, parts.scalar_subquery()).where(TicketRow.id == DraftRow.ticket_id)
    statement = statement.where(col(DraftRow.state).in_(states))
    if assignee is not None:
        statement = statement.where(TicketRow.assignee == assignee)
    if before is not None:
        statement = statement.where(col(DraftRow.id) < before)
    rows = session.exec(statement.order_by(col(DraftRow.id).desc()).limit(limit))
    return [
        QueueRecord(
            _record(draft),
            ticket.source,
            ticket.external_id,
            ticket.subject,
            ticket.assignee,
            ticket.escalated,
            ticket.closed_at,
            count,
        )
        for draft, ticket, count in rows
    ]


def count_by_state(session: Session) -> dict[str, int]:
    return dict(session.exec(select(DraftRow.state, func.count()).group_by(DraftRow.state)).all())


def _record(row: DraftRow) -> DraftRecord:
    assert row.id is not None  # noqa: S101 - rows that were read have one
    return DraftRecord(
        row.id,
        row.ticket_id,
        row.closure,
        row.part,
        DraftState(row.state),
        row.revision,
        DraftContent.model_validate(row.content),
        Provenance.model_validate(row.provenance),
        row.dedupe,
        row.created_at,
    )
