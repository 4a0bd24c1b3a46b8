"""Embeds resolutions and keeps the vector index in step with SQL, which is the truth."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from pipelines.domain.errors import IndexUnavailable, ModelMismatch
from pipelines.domain.resolutions import Resolution
from pipelines.ports import VectorRecord
from pipelines.retrieve.documents import ANSWER_VIEW, PROBLEM_VIEW, TITLE_VIEW, WORDING_VIEWS, views
from service.store import jobs
from service.store.engine import Database
from service.store.ids import resolution_name, resolution_number
from service.store.queries import articles, resolutions
from service.store.queries.resolutions import ResolutionRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.embedding import embed_cached
from service.usecases.index_articles import (
    index_pending_articles,
    of_article,
    put_articles_words,
    repair_articles,
)
from service.usecases.lexical_text import put_lexical, put_missing_words
from service.usecases.services import Services

INDEX_JOB = "index"
REINDEX_JOB = "reindex"
SWEEP_JOB = "sweep"
SWEEP_EVERY = timedelta(hours=1)
PROBE = 10
"""Neighbours asked for, to see whether the index finds what it lists."""

SWEEP_AGAIN = timedelta(minutes=5)
JOBS_KEPT = timedelta(days=7)
AT_ONCE = 256
"""Resolutions embedded and written together: Chroma's writes are costly one by one."""

VIEWS = (TITLE_VIEW, PROBLEM_VIEW, ANSWER_VIEW)
"""What nearly every record has; further wordings of the problem come on top."""

Facts = Mapping[str, str | int | float | bool]

log = structlog.get_logger(__name__)


def queue_index(db: Database, session: Session, resolution: Resolution) -> None:
    """Make a changed resolution findable: by words with this transaction, by meaning through a job."""
    number = resolution_number(resolution.id)
    put_lexical(db, session, resolution)
    jobs.enqueue(session, INDEX_JOB, str(number), dedupe_key=f"{INDEX_JOB}:{number}", priority=10)


def index_resolution(services: Services, claimed: jobs.Claimed) -> None:
    """The `index` job: one resolution, unless an earlier job of a batch has done it."""
    with services.db.read() as session:
        record = resolutions.load(session, int(claimed.subject))
    done = [record] if record is not None and record.indexed_version != record.resolution.version else []
    _write(services, done)
    with services.db.write() as session:
        jobs.complete(session, claimed)
        resolutions.mark_indexed(session, [(r.number, r.resolution.version) for r in done])


def index_pending(services: Services, limit: int | None = None) -> int:
    """Bring every resolution that SQL has and the index lacks into the index; returns how many records were written.

    Raises Stopping between two batches.
    """
    total = 0
    after = 0
    while limit is None or total < limit:
        services.go_on()
        with services.db.read() as session:
            batch = resolutions.unindexed(session, AT_ONCE, after)
        if not batch:
            break
        _write(services, batch)
        with services.db.write() as session:
            resolutions.mark_indexed(session, [(r.number, r.resolution.version) for r in batch])
        after = batch[-1].number
        total += len(batch)
    return total


def queue_sweep(session: Session, run_at: datetime | None = None) -> None:
    """Have the index compared with SQL: when a worker starts, and every hour after."""
    jobs.enqueue(session, SWEEP_JOB, "index", dedupe_key=SWEEP_JOB, run_at=run_at)


def sweep_index(services: Services, claimed: jobs.Claimed) -> None:
    """The `sweep` job: repair drift, drop what is left of old jobs, and queue the next sweep."""
    if put_missing_words(services.db):
        put_articles_words(services.db)
    try:
        repaired = repair_index(services)
    except ModelMismatch:
        # Another embedding model was configured since: its vectors have to be made.
        repaired = reindex(services)
    except IndexUnavailable:
        if not services.settings.embedded_index:
            # The server is away, and what it holds may be whole. However long that lasts, somebody has to look again.
            log.warning("index.unreachable")
            _sweep_next(services, claimed, SWEEP_AGAIN)
            return
        # The files are nobody else's, and nothing in them is the only copy.
        log.warning("index.damaged")
        repaired = reindex(services)
    _sweep_next(services, claimed, SWEEP_EVERY)
    if repaired:
        log.info("index.repaired", repaired=repaired)


