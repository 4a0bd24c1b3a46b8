"""Questions of this installation that somebody answered: what the ranking can learn from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.suggestions import Outcome
from service.store.tables import (
    ResolutionVersionRow,
    ReuseKind,
    ReuseRow,
    SuggestionOutcomeRow,
    SuggestionRow,
)

GOOD = (Outcome.FIXED.value, Outcome.HELPED.value)


class LinkedTicket(NamedTuple):
    """A ticket that an agent linked to a resolution when it was closed, or made one from."""

    ticket: int
    resolution: int
    at: datetime


class JudgedSuggestion(NamedTuple):
    """A suggested resolution that an agent called right or wrong for a question."""

    query: Mapping[str, Any]
    suggestion: int
    ticket: int | None
    resolution: int
    right: bool
    at: datetime


def linked(session: Session) -> list[LinkedTicket]:
    """Links that stand, oldest first."""
    rows = session.exec(
        select(ReuseRow)
        .where(ReuseRow.kind == ReuseKind.LINKED.value, col(ReuseRow.outcome).in_(GOOD))
        .order_by(col(ReuseRow.at), col(ReuseRow.id))
    )
    return [LinkedTicket(row.ticket_id, row.resolution_id, row.at) for row in rows]


def closed_with_new(session: Session, *, but: str) -> list[LinkedTicket]:
    """Tickets that a resolution was made from, oldest first; `but`: whose doing does not count."""
    rows = session.exec(
        select(ReuseRow)
        .where(ReuseRow.kind == ReuseKind.SOURCE.value, ReuseRow.actor != but)
        .order_by(col(ReuseRow.at), col(ReuseRow.id))
    )
    return [LinkedTicket(row.ticket_id, row.resolution_id, row.at) for row in rows]


def content_before(session: Session, resolution: int, at: datetime) -> ResolutionContent | None:
    """What a resolution said before a moment; None where it did not exist yet."""
    row = session.exec(
        select(ResolutionVersionRow)
        .where(ResolutionVersionRow.resolution_id == resolution, ResolutionVersionRow.at < at)
        .order_by(col(ResolutionVersionRow.version).desc())
        .limit(1)
    ).first()
    return ResolutionContent.model_validate(row.content) if row else None


def judged(session: Session) -> list[JudgedSuggestion]:
    """Outcomes of suggestions, oldest first; of several on one resolution of one suggestion the last."""
    rows = session.exec(
        select(SuggestionOutcomeRow, SuggestionRow)
        .where(SuggestionRow.id == SuggestionOutcomeRow.suggestion_id)
        .order_by(col(SuggestionOutcomeRow.at), col(SuggestionOutcomeRow.id))
    )
    last: dict[tuple[int, int], JudgedSuggestion] = {}
    for outcome, given in rows:
        last[outcome.suggestion_id, outcome.resolution_id] = JudgedSuggestion(
            query=given.query,
            suggestion=outcome.suggestion_id,
            ticket=outcome.ticket_id or given.ticket_id,
            resolution=outcome.resolution_id,
            right=outcome.outcome in GOOD,
            at=outcome.at,
        )
    return sorted(last.values(), key=lambda one: (one.at, one.suggestion, one.resolution))


def made_from(session: Session) -> dict[int, set[int]]:
    """The resolutions that were made from each ticket."""
    found: dict[int, set[int]] = {}
    rows = session.exec(
        select(ReuseRow.ticket_id, ReuseRow.resolution_id).where(ReuseRow.kind == ReuseKind.SOURCE.value)
    )
    for ticket, resolution in rows:
        found.setdefault(ticket, set()).add(resolution)
    return found
