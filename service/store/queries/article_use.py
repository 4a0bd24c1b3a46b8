"""What became of published articles at triage: shown, and what agents said of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, func, or_, select, update

from pipelines.domain.articles import ArticleContent
from pipelines.domain.suggestions import Outcome, TrackRecord
from pipelines.domain.tickets import TicketStatus
from service.store.ids import article_name, resolution_name
from service.store.tables import ArticleOutcomeRow, ArticleRow, ArticleSourceRow, ArticleVersionRow, TicketRow


def sources(session: Session, numbers: Sequence[int]) -> dict[int, list[str]]:
    """The resolutions that each article was drafted from, by the article's number."""
    found: dict[int, list[str]] = {}
    rows = session.exec(
        select(ArticleSourceRow.article_id, ArticleSourceRow.resolution_id)
        .where(col(ArticleSourceRow.article_id).in_(numbers))
        .order_by(col(ArticleSourceRow.article_id), col(ArticleSourceRow.resolution_id))
    )
    for article, resolution in rows:
        found.setdefault(article, []).append(resolution_name(resolution))
    return found


def count_shown(session: Session, numbers: Sequence[int]) -> None:
    """Note that these were recommended to somebody. Being shown is no success."""
    if numbers:
        session.exec(update(ArticleRow).where(col(ArticleRow.id).in_(numbers)).values(shown=ArticleRow.shown + 1))


def outcomes(session: Session, suggestion_id: int) -> dict[str, str]:
    """The latest outcome of each article of a suggestion, by its name."""
    said = session.exec(
        select(ArticleOutcomeRow.article_id, ArticleOutcomeRow.outcome)
        .where(ArticleOutcomeRow.suggestion_id == suggestion_id)
        .order_by(col(ArticleOutcomeRow.id))
    )
    return {article_name(number): outcome for number, outcome in said}


def called_wrong(session: Session) -> dict[str, int]:
    """How often agents called each article wrong, by its name."""
    rows = session.exec(
        select(ArticleOutcomeRow.article_id, func.count())
        .where(ArticleOutcomeRow.outcome == Outcome.WRONG.value)
        .group_by(col(ArticleOutcomeRow.article_id))
    )
    return {article_name(number): count for number, count in rows}


def track_records(session: Session, numbers: Sequence[int]) -> dict[int, TrackRecord]:
    """How each fared on tickets, of several words on one ticket by the last. It held where the ticket is closed."""
    shown = dict(session.exec(select(ArticleRow.id, ArticleRow.shown).where(col(ArticleRow.id).in_(numbers))).all())
    rows = session.exec(
        select(ArticleOutcomeRow, TicketRow.status)
        .where(col(ArticleOutcomeRow.article_id).in_(numbers), TicketRow.id == ArticleOutcomeRow.ticket_id)
        .order_by(col(ArticleOutcomeRow.id))
    )
    last = {(row.article_id, row.ticket_id): (row.outcome, status) for row, status in rows}
    counts = {number: {"reused": 0, "held": 0, "failed": 0, "open": 0} for number in numbers}
    for (number, _), (outcome, status) in last.items():
        if outcome != Outcome.NOT_RELEVANT.value:
            counts[number]["reused"] += 1
            counts[number][_fared(outcome, status)] += 1
    return {number: TrackRecord(shown=shown.get(number, 0), **tally) for number, tally in counts.items()}


def _fared(outcome: str, status: str) -> str:
    if outcome == Outcome.WRONG.value:
        return "failed"
    return "held" if status == TicketStatus.CLOSED.value else "open"


def solved_by(session: Session, number: int, since: datetime) -> frozenset[str]:
    """Tickets opened since then of which the last that was said of the article is that it fixed them or helped."""
    rows = session.exec(
        select(TicketRow.source, TicketRow.external_id, ArticleOutcomeRow.outcome)
        .where(
            ArticleOutcomeRow.article_id == number,
            TicketRow.id == ArticleOutcomeRow.ticket_id,
            TicketRow.created_at >= since,
        )
        .order_by(col(ArticleOutcomeRow.id))
    )
    last = {f"{source}/{external}": outcome for source, external, outcome in rows}
    return frozenset(name for name, outcome in last.items() if outcome in (Outcome.FIXED, Outcome.HELPED))


def at_versions(session: Session, wanted: Sequence[tuple[int, int]]) -> dict[str, str]:
    """The title of each (number, version) that there is, by the article's name."""
    rows = session.exec(
        select(ArticleVersionRow).where(col(ArticleVersionRow.article_id).in_([number for number, _ in wanted]))
    )
    asked = set(wanted)
    return {
        article_name(row.article_id): ArticleContent.model_validate(row.content).title
        for row in rows
        if (row.article_id, row.version) in asked
    }


def unindexed(session: Session) -> list[int]:
    """Published articles of which the index lacks the version that readers are served."""
    behind = or_(
        col(ArticleRow.indexed_version).is_(None),
        col(ArticleRow.indexed_version) != col(ArticleRow.published_version),
    )
    rows = session.exec(select(ArticleRow.id).where(col(ArticleRow.published_version).is_not(None), behind))
    return sorted(number for number in rows if number is not None)


def indexed_versions(session: Session) -> dict[int, int | None]:
    """Number and indexed version of every article that readers are served."""
    rows = session.exec(
        select(ArticleRow.id, ArticleRow.indexed_version).where(col(ArticleRow.published_version).is_not(None))
    )
    return {number: version for number, version in rows if number is not None}


def asked_on(session: Session, ticket_id: int) -> set[int]:
    """Suggestions of which somebody said that an article was used on this ticket."""
    return set(
        session.exec(select(ArticleOutcomeRow.suggestion_id).where(ArticleOutcomeRow.ticket_id == ticket_id).distinct())
    )


def forget(session: Session, *, ticket_id: int | None = None, suggestions: Sequence[int] = ()) -> None:
    """Delete what was said on a ticket or of some suggestions."""
    session.exec(
        delete(ArticleOutcomeRow).where(
            or_(col(ArticleOutcomeRow.suggestion_id).in_(suggestions), col(ArticleOutcomeRow.ticket_id) == ticket_id)
        )
    )
