"""What erasing a ticket reads, rewrites and deletes. Called by service.usecases.erase* alone."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, cast
from sqlmodel import Session, col, delete, exists, or_, select, update

from pipelines.domain.drafts import DraftContent
from pipelines.domain.gaps import GapEventKind
from pipelines.domain.resolutions import Confidence, ResolutionContent
from pipelines.domain.tickets import Message, TicketKey
from service.store.queries import article_use, linked_returns
from service.store.tables import (
    ConfirmationRow,
    DemandSignalRow,
    DraftRow,
    GapEventRow,
    GapPinRow,
    GapReportRow,
    GapRow,
    MessageRow,
    ResolutionRow,
    ResolutionVersionRow,
    ReuseKind,
    ReuseRow,
    ReviewRow,
    SuggestionOutcomeRow,
    SuggestionRow,
    TextVectorRow,
    TicketRow,
    WorkInProgressRow,
)
from service.store.ticket_rows import message_from_row

_AT_ONCE = 500


class VersionText(NamedTuple):
    version: int
    content: ResolutionContent
    why: str | None


class Search(NamedTuple):
    """A question asked at triage without naming a ticket."""

    id: int
    subject: str
    body: str


class Snapshot(NamedTuple):
    id: int
    report: dict[str, Any]


def lock(session: Session, key: TicketKey) -> int | None:
    """The ticket's number, with the ticket and its drafts held until the unit of work ends; None: there is none.

    Drafts first, as deciding on one takes them.
    """
    named = (col(TicketRow.source) == key.source, col(TicketRow.external_id) == key.id)
    drafts = select(DraftRow.id).where(TicketRow.id == DraftRow.ticket_id, *named).order_by(col(DraftRow.id))
    session.exec(drafts.with_for_update(of=DraftRow)).all()
    return session.exec(select(TicketRow.id).where(*named).with_for_update()).one_or_none()


def every_message(session: Session, number: int) -> list[Message]:
    """Every body a ticket's messages ever had, in the order of the thread."""
    rows = session.exec(
        select(MessageRow)
        .where(MessageRow.ticket_id == number)
        .order_by(col(MessageRow.at), col(MessageRow.position), col(MessageRow.revision))
    )
    return [message_from_row(row) for row in rows]


def drafts_of(session: Session, number: int) -> list[DraftContent]:
    rows = session.exec(select(DraftRow.content).where(DraftRow.ticket_id == number).order_by(col(DraftRow.id)))
    return [DraftContent.model_validate(content) for content in rows]


def resolutions_beside(session: Session, number: int) -> dict[int, bool]:
    """The resolutions that the ticket touched, and whether each was made from it; held until the unit of work ends."""
    used = session.exec(select(ReuseRow.resolution_id, ReuseRow.kind).where(ReuseRow.ticket_id == number)).all()
    decided = session.exec(
        select(ConfirmationRow.resolution_id)
        .where(DraftRow.id == ConfirmationRow.draft_id, DraftRow.ticket_id == number)
        .where(col(ConfirmationRow.resolution_id).is_not(None))
    )
    found = {resolution: False for resolution in decided if resolution is not None}
    for resolution, kind in used:
        found[resolution] = found.get(resolution, False) or kind == ReuseKind.SOURCE.value
    for resolution in sorted(found):
        session.exec(select(ResolutionRow.id).where(ResolutionRow.id == resolution).with_for_update()).one_or_none()
    return dict(sorted(found.items()))


def versions_of(session: Session, resolution: int) -> list[VersionText]:
    """Every version of a resolution, oldest first."""
    rows = session.exec(
        select(ResolutionVersionRow)
        .where(ResolutionVersionRow.resolution_id == resolution)
        .order_by(col(ResolutionVersionRow.version))
    )
    return [VersionText(row.version, ResolutionContent.model_validate(row.content), row.why) for row in rows]


