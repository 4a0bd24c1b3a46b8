"""What agents said of the records that were suggested to them: resolutions and articles, each in its own table."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from pipelines.domain.suggestions import Outcome
from service.store.ids import article_name, article_number, is_article, resolution_name, resolution_number
from service.store.tables import ArticleOutcomeRow, SuggestionOutcomeRow


def add(
    session: Session,
    suggestion_id: int,
    name: str,
    outcome: Outcome,
    ticket_id: int | None,
    actor: tuple[int | None, str],
    now: datetime,
) -> None:
    """Keep it of the resolution (R-12) or article (A-3) of that name. `actor`: number and name."""
    said: dict[str, Any] = {
        "suggestion_id": suggestion_id,
        "outcome": outcome.value,
        "ticket_id": ticket_id,
        "actor_id": actor[0],
        "actor_name": actor[1],
        "at": now,
    }
    if is_article(name):
        session.add(ArticleOutcomeRow(article_id=article_number(name), **said))
    else:
        session.add(SuggestionOutcomeRow(resolution_id=resolution_number(name), **said))


def on_ticket(session: Session, ticket_id: int) -> list[tuple[str, str, str]]:
    """What was said on a ticket, of each record oldest first: its name, the outcome and who said it."""
    of_resolutions = session.exec(
        select(SuggestionOutcomeRow)
        .where(SuggestionOutcomeRow.ticket_id == ticket_id)
        .order_by(col(SuggestionOutcomeRow.id))
    )
    of_articles = session.exec(
        select(ArticleOutcomeRow).where(ArticleOutcomeRow.ticket_id == ticket_id).order_by(col(ArticleOutcomeRow.id))
    )
    return [
        *((resolution_name(row.resolution_id), row.outcome, row.actor_name) for row in of_resolutions),
        *((article_name(row.article_id), row.outcome, row.actor_name) for row in of_articles),
    ]
