"""Open tickets that ask the same: the third customer today with one symptom is news. Apart from the answer."""

from collections.abc import Sequence

import numpy as np
import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import Unavailable
from pipelines.domain.suggestions import Query
from pipelines.domain.tickets import Ticket, TicketKey
from pipelines.ports import Vectors
from pipelines.retrieve.fuse import combined
from pipelines.retrieve.query import prepare
from service.store.queries import tickets
from service.usecases.embedding import embed_cached
from service.usecases.services import Services
from service.usecases.suggest import LONGEST_QUERY, ticket_query
from service.usecases.tickets import line
from service.usecases.views_suggestions import SimilarTicket

COMPARED = 200
"""The newest open tickets that are compared. Each is embedded once; a gap report has done most of them already."""

ALIKE = 0.5
"""Cosine from which on two questions are shown as one symptom. Of the demo's 47 pairs of tickets with one problem it
shows 21, and of nearly 2,000 other pairs 11, most of which look alike for good reason."""

SHOWN = 5
_LONGEST = 4000

log = structlog.get_logger(__name__)


def similar_open(services: Services, query: Query, ticket: TicketKey | None = None) -> tuple[SimilarTicket, ...]:
    """The open tickets nearest to a question, except the one that asks it; none while the model is out of reach."""
    text = f"{query.subject}{query.body}".strip()
    if not text or len(text) > LONGEST_QUERY:
        return ()
    with services.db.read() as session:
        found = tickets.newest_open(session, COMPARED)
    others = [(shown, one) for shown, one in found if one.key != ticket]
    own = next((one for _, one in found if one.key == ticket), None)
    if not others:
        return ()
    try:
        asked = _vectors(services, [_redacted(query, own)])[0]
        known = _vectors(services, [_redacted(ticket_query(one), one) for _, one in others])
    except Unavailable:
        log.warning("similar.degraded", component="embedder")
        return ()
    cosines = known @ asked
    near = [int(place) for place in np.argsort(-cosines, kind="stable")[:SHOWN] if cosines[place] >= ALIKE]
    return tuple(SimilarTicket(ticket=line(others[i][0]), similarity=round(float(cosines[i]), 4)) for i in near)


def _redacted(query: Query, ticket: Ticket | None) -> Query:
    """Subject and body as gap reports embed them, so that both find the same kept vectors."""
    redactor = Redactor.for_ticket(ticket) if ticket else Redactor()
    return Query(subject=redactor.redact_text(query.subject), body=redactor.redact_text(query.body[:_LONGEST]))


def _vectors(services: Services, queries: Sequence[Query]) -> Vectors:
    texts = [prepare(query).texts or ("",) for query in queries]
    flat = iter(embed_cached(services.db, services.embedder, [text for each in texts for text in each]))
    return np.stack([combined(np.stack([next(flat) for _ in each])) for each in texts])
