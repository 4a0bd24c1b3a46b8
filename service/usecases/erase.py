"""Erases a ticket: from what is served at once, and from the files they are kept in as soon as these can be rewritten.

Two steps. `erase_ticket` is one transaction, after which nothing serves the ticket. `rewrite_data`, a job queued by
that transaction, writes the database anew without what was deleted; the vector index is built anew by its own job,
since one process owns it. An hour later a second look catches what was being written while the ticket was erased.
"""

import hmac
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import structlog

from pipelines.domain.errors import NotFound
from pipelines.domain.tickets import TicketKey
from pipelines.retrieve.documents import views
from service.store import jobs
from service.store.engine import Database
from service.store.queries import access, articles, deliveries, erasure, resolutions, tickets, work
from service.store.rewrite import rewrite
from service.store.session import Session
from service.usecases import clock, kept_questions
from service.usecases.article_candidates import as_record
from service.usecases.erase_articles import forget_in_articles
from service.usecases.erase_gaps import forget_in_gaps
from service.usecases.erase_resolutions import ErasedTicket, rewrite_resolutions
from service.usecases.erase_words import CustomersWords
from service.usecases.index import REINDEX_JOB
from service.usecases.kept_neighbours import NeighbourFile

REWRITE_JOB = "rewrite"
AGAIN = "again"
AGAIN_AFTER = timedelta(hours=1)
SALT = "erasure_salt"
ERASED_ACTION = "ticket.erased"
_NOW = "now"
_AT_ONCE = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: the resolutions that stand with less than before, and the searches that went with it."""

    resolutions: tuple[str, ...]
    searches: int
    index_pending: bool


def erase_ticket(
    db: Database, key: TicketKey, data_dir: Path, actor: str, *, rewrite_in: timedelta = timedelta(0)
) -> Erased:
    """Delete a ticket and all that was made of it; resolutions keep what is not the customer's.

    Queues the rewriting of the files, `rewrite_in` from now: a caller who does it itself gives that a head start.
    Raises NotFound.
    """
    with db.write() as session:
        number = erasure.lock(session, key)
        if number is None:
            raise NotFound(f"There is no ticket {str(key)[:300]!r}.")
        ticket = tickets.load(session, number).ticket
        messages = erasure.every_message(session, number)
        beside = erasure.resolutions_beside(session, number)
        words = CustomersWords(ticket, messages, erasure.elsewhere(session, number))
        erased = ErasedTicket(key, words, messages, erasure.drafts_of(session, number))
        in_articles = forget_in_articles(db, session, str(key), words, list(beside))
        changed = rewrite_resolutions(db, session, erased, beside)
        pasted = [s.id for s in erasure.searches(session) if words.pasted(s.subject, s.body)]
        searches = sorted({*erasure.asked_on(session, number), *pasted})
        erasure.delete_searches(session, searches)
        erasure.delete_ticket(session, number)
        forget_in_gaps(session, words.masked)
        now = clock.now()
        access.audit(session, actor, ERASED_ACTION, erased_subject(session, key), now)
        deliveries.set_fact(session, deliveries.ERASURES, secrets.token_hex(8))
        index_pending = bool(changed or in_articles)
        _queue(session, now + rewrite_in, index=index_pending)
    forget_in_rejects(data_dir, key)
    NeighbourFile(data_dir).forget()
    kept_questions.forget(data_dir)
    log.info("ticket.erased", ticket=number, resolutions=len(changed), searches=len(searches))
    return Erased(resolutions=tuple(changed), searches=len(searches), index_pending=index_pending)


def _queue(session: Session, at: datetime, *, index: bool) -> None:
    if index:
        jobs.enqueue(session, REINDEX_JOB, "all", dedupe_key=REINDEX_JOB, priority=20)
    jobs.enqueue(session, REWRITE_JOB, _NOW, dedupe_key=f"{REWRITE_JOB}:{_NOW}", run_at=at)


def erased_subject(session: Session, key: TicketKey) -> str:
    """How the audit trail names an erased ticket: a hash with this installation's salt.

    Who knows a ticket's name can ask whether it was erased; nobody can read names off the trail.
    """
    salt = deliveries.fact(session, SALT)
    if salt is None:
        salt = secrets.token_hex(32)
        deliveries.set_fact(session, SALT, salt)
    return f"ticket/{hmac.new(bytes.fromhex(salt), str(key).encode(), sha256).hexdigest()[:32]}"


def rewrite_data(db: Database, claimed: jobs.Claimed | None = None) -> None:
    """The `rewrite` job: drop kept embeddings of what is not there any more, and write the files anew.

    The second look, an hour later, leaves the files alone where it finds nothing. Raises Unavailable.
    """
    with db.write() as session:
        found = forget_in_gaps(session)
    found = _forget_vectors(db) > 0 or found
    again = claimed is not None and claimed.subject == AGAIN
    if found or not again:
        rewrite(db)
    with db.write() as session:
        if claimed is not None:
            jobs.complete(session, claimed)
        else:
            work.finish_queued(session, f"{REWRITE_JOB}:{_NOW}")
        if not again:
            # A gap report or an embedding under way during the erasure may have been written after it.
            key, at = f"{REWRITE_JOB}:{AGAIN}", clock.now() + AGAIN_AFTER
            jobs.enqueue(session, REWRITE_JOB, AGAIN, dedupe_key=key, run_at=at)
    log.info("data.rewritten", again=again, found=found)


def _forget_vectors(db: Database) -> int:
    """Keep the embeddings of records as they stand; all others can be made again from what is still there."""
    with db.read() as session:
        wanted = {sha256(text.encode()).hexdigest() for text in _embedded(session)}
    with db.write() as session:
        return erasure.keep_vectors(session, wanted)


def _embedded(session: Session) -> Iterator[str]:
    numbers = erasure.resolution_numbers(session)
    for start in range(0, len(numbers), _AT_ONCE):
        for record in resolutions.load_many(session, numbers[start : start + _AT_ONCE]):
            yield from views(record.resolution.content).values()
    for article in articles.published(session):
        yield from views(as_record(article).content).values()


def forget_in_rejects(data_dir: Path, key: TicketKey) -> int:
    """Drop rejected lines that name the ticket from rejects files in the data directory; returns how many.

    Others lie beside the files that were imported, where this program does not look.
    """
    named = json.dumps(json.dumps(key.id))[1:-1]  # as it stands in a line that was rejected, quoted once more
    dropped = 0
    for path in sorted(data_dir.glob("*rejects.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if named not in line]
        if len(kept) < len(lines):
            dropped += len(lines) - len(kept)
            path.write_text("".join(kept), encoding="utf-8")
    return dropped
