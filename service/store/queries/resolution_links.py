"""What connects resolutions with one another, with their former versions, and with the tickets they came from."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from pipelines.domain.resolutions import ResolutionContent
from service.store.ids import resolution_name
from service.store.tables import ResolutionRow, ResolutionVersionRow, ReuseKind, ReuseRow, TicketRow


def hand_over(session: Session, number: int, into: int) -> None:
    """Supersede a resolution: its uses and how often it was shown go to the other, where they are not there already."""
    held = session.exec(select(ReuseRow).where(ReuseRow.resolution_id == into)).all()
    known = {(use.ticket_id, use.kind == ReuseKind.SOURCE) for use in held}  # a ticket is one use, linked or suggested
    for use in session.exec(select(ReuseRow).where(ReuseRow.resolution_id == number)).all():
        if (use.ticket_id, use.kind == ReuseKind.SOURCE) not in known:
            use.resolution_id = into
            session.add(use)
    row, kept = session.get_one(ResolutionRow, number), session.get_one(ResolutionRow, into)
    kept.shown, row.shown, row.superseded_by = kept.shown + row.shown, 0, into
    session.add_all([row, kept])


def known_since(session: Session, numbers: Sequence[int]) -> dict[str, datetime]:
    """When the first ticket that each was made from closed, by the resolution's name."""
    rows = session.exec(
        select(ReuseRow.resolution_id, func.min(TicketRow.closed_at))
        .where(col(ReuseRow.resolution_id).in_(numbers), ReuseRow.kind == ReuseKind.SOURCE.value)
        .where(TicketRow.id == ReuseRow.ticket_id)
        .group_by(col(ReuseRow.resolution_id))
    )
    return {resolution_name(number): at for number, at in rows if at is not None}


def at_versions(session: Session, wanted: Sequence[tuple[int, int]]) -> dict[int, ResolutionContent]:
    """The content of each (number, version) that there is, by number."""
    rows = session.exec(
        select(ResolutionVersionRow).where(
            col(ResolutionVersionRow.resolution_id).in_([number for number, _ in wanted])
        )
    )
    asked = set(wanted)
    return {
        row.resolution_id: ResolutionContent.model_validate(row.content)
        for row in rows
        if (row.resolution_id, row.version) in asked
    }