def _sweep_next(services: Services, claimed: jobs.Claimed, later: timedelta) -> None:
    now = clock.now()
    with services.db.write() as session:
        jobs.complete(session, claimed)
        jobs.prune_jobs(session, now - JOBS_KEPT)
        queue_sweep(session, now + later)


def repair_index(services: Services) -> int:
    """Write what the index lacks, take out what SQL does not serve; returns how much there was to do."""
    # First the index, then SQL: what is confirmed in between is missing from the former, and is no stray.
    everything = list(services.vectors.facts())
    # Facts and graph lie in different files: without its graph Chroma finds next to nothing, and calls that fine.
    if len(services.vectors.query(services.embedder.embed_query("ready"), PROBE)) < min(PROBE, len(everything)):
        log.warning("index.damaged")
        return reindex(services)
    held = [(name, facts) for name, facts in everything if not of_article(facts)]
    with services.db.read() as session:
        wanted = resolutions.served_versions(session)
        stray = [identifier for identifier, facts in held if int(facts.get("resolution", 0)) not in wanted]
        lost = _answering(session, _incomplete(held, wanted))
    if stray:
        services.vectors.delete(stray)
    if lost:
        with services.db.write() as session:
            resolutions.mark_lost(session, lost)
    of_articles = repair_articles(services, [(name, facts) for name, facts in everything if of_article(facts)])
    return len(stray) + index_pending(services) + of_articles


def _incomplete(held: Sequence[tuple[str, Facts]], wanted: Mapping[int, int | None]) -> list[int]:
    """The resolutions said to be indexed of which the index lacks a view at that version."""
    views_held: Counter[int] = Counter()
    views_meant: dict[int, int] = {}
    for _, facts in held:
        number = int(facts.get("resolution", 0))
        if facts.get("version") == wanted.get(number):
            views_held[number] += 1
            views_meant[number] = int(facts.get("views", len(VIEWS)))
    return [
        number
        for number, version in wanted.items()
        if version is not None and not 0 < views_meant.get(number, 0) <= views_held[number]
    ]


def _answering(session: Session, numbers: Sequence[int]) -> list[int]:
    """Those that hold an answer: the others are not in the index, and are not missing there."""
    found = []
    for start in range(0, len(numbers), AT_ONCE):
        records = resolutions.load_many(session, numbers[start : start + AT_ONCE])
        found += [r.number for r in records if r.resolution.served]
    return found


def reindex(services: Services, claimed: jobs.Claimed | None = None) -> int:
    """Build the vector index anew from SQL. Texts embedded before are not embedded again."""
    services.vectors.reset()
    with services.db.write() as session:
        resolutions.forget_index(session)
        articles.forget_index(session)
    written = index_pending(services) + index_pending_articles(services)
    if claimed is not None:
        with services.db.write() as session:
            jobs.complete(session, claimed)
    log.info("index.rebuilt", records=written)
    return written


def _write(services: Services, records: Sequence[ResolutionRecord]) -> None:
    """Put these resolutions into the index as they are now; those not served leave it. Idempotent."""
    if not records:
        return
    texts = {
        (r.number, view): text
        for r in records
        if r.resolution.served
        for view, text in views(r.resolution.content).items()
    }
    found = embed_cached(services.db, services.embedder, list(texts.values()))
    versions = {r.number: r.resolution for r in records}
    meant = Counter(number for number, _ in texts)
    written = [
        VectorRecord(
            id=f"{resolution_name(number)}:{view}",
            vector=vector,
            facts={
                "resolution": number,
                "version": versions[number].version,
                "view": view,
                "views": meant[number],
            },
        )
        for ((number, view), _), vector in zip(texts.items(), found, strict=True)
    ]
    present = {record.id for record in written}
    possible = (
        f"{resolution_name(r.number)}:{view}"
        for r in records
        if r.resolution.version > 1
        for view in (*VIEWS, *WORDING_VIEWS)
    )
    if gone := [identifier for identifier in possible if identifier not in present]:
        services.vectors.delete(gone)
    if written:
        services.vectors.upsert(written)
