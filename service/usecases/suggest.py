"""Answers a triage question with what solved it before, or says that nothing reliable is known. No LLM on this path."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import InvalidInput, ModelMismatch, NotFound, Unavailable
from pipelines.domain.gaps import DemandKind
from pipelines.domain.storable import storable
from pipelines.domain.suggestions import Answer, Answered, Candidate, Query, Ranked, SuggestionVerdict
from pipelines.domain.tickets import Message, Role, Ticket, TicketKey
from pipelines.gaps.cluster import FALLS_INTO
from pipelines.ports import LexicalHit, VectorHit, Vectors
from pipelines.retrieve.fold import fold
from pipelines.retrieve.fuse import combined, fuse, shortlist
from pipelines.retrieve.inquiries import is_asked
from pipelines.retrieve.query import PreparedQuery, prepare
from pipelines.retrieve.question import LOOKED_AT, told_apart, with_answers
from pipelines.retrieve.rank import answer
from pipelines.retrieve.ranking import ranking_id
from service.store.engine import Database
from service.store.ids import article_numbers, resolution_numbers, suggestion_name
from service.store.queries import article_use, candidates, near_gaps, resolution_links, suggestions, tickets
from service.store.queries.candidates import CandidateRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.article_candidates import Served, served_articles
from service.usecases.services import Services
from service.usecases.views import SuggestionView

VECTOR_HITS = 150
"""A resolution has up to three vectors; what is not served falls out afterwards."""

LEXICAL_HITS = 40
READ = 40
"""Resolutions read from SQL and ranked for one question."""

ALL_READ = 200
"""The same where a filter will take many of them out again."""

OPENING = timedelta(hours=1)
"""How long after a ticket's first message the customer's own words still belong to its opening."""

LONGEST_QUERY = 200_000

LONGEST_FACT = 2_000
"""Characters of a product area, an environment or a version: each is read anew for every candidate."""

MOST_ANSWERS = 10
LONGEST_ANSWER = 200

log = structlog.get_logger(__name__)


def suggest(
    services: Services, query: Query, actor: Actor, ticket: TicketKey | None = None, *, counts: bool = True
) -> SuggestionView:
    """The ranked answer to one query, kept with its features. Raises InvalidInput for an empty or a huge one.

    With `counts` an abstention is kept as a sign of demand; a search that somebody is still typing is none. With the
    index or the embedding model down the answer comes from words alone and says so in `degraded`.
    """
    _refuse_unusable(query)
    found = _ticket(services.db, ticket) if ticket else None
    asked = with_answers(_redacted(_searchable(query), found[1] if found else None))
    prepared = prepare(asked)
    search = partial(services.lexical.search, prepared.sought, LEXICAL_HITS)
    # PostgreSQL searches by itself meanwhile. SQLite searches in this process, where threads take turns: handing the
    # search to another one and waiting for it took longer than it saved.
    searching = services.beside.submit(search) if services.db.dialect == "postgresql" else None
    vector, near, degraded = _nearest(services, prepared)
    # With many clients the threads may all be busy with others' questions: what none has begun is done here.
    words = search() if searching is None or searching.cancel() else searching.result()
    with services.db.read() as session:
        read, articles = _read(session, near, words, ALL_READ if query.product_area else READ)
        found_records, articles = _fused(read, articles, near, words)
        given = answer(
            asked.model_copy(update={"k": max(asked.k, LOOKED_AT)}),
            found_records,
            degraded=degraded,
            prepared=prepared,
            ranking=services.ranking,
            only_area=ticket is None and bool(query.product_area),
        )
        given = told_apart(asked, prepared, given)
        abstained = given.verdict is SuggestionVerdict.ABSTAINED
        near_gap = _gap(session, services, vector) if abstained and vector is not None else None
        shown = [r.candidate.resolution.id for r in (*given.suggestions, *given.near_misses)]
        published = {name: one.published_at for name, one in articles.shown.items() if name in shown}
        changed = {one.resolution.id: one.changed_at for one in read.values() if one.resolution.id in shown}
        since = resolution_links.known_since(session, resolution_numbers(shown)) | published if found else {}
    number = _keep(services, asked, given, actor, found[0] if found else None, counts=counts)
    return SuggestionView(
        id=suggestion_name(number),
        answer=given,
        near_gap=near_gap,
        dates=changed | published,
        appeared=frozenset(name for name, at in since.items() if found and at > found[1].created_at),
        articles={name: one for name, one in articles.shown.items() if name in shown},
        told_by={name: article for name, article in articles.told_by.items() if name in shown},
    )


def query_of_ticket(db: Database, key: TicketKey) -> Query:
    """What a ticket asks: its subject and the customer's first words, environment and version."""
    _, ticket = _ticket(db, key)
    return ticket_query(ticket)


