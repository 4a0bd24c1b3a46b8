"""The articles of the demo, drafted from its confirmed records and published by its invented KB manager."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pipelines.domain.articles import ArticleStatus
from pipelines.domain.resolutions import Audience
from pipelines.domain.tickets import TicketKey
from service.store.ids import resolution_name
from service.store.queries import drafts, tickets
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor, UserRole
from service.usecases.article_status import publish_article, submit_article
from service.usecases.articles import articles_from_resolution
from service.usecases.services import Services
from service.usecases.start_article import start_from_resolutions

WRITTEN = timedelta(days=1)
"""How long after the last of its tickets was closed an article of the demo was written."""


def publish_demo_article(services: Services, kept: Mapping[str, Any]) -> None:
    """Draft, hand in and publish one article; an interrupted start goes on where it was."""
    editor = Actor(name=kept["editor"], role=UserRole.KB_MANAGER)
    with services.db.read() as session:
        made = [_made_from(session, key) for key in kept["tickets"]]
    names = [name for name, _ in made]
    with clock.as_of(max(at for _, at in made) + WRITTEN):
        begun = articles_from_resolution(services.db, names[0])
        if begun:
            article, version, status = begun[0].id, begun[0].version, begun[0].status
        else:
            view = start_from_resolutions(services, names, Audience(kept["audience"]), editor, kept["title"])
            article, version, status = view.article.id, view.article.version, view.article.status
        if status == ArticleStatus.DRAFT:
            version = submit_article(services.db, article, editor, version).article.version
        if status in (ArticleStatus.DRAFT, ArticleStatus.IN_REVIEW):
            publish_article(services.db, article, editor, version)


def _made_from(session: Session, key: str) -> tuple[str, datetime]:
    """The resolution that a ticket left, and when the ticket closed."""
    number = tickets.number_of(session, TicketKey.parse(key))
    assert number is not None  # noqa: S101 - imported before
    closed = tickets.load(session, number).ticket.closed_at
    decided = [c.resolution_id for d in drafts.of_ticket(session, number) for c in drafts.confirmations(session, d.id)]
    resolution = next(one for one in decided if one is not None)
    assert closed is not None  # noqa: S101 - its draft was decided on
    return resolution_name(resolution), closed
