"""The `doctor` command: what is configured, reachable, pending and broken. Reads only, takes no lock."""

import importlib.util
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from pipelines.domain.errors import PrecedentError
from service.container import open_database
from service.index_lock import holder
from service.learned_model import learned_facts
from service.settings import Settings
from service.store import jobs
from service.store.engine import Database
from service.usecases.inspect import pending
from service.usecases.tune import ranking_in_use


class Finding(NamedTuple):
    """One line of the report. state: ok | note | broken."""

    state: str
    about: str
    what: str


def examine(settings: Settings, write: Callable[[str], None], *, retry_dead: bool = False) -> int:
    """Write the findings; returns how many are broken."""
    broken = 0
    for finding in _findings(settings, retry_dead=retry_dead):
        write(f"{finding.state:<7}{finding.about:<12}{finding.what}")
        broken += finding.state == "broken"
    return broken


def _findings(settings: Settings, *, retry_dead: bool) -> Iterator[Finding]:
    yield Finding("ok", "data", str(settings.data_dir.resolve()))
    yield from _model(settings)
    yield _ranking(settings)
    yield from _index(settings)
    yield from _llm(settings)
    yield from _webhook(settings)
    try:
        with open_database(settings) as db:
            yield Finding("ok", "database", f"{db.dialect}, newest schema")
            if retry_dead:
                with db.write() as session:
                    yield Finding("ok", "jobs", f"{jobs.retry_dead(session)} given up before are queued anew")
            yield from _work(db)
    except (PrecedentError, OSError, sqlite3.Error) as error:
        told = error.strerror if isinstance(error, OSError) else None
        yield Finding("broken", "database", told or str(error).splitlines()[0])
    except Exception as error:  # noqa: BLE001 - a driver's error of any kind is the finding
        yield Finding("broken", "database", f"{type(error).__name__}: cannot be reached or read")


def _model(settings: Settings) -> Iterator[Finding]:
    name = Path(settings.embedding_model).name
    try:
        facts = learned_facts(settings)
    except PrecedentError as error:
        yield Finding("broken", "embedding", str(error))
        return
    if facts:
        gain = f"{facts['before']:.3f} to {facts['after']:.3f}"
        yield Finding("ok", "embedding", f"{name}, taught here on {facts['learned_at']} (reciprocal rank {gain})")
        return
    places = (settings.model_dir / name, settings.data_dir / "models" / name)
    there = next((place for place in places if (place / "manifest.json").is_file()), None)
    if there:
        yield Finding("ok", "embedding", f"{name}, exported")
    elif importlib.util.find_spec("sentence_transformers"):
        yield Finding("note", "embedding", f"{name} is not exported yet; the next start does it")
    else:
        yield Finding("broken", "embedding", f"{name} is not exported; run `make install`")


def _ranking(settings: Settings) -> Finding:
    try:
        found = ranking_in_use(settings.data_dir)
    except PrecedentError as error:
        return Finding("broken", "ranking", str(error))
    if found.learned_at is None:
        return Finding("ok", "ranking", "as it comes with the program; `precedent tune` learns from outcomes")
    own = found.ranking.full.area_thresholds
    areas = "; thresholds: " + ", ".join(f"{area} {line:.2f}" for area, line in sorted(own.items())) if own else ""
    return Finding("ok", "ranking", f"learned here from {found.questions} questions on {found.learned_at}{areas}")


def _index(settings: Settings) -> Iterator[Finding]:
    if settings.chroma_url:
        import httpx  # noqa: PLC0415

        host = urlsplit(settings.chroma_url).netloc
        try:
            httpx.get(f"{settings.chroma_url.rstrip('/')}/api/v2/heartbeat", timeout=5).raise_for_status()
        except httpx.HTTPError as error:
            yield Finding("broken", "index", f"Chroma at {host} does not answer ({type(error).__name__})")
        else:
            yield Finding("ok", "index", f"Chroma server at {host}")
        return
    try:
        pid = holder(settings.data_dir)
    except OSError as error:
        yield Finding("broken", "index", f"{settings.data_dir} cannot be used: {error.strerror}")
        return
    yield Finding("ok", "index", "embedded Chroma" + (f", in use by process {pid}" if pid else ", not in use"))


def _llm(settings: Settings) -> Iterator[Finding]:
    if not settings.llm_model:
        yield Finding("ok", "summariser", "offline; no LLM is called (PRECEDENT_LLM_MODEL is not set)")
        return
    where = urlsplit(settings.llm_base_url).netloc if settings.llm_base_url else "the public OpenAI endpoint"
    key = "with a key" if settings.llm_api_key else "without a key"
    yield Finding("ok", "summariser", f"LLM {settings.llm_model} at {where}, {key}; offline when it fails for good")
    if settings.llm_base_url:
        import httpx  # noqa: PLC0415

        try:
            httpx.get(f"{settings.llm_base_url.rstrip('/')}/models", timeout=5)
        except httpx.HTTPError as error:
            yield Finding("broken", "summariser", f"{where} cannot be reached ({type(error).__name__})")


def _webhook(settings: Settings) -> Iterator[Finding]:
    configured = "a secret is configured" if settings.webhook_secret_generic else "no secret, so it answers 403"
    yield Finding("ok", "webhook", f"generic: {configured}")


def _work(db: Database) -> Iterator[Finding]:
    found = pending(db)
    waiting = ", ".join(f"{n} {kind}" for kind, n in sorted(found.waiting.items())) or "none"
    running = ", ".join(f"{n} {kind}" for kind, n in sorted(found.running.items())) or "none"
    yield Finding("ok", "jobs", f"waiting: {waiting}; running: {running}")
    for job in found.dead:
        yield Finding("broken", "jobs", f"job {job.id} ({job.kind} of {job.subject}) was given up: {job.error_code}")
    if found.dead:
        yield Finding("note", "jobs", "`precedent doctor --retry-dead` queues them anew")
    state = "note" if found.unindexed else "ok"
    yield Finding(state, "index", f"{found.unindexed} resolutions wait to be indexed")
    yield Finding(
        "ok", "queue", f"{found.drafts_awaiting} drafts await an agent, {found.needs_manual} to be written by hand"
    )