def ticket_query(ticket: Ticket) -> Query:
    """The question in a ticket as it was opened: nothing that came later, and of a very long one its beginning."""
    asked = opening(ticket)
    versions = ticket.fields.get("affects_versions")
    version = versions[0] if isinstance(versions, list) and versions and isinstance(versions[0], str) else None
    environment = ticket.fields.get("environment")
    return Query(
        subject=ticket.subject[:LONGEST_QUERY],
        body=asked.body[: max(0, LONGEST_QUERY - len(ticket.subject))] if asked else "",
        product_area=ticket.product_area[:LONGEST_FACT] if ticket.product_area else None,
        environment=environment[:LONGEST_FACT] if isinstance(environment, str) else None,
        version=version[:LONGEST_FACT] if version else None,
    )


def opening(ticket: Ticket) -> Message | None:
    """The message that opened a ticket, in whatever order it keeps them: the customer's first, if it came at once.

    A chat begins with a greeting. But a ticket that an agent opened is about what the agent wrote: what the customer
    says days later tells how it ended.
    """
    by_time = sorted(ticket.messages, key=lambda m: m.at)
    written = [m for m in by_time if m.role is not Role.SYSTEM] or by_time
    first = next(iter(written), None)
    customers = next((m for m in written if m.role is Role.CUSTOMER), None)
    if first is None or customers is None or customers.at - first.at > OPENING:
        return first
    return customers


def _ticket(db: Database, key: TicketKey) -> tuple[int, Ticket]:
    with db.read() as session:
        record = tickets.find(session, key)
    if record is None:
        raise NotFound(f"There is no ticket {str(key)[:300]!r}.")
    return record.id, record.ticket


def _searchable(query: Query) -> Query:
    """The query without what no database keeps: what is pasted from a console is searched all the same."""
    texts = {name: getattr(query, name) for name in ("subject", "body", "product_area", "environment", "version")}
    answers = tuple(Answered(about=storable(a.about), answer=storable(a.answer)) for a in query.answers)
    return query.model_copy(
        update={name: storable(text) for name, text in texts.items() if text} | {"answers": answers}
    )


def _refuse_unusable(query: Query) -> None:
    if not (query.subject.strip() or query.body.strip()):
        raise InvalidInput("Say what the customer asks: give a ticket, or a subject or a body.")
    if len(query.subject) + len(query.body) > LONGEST_QUERY:
        raise InvalidInput(f"The text is over {LONGEST_QUERY} characters; send what the customer wrote, not the log.")
    for name in ("product_area", "environment", "version"):
        if len(getattr(query, name) or "") > LONGEST_FACT:
            raise InvalidInput(f"{name} is over {LONGEST_FACT} characters; what does not fit belongs in the body.")
    if len(query.answers) > MOST_ANSWERS:
        raise InvalidInput(f"More than {MOST_ANSWERS} answers; send those to the last questions.")
    if not all(is_asked(storable(answered.about)) for answered in query.answers):
        raise InvalidInput("answers: one is to no question that is asked here; send its `about` back as it came.")
    if any(len(answered.about) + len(answered.answer) > LONGEST_ANSWER for answered in query.answers):
        raise InvalidInput(f"An answer is over {LONGEST_ANSWER} characters; send one of the options.")


def _redacted(query: Query, ticket: Ticket | None) -> Query:
    redactor = Redactor.for_ticket(ticket) if ticket else Redactor()
    texts = {name: getattr(query, name) for name in ("subject", "body", "environment", "version")}
    redacted: dict[str, Any] = {name: redactor.redact_text(text) for name, text in texts.items() if text}
    redacted["answers"] = tuple(
        Answered(about=redactor.redact_text(a.about), answer=redactor.redact_text(a.answer)) for a in query.answers
    )
    if query.product_area:  # a filter: an area may be called like the account, but no area is a key or an address
        redacted["product_area"] = Redactor().redact_text(query.product_area)
    return query.model_copy(update=redacted)


