"""Reads the questions that gap reports are made of: each ticket and search once, redacted, with its vector.

Part by part, because there may be a hundred thousand: a part is read, taken apart and embedded before the next.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np

from pipelines.capture.offsets import edited
from pipelines.capture.redact import Redactor
from pipelines.domain.gaps import DemandSignal
from pipelines.domain.suggestions import Query
from pipelines.domain.tickets import Ticket
from pipelines.gaps.demand import signal_of_ticket
from pipelines.ports import Vectors
from pipelines.retrieve.fuse import combined
from pipelines.retrieve.query import PreparedQuery, prepare
from service.store.queries import demand, tickets
from service.store.queries.demand import SearchRecord, Showing
from service.store.queries.tickets import TicketRecord
from service.usecases import clock
from service.usecases.embedding import embed_cached
from service.usecases.kept_questions import Edits, KeptQuestions
from service.usecases.services import Services
from service.usecases.suggest import ticket_query

LONGEST_QUESTION = 4000

AT_ONCE = 250
"""Questions read between two looks at how far it is, and at whether to go on: seconds where none was embedded yet."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much. What it raises ends the work."""


class Asked(NamedTuple):
    """A sign of demand and the question in it. `vector`: as triage makes it."""

    signal: DemandSignal
    query: Query
    prepared: PreparedQuery
    vector: Vectors

    @property
    def digest(self) -> str:
        """Names what is asked and when: what answers it depends on nothing else of it."""
        told = f"{self.signal.at.isoformat()}\n{self.query.model_dump_json()}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]


def questions(
    services: Services,
    kept: KeptQuestions,
    *,
    settled: bool = False,
    since: datetime | None = None,
    progress: Progress | None = None,
) -> Iterator[list[Asked]]:
    """Every sign of demand, in parts. `settled`: also tickets whose answer is written down; `since`: asked since."""
    with services.db.read() as session:
        showing = demand.showing(session, settled=settled, since=since)
        searches = [each for each in demand.of_searches(session) if since is None or each.at >= since]
    done, todo = 0, len(showing.numbers) + len(searches)
    for some in _parts(showing.numbers):
        with services.db.read() as session:
            records = tickets.load_many(session, some)
        yield _with_vectors(services, _of_tickets(records, showing, kept, settled=settled))
        done += len(some)
        if progress:
            progress("reading questions", done, todo)
    for found in _parts(searches):
        yield _with_vectors(services, [_of_search(search) for search in found])
        done += len(found)
        if progress:
            progress("reading questions", done, todo)


_T = TypeVar("_T")


def _parts(whole: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(whole), AT_ONCE):
        yield whole[start : start + AT_ONCE]


def _of_tickets(
    records: Sequence[TicketRecord], showing: Showing, kept: KeptQuestions, *, settled: bool
) -> list[tuple[DemandSignal, Query]]:
    now = clock.now()
    found = []
    for record in records:
        edits = kept.redacted(record.content_sha256[:32], partial(_edits, record.ticket))
        query = _redacted(_asked(record.ticket), edits)
        text = f"{query.subject}\n{query.body}"
        state = "" if settled else record.capture_state.value
        signal = signal_of_ticket(record.ticket, state, text, now, showing.signs(record))
        if signal is not None:
            found.append((signal, query))
    return found


def question_of(ticket: Ticket) -> Query:
    """What a ticket asked, redacted, and of a very long question its beginning."""
    return _redacted(_asked(ticket), _edits(ticket))


def question_of_search(text: str, area: str | None) -> Query:
    subject, _, body = text.partition("\n")
    return Query(subject=subject, body=body, product_area=area)


def vectors_of(services: Services, prepared: Sequence[PreparedQuery]) -> list[Vectors]:
    """The vector of each question, as triage makes it."""
    texts = [one.texts or ("",) for one in prepared]
    flat = iter(embed_cached(services.db, services.embedder, [text for each in texts for text in each]))
    return [combined(np.stack([next(flat) for _ in each])) for each in texts]


def _asked(ticket: Ticket) -> Query:
    whole = ticket_query(ticket)
    return whole.model_copy(update={"body": whole.body[:LONGEST_QUESTION]})


def _edits(ticket: Ticket) -> Edits:
    redactor, asked = Redactor.for_ticket(ticket), _asked(ticket)
    return redactor.edits(asked.subject), redactor.edits(asked.body)


def _redacted(asked: Query, edits: Edits) -> Query:
    in_subject, in_body = edits
    texts = {"subject": edited(asked.subject, in_subject), "body": edited(asked.body, in_body)}
    return asked.model_copy(update=texts)


def _of_search(search: SearchRecord) -> tuple[DemandSignal, Query]:
    signal = DemandSignal(
        id=f"search/{search.id}", kind=search.kind, at=search.at, product_area=search.product_area, text=search.text
    )
    return signal, question_of_search(search.text, search.product_area)


def _with_vectors(services: Services, found: Sequence[tuple[DemandSignal, Query]]) -> list[Asked]:
    prepared = [prepare(query) for _, query in found]
    vectors = vectors_of(services, prepared)
    return [Asked(*one, ready, vector) for one, ready, vector in zip(found, prepared, vectors, strict=True)]