def rewrite_version(session: Session, resolution: int, version: VersionText) -> None:
    """Put other words into a version that was meant to stay as it is: only erasure does."""
    session.exec(
        update(ResolutionVersionRow)
        .where(
            col(ResolutionVersionRow.resolution_id) == resolution,
            col(ResolutionVersionRow.version) == version.version,
        )
        .values(content=version.content.model_dump(mode="json"), why=version.why)
    )


def archive(session: Session, resolution: int) -> None:
    """Take a resolution that answers nothing any more out of service."""
    session.exec(
        update(ResolutionRow).where(col(ResolutionRow.id) == resolution).values(confidence=Confidence.ARCHIVED.value)
    )


def elsewhere(session: Session, number: int) -> Callable[[str], bool]:
    """Tells whether any other customer's ticket, or a resolution that none of this customer's touched, holds a word."""
    row = session.get_one(TicketRow, number)
    named = (
        (TicketRow.account_id, row.account_id),
        (TicketRow.account_name, row.account_name),
        (TicketRow.reporter, row.reporter),
    )
    same = [col(column) == value for column, value in named if value]
    theirs = select(TicketRow.id).where(or_(col(TicketRow.id) == number, *same))
    beside = select(ReuseRow.resolution_id).where(col(ReuseRow.ticket_id).in_(theirs))
    content = cast(ResolutionVersionRow.content, Text)

    def held(word: str) -> bool:
        places = (
            exists().where(col(TicketRow.id).not_in(theirs), col(TicketRow.subject).icontains(word, autoescape=True)),
            exists().where(
                col(ResolutionVersionRow.resolution_id).not_in(beside), content.icontains(word, autoescape=True)
            ),
            exists().where(
                col(MessageRow.ticket_id).not_in(theirs), col(MessageRow.body).icontains(word, autoescape=True)
            ),
        )
        return bool(session.exec(select(or_(*places))).one())

    return held


def searches(session: Session) -> Iterator[Search]:
    """Every kept question that names no ticket."""
    rows = session.execute(
        select(SuggestionRow.id, SuggestionRow.query).where(col(SuggestionRow.ticket_id).is_(None))
    ).yield_per(_AT_ONCE)
    for number, query in rows:
        yield Search(number, str(query.get("subject") or ""), str(query.get("body") or ""))