def _nearest(
    services: Services, prepared: PreparedQuery
) -> tuple[Vectors | None, Sequence[VectorHit], tuple[str, ...]]:
    """The query's vector and its neighbours; without them, what is missing."""
    try:
        vector = combined(
            np.stack([services.embedder.embed_query(text) for text in prepared.texts or (prepared.text,)])
        )
    except Unavailable:
        log.warning("suggest.degraded", component="embedder")
        return None, (), ("embedder",)
    try:
        return vector, services.vectors.query(vector, VECTOR_HITS), ()
    except (Unavailable, ModelMismatch):
        log.warning("suggest.degraded", component="index")
        return vector, (), ("index",)


def _read(
    session: Session, near: Sequence[VectorHit], words: Sequence[LexicalHit], limit: int
) -> tuple[Mapping[int, CandidateRecord], Served]:
    """The likeliest whose visibility and state SQL vouches for, whatever the index still holds; articles apart."""
    names = shortlist(near, words, limit)
    return candidates.load(session, resolution_numbers(names)), served_articles(session, names)


def _fused(
    read: Mapping[int, CandidateRecord], articles: Served, near: Sequence[VectorHit], words: Sequence[LexicalHit]
) -> tuple[tuple[Candidate, ...], Served]:
    """The candidates; where an article stands in for the resolutions it was made from, it says so."""
    found = fuse(
        near,
        words,
        {**{record.resolution.id: record.resolution for record in read.values()}, **articles.records},
        track_records={
            **{record.resolution.id: record.track_record for record in read.values()},
            **articles.track_records,
        },
    )
    if not articles.records:
        return found, articles
    kept, told_by = fold(found, articles.sources)
    return kept, articles.model_copy(update={"told_by": told_by})


def _gap(session: Session, services: Services, vector: Vectors) -> Mapping[str, Any] | None:
    """The known open gap that the question falls into."""
    found = near_gaps.nearest(session, services.embedder.model_id, vector, FALLS_INTO)
    return {"id": found.name, "title": found.title, "owner": found.owner, "tickets": found.tickets} if found else None


def _keep(services: Services, asked: Query, given: Answer, actor: Actor, ticket_id: int | None, *, counts: bool) -> int:
    """Keep the answer, so that it can be explained later; where it counts, an abstention is a sign of demand."""
    now = clock.now()
    # Not waited for until it is on the disk: losing power may lose what was shown last, never what was said of it.
    with services.db.note() as session:
        number = suggestions.add(
            session,
            ticket_id=ticket_id,
            query=asked.model_dump(mode="json"),
            verdict=given.verdict.value,
            degraded=given.degraded,
            answer={
                "threshold": given.threshold,
                "suggestions": [_kept(r) for r in given.suggestions],
                "near_misses": [_kept(r) for r in given.near_misses],
                "question": given.question.model_dump(mode="json") if given.question else None,
            },
            model_id=services.embedder.model_id,
            ranking_id=ranking_id(services.ranking),
            actor_id=actor.id,
            now=now,
        )
        if counts and given.suggestions:
            recommended = [r.candidate.resolution.id for r in given.suggestions]
            suggestions.count_shown(session, resolution_numbers(recommended))
            article_use.count_shown(session, article_numbers(recommended))
        if counts and given.verdict is SuggestionVerdict.ABSTAINED:
            suggestions.add_signal(
                session,
                DemandKind.ABSTENTION,
                f"{asked.subject}\n{asked.body}".strip()[:4000],
                now,
                ticket_id=ticket_id,
                suggestion_id=number,
                product_area=asked.product_area,
            )
    return number


def _kept(ranked: Ranked) -> dict[str, Any]:
    candidate = ranked.candidate
    return {
        "resolution_id": candidate.resolution.id,
        "version": candidate.resolution.version,
        "rank": ranked.rank,
        "score": ranked.score,
        "probability": ranked.probability,
        "similarity": candidate.similarity,
        "lexical": candidate.lexical,
        "applicability": ranked.applicability.verdict.value,
        "why": ranked.applicability.why,
        "features": {name: round(value, 6) for name, value in ranked.features.items() if value},
        "reasons": [reason.model_dump() for reason in ranked.reasons],
        "track_record": candidate.track_record.model_dump(),
    }
