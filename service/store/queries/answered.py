"""Questions of this installation that somebody answered: what the ranking can learn from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

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
    """A ticket that an agent linked to a resolution when it was closed."""

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
    """Links that stand, oldest first, without those that put the ticket's own words into the resolution.

    A record that was given the question's words is found by them, which teaches nothing.
    """
    rows = session.exec(
        select(ReuseRow)
        .where(ReuseRow.kind == ReuseKind.LINKED.value, col(ReuseRow.outcome).in_(GOOD))
        .order_by(col(ReuseRow.at), col(ReuseRow.id))
    ).all()
    numbers = {row.resolution_id for row in rows}
    versions = session.exec(
        select(ResolutionVersionRow.resolution_id, ResolutionVersionRow.at).where(
            col(ResolutionVersionRow.resolution_id).in_(numbers)
        )
    )
    revised = set(versions)
    return [
        LinkedTicket(row.ticket_id, row.resolution_id, row.at)
        for row in rows
        if (row.resolution_id, row.at) not in revised
    ]


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


def created(session: Session) -> dict[int, datetime]:
    """When each resolution was first confirmed."""
    rows = session.exec(
        select(ResolutionVersionRow.resolution_id, ResolutionVersionRow.at).where(ResolutionVersionRow.version == 1)
    )
    return dict(rows.all())


def made_from(session: Session) -> dict[int, set[int]]:
    """The resolutions that were made from each ticket."""
    found: dict[int, set[int]] = {}
    rows = session.exec(
        select(ReuseRow.ticket_id, ReuseRow.resolution_id).where(ReuseRow.kind == ReuseKind.SOURCE.value)
    )
    for ticket, resolution in rows:
        found.setdefault(ticket, set()).add(resolution)
    return found