def delete_searches(session: Session, numbers: Sequence[int]) -> None:
    """Suggestions with their outcomes and the demand they showed."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = list(numbers[start : start + _AT_ONCE])
        session.exec(delete(DemandSignalRow).where(col(DemandSignalRow.suggestion_id).in_(some)))
        session.exec(delete(SuggestionOutcomeRow).where(col(SuggestionOutcomeRow.suggestion_id).in_(some)))
        article_use.forget(session, suggestions=some)
        session.exec(delete(SuggestionRow).where(col(SuggestionRow.id).in_(some)))


def asked_on(session: Session, number: int) -> list[int]:
    """Suggestions asked on the ticket, or said afterwards to have been about it."""
    asked = session.exec(select(SuggestionRow.id).where(SuggestionRow.ticket_id == number))
    told = session.exec(
        select(SuggestionOutcomeRow.suggestion_id).where(SuggestionOutcomeRow.ticket_id == number).distinct()
    )
    of_articles = article_use.asked_on(session, number)
    return sorted({found for found in (*asked, *told, *of_articles) if found is not None})


def delete_ticket(session: Session, number: int) -> None:
    """The ticket with its messages, drafts, decisions, what agents had typed, uses and demand."""
    ticket = session.get_one(TicketRow, number)
    linked_returns.forget(session, number, ticket.source, ticket.external_id)
    drafts = select(DraftRow.id).where(DraftRow.ticket_id == number)
    article_use.forget(session, ticket_id=number)
    for of_draft in (ConfirmationRow, WorkInProgressRow):
        session.exec(delete(of_draft).where(col(of_draft.draft_id).in_(drafts)))
    for row in (DraftRow, ReuseRow, DemandSignalRow, GapPinRow, MessageRow):
        session.exec(delete(row).where(col(row.ticket_id) == number))
    # What speaks against a resolution still does, but not for whom, nor on which version they said.
    session.exec(update(ReviewRow).where(col(ReviewRow.ticket_id) == number).values(ticket_id=None, version=None))
    session.exec(delete(TicketRow).where(col(TicketRow.id) == number))


def ticket_names(session: Session) -> set[str]:
    """Every ticket that there is, as SOURCE/ID."""
    return {
        f"{source}/{external}" for source, external in session.exec(select(TicketRow.source, TicketRow.external_id))
    }


def search_names(session: Session) -> set[str]:
    """Every search that showed demand, as gap reports name it."""
    numbers = session.exec(select(DemandSignalRow.id).where(col(DemandSignalRow.ticket_id).is_(None)))
    return {f"search/{number}" for number in numbers}


def snapshots(session: Session) -> Iterator[Snapshot]:
    """Every gap report, oldest first."""
    numbers = session.exec(select(GapReportRow.id).order_by(col(GapReportRow.id))).all()
    for number in numbers:
        row = session.get_one(GapReportRow, number)
        yield Snapshot(number or 0, row.report)
        session.expunge(row)


def rewrite_snapshot(session: Session, snapshot: Snapshot) -> None:
    session.exec(update(GapReportRow).where(col(GapReportRow.id) == snapshot.id).values(report=snapshot.report))


class GapText(NamedTuple):
    number: int
    title: str
    note: str | None
    named_by: str | None


class MoveText(NamedTuple):
    """What one move of a gap's history says in somebody's words: a new title, or why."""

    id: int
    gap: int
    actor: str
    title: str | None
    why: str | None


def gaps_with_text(session: Session) -> list[GapText]:
    """What every gap says in words."""
    rows = session.exec(select(GapRow).order_by(col(GapRow.id)))
    return [GapText(row.id or 0, row.title, row.dismissed_reason, row.named_by) for row in rows]


def moves_with_text(session: Session) -> list[MoveText]:
    """What the history of every gap says in words."""
    renamed = GapEventRow.kind == GapEventKind.RENAMED.value
    rows = session.exec(select(GapEventRow).where(or_(renamed, col(GapEventRow.why).is_not(None))))
    return [
        MoveText(
            row.id or 0, row.gap_id, row.actor_name, row.what if row.kind == GapEventKind.RENAMED else None, row.why
        )
        for row in rows
    ]


def rewrite_move(session: Session, move: MoveText) -> None:
    """Put other words into a move that was meant to stay as it is: only erasure does."""
    row = session.get_one(GapEventRow, move.id)
    row.what, row.why = (move.title if move.title is not None else row.what), move.why
    session.add(row)


def change_gap(session: Session, number: int, values: Mapping[str, Any], now: datetime) -> None:
    """Set any of title, who gave it, note (`dismissed_reason`) and centroid."""
    session.exec(update(GapRow).where(col(GapRow.id) == number).values(**values, updated_at=now))


def unanswered_searches(session: Session) -> list[str]:
    """The texts of the demand that no ticket carries."""
    return list(session.exec(select(DemandSignalRow.text).where(col(DemandSignalRow.ticket_id).is_(None))))


def keep_vectors(session: Session, hashes: Collection[str]) -> int:
    """Delete kept embeddings of all texts but those with these hashes; returns how many."""
    known = session.exec(select(TextVectorRow.text_sha256).distinct()).all()
    gone = sorted(set(known) - set(hashes))
    for start in range(0, len(gone), _AT_ONCE):
        session.exec(delete(TextVectorRow).where(col(TextVectorRow.text_sha256).in_(gone[start : start + _AT_ONCE])))
    return len(gone)


def resolution_numbers(session: Session) -> list[int]:
    return [number for number in session.exec(select(ResolutionRow.id).order_by(col(ResolutionRow.id))) if number]
