"""The questions of this installation whose answers are known: what tuning learns from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipelines.capture.redact import Redactor
from pipelines.domain.suggestions import Query
from service.store.queries import answered, tickets
from service.store.session import Session
from service.usecases.suggest import ticket_query

Source = tuple[str, int]
"""Where a question was asked: ("ticket", its number) or ("search", the suggestion's number)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that was answered, when it was, and which resolutions were called right."""

    query: Query
    at: datetime
    right: frozenset[int]
    not_these: frozenset[int]
    """Made from the very ticket that asks: they did not exist when it came."""


def answered_questions(session: Session) -> Iterator[tuple[Source, Question]]:
    """Answered questions with where they were asked, oldest first.

    A ticket that was linked and had its suggestion called right counts once.
    """
    made = answered.made_from(session)
    right: dict[Source, set[int]] = {}
    when: dict[Source, datetime] = {}
    queries: dict[Source, Query] = {}
    for link in answered.linked(session):
        _note(right, when, ("ticket", link.ticket), link.resolution, link.at)
    for one in answered.judged(session):
        key = ("ticket", one.ticket) if one.ticket is not None else ("search", one.suggestion)
        if one.right:
            _note(right, when, key, one.resolution, one.at)
            queries.setdefault(key, Query.model_validate(one.query))
    for key in sorted(right, key=lambda k: (when[k], k)):
        kind, number = key
        query = queries.get(key) or query_of_ticket_number(session, number)
        source = made.get(number, set()) if kind == "ticket" else set()
        yield key, Question(query, when[key], frozenset(right[key]), frozenset(source - right[key]))


def _note(
    right: dict[Source, set[int]],
    when: dict[Source, datetime],
    key: Source,
    resolution: int,
    at: datetime,
) -> None:
    right.setdefault(key, set()).add(resolution)
    when.setdefault(key, at)


def query_of_ticket_number(session: Session, number: int) -> Query:
    """What a ticket asked when it was opened, redacted."""
    ticket = tickets.load(session, number).ticket
    query, redactor = ticket_query(ticket), Redactor.for_ticket(ticket)
    texts = {name: getattr(query, name) for name in ("subject", "body", "environment", "version")}
    return query.model_copy(update={name: redactor.redact_text(text) for name, text in texts.items() if text})
