"""The one place that knows which adapters there are and puts an installation together."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from pipelines.articles.write import Answer, LlmWriter
from pipelines.capture.chat import Chat, ChatMessage
from pipelines.capture.prices import Prices
from pipelines.domain.errors import ConfigurationError, IndexUnavailable
from pipelines.gaps.name import Ask, LlmNamer
from pipelines.ports import Embedder, Summariser, VectorHit, VectorIndex, VectorRecord, Vectors
from pipelines.retrieve.ranking import Ranking
from service.index_lock import IndexLock
from service.settings import Settings
from service.store import jobs
from service.store.engine import Database, open_engine
from service.store.lexical import open_lexical_index
from service.store.schema import migrate
from service.usecases.services import Services

POOL = 40
"""Database connections: as many as handler threads, so that none waits for another's."""

log = structlog.get_logger(__name__)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database at the newest schema. Takes no lock on the data directory."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        engine = open_engine(settings.sql_url, POOL)
    except ValueError as error:
        raise ConfigurationError(f"PRECEDENT_DATABASE_URL cannot be used: {error}") from error
    database = Database(engine)
    try:
        migrate(engine)
        yield database
    finally:
        database.dispose()


@contextmanager
def open_services(settings: Settings, *, worker: bool = False) -> Iterator[Services]:
    """A whole installation, ready for requests; with `worker`, jobs are worked on in this process meanwhile.

    Holds the lock of an embedded index until it is left. Raises IndexLocked and ConfigurationError.
    """
    with ExitStack() as stack:
        if settings.embedded_index:
            stack.enter_context(IndexLock(settings.data_dir))
        db = stack.enter_context(open_database(settings))
        if settings.embedded_index:
            # One process works on the jobs, and this one holds its lock: who had any in hand was killed.
            with db.write() as session:
                jobs.end_leases(session)
        embedder = open_embedder(settings)
        vectors = OpenedOnce(lambda recreate: open_vectors(settings, embedder, recreate=recreate))
        stack.callback(vectors.close)
        summarisers = open_summarisers(settings)
        services = Services(
            settings=settings,
            db=db,
            embedder=embedder,
            vectors=vectors,
            lexical=open_lexical_index(db),
            summariser=summarisers.first,
            fallback=summarisers.fallback,
            writer=open_writer(settings),
            count_tokens=summarisers.count_tokens,
            budget=summarisers.budget,
            ranking=open_ranking(settings, embedder),
            namer=open_namer(settings),
        )
        stack.callback(services.beside.shutdown)
        if worker:
            _start_worker(services, stack)
        yield services


def _start_worker(services: Services, stack: ExitStack) -> None:
    """Jobs are worked on in this process until the stack is left."""
    # Both take a second to load, and the web framework is loaded meanwhile. Readiness waits for them, and says
    # what went wrong; here nobody looks.
    services.beside.submit(services.embedder.embed_query, "ready")
    services.beside.submit(services.vectors.count)
    # All that jobs do, which a command that only needs SQL should not have to load.
    from service.jobs.runner import Worker  # noqa: PLC0415
    from service.usecases.index import queue_sweep  # noqa: PLC0415
    from service.usecases.nightly import queue_nightly  # noqa: PLC0415

    runner = Worker(services)
    services.wake = runner.wake
    services.worker_alive = lambda: runner.alive
    with services.db.write() as session:
        queue_sweep(session)
        queue_nightly(session, services.settings.gaps_at)
    runner.start()
    stack.callback(runner.stop, services.settings.stop_grace)


def open_embedder(settings: Settings) -> Embedder:
    """What `precedent tune --model` learned here, else the exported embedding model.

    It is exported first where `make install` has not (a model set later).
    """
    from pipelines.adapters.onnx_embedder import OnnxEmbedder  # noqa: PLC0415 (numpy)
    from service.learned_model import learned_model  # noqa: PLC0415

    if learned := learned_model(settings):
        return OnnxEmbedder(learned)

    name = Path(settings.embedding_model).name
    places = [settings.model_dir / name, settings.data_dir / "models" / name]
    for place in places:
        if (place / "manifest.json").is_file():
            return OnnxEmbedder(place)
    log.info("model.exporting", model=name)
    # In a process of its own: exporting imports torch, which a server must not carry.
    command = [sys.executable, "-m", "pipelines.adapters.sentence_embedder", "--model", settings.embedding_model]
    places[1].parent.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([*command, str(places[1])], check=False, capture_output=True, text=True)  # noqa: S603
    if made.returncode:
        reason = made.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise ConfigurationError(f"The embedding model {settings.embedding_model} cannot be exported: {reason[0]}")
    return OnnxEmbedder(places[1])


def open_ranking(settings: Settings, embedder: Embedder) -> Ranking:
    """What `precedent tune` learned here, or the ranking that comes with the program; the log says which."""
    from service.usecases.tune import ranking_in_use  # noqa: PLC0415

    found = ranking_in_use(settings.data_dir, embedder.model_id)
    log.info("ranking.opened", learned_at=found.learned_at, questions=found.questions)
    return found.ranking


def open_vectors(settings: Settings, embedder: Embedder, *, recreate: bool = False) -> VectorIndex:
    """The vector index; with `recreate` an empty one in place of what is there, whatever state that is in."""
    from pipelines.adapters.chroma_index import ChromaIndex  # noqa: PLC0415 (chromadb takes a second)

    if settings.chroma_url:
        return ChromaIndex.server(settings.chroma_url, embedder.model_id, embedder.dimension, recreate=recreate)
    return ChromaIndex.embedded(settings.index_dir, embedder.model_id, embedder.dimension, recreate=recreate)


@dataclass(frozen=True, slots=True)
class Summarisers:
    """The summariser, what stands in when it fails for good, and how much of a thread it is given, in tokens."""

    first: Summariser
    fallback: Summariser | None
    count_tokens: Callable[[str], int]
    budget: int


def open_summarisers(settings: Settings, *, only: str | None = None) -> Summarisers:
    """The LLM first only where PRECEDENT_LLM_MODEL is set. `only` forces `offline` or `llm`."""
    from pipelines.adapters.token_count import estimate, token_counter  # noqa: PLC0415
    from pipelines.capture.extract import OfflineSummariser  # noqa: PLC0415

    offline = OfflineSummariser()  # reading by meaning as well brought next to nothing, and took most of the time
    if only == "offline" or (only is None and not settings.llm_model):
        return Summarisers(offline, None, estimate, settings.llm_budget)
    if not settings.llm_model:
        raise ConfigurationError("The LLM summariser needs PRECEDENT_LLM_MODEL (and PRECEDENT_LLM_BASE_URL).")
    import prompts  # noqa: PLC0415
    from pipelines.capture.summarise import LlmSummariser  # noqa: PLC0415

    chat = _chat(settings, settings.llm_model)
    count = token_counter(settings.llm_model)
    prompt = prompts.load("summarise_resolution")
    llm = LlmSummariser(chat, prompt, count_tokens=count, budget_tokens=settings.llm_budget, prices=_prices(settings))
    return Summarisers(llm, None if only else offline, count, llm.thread_tokens)


def open_writer(settings: Settings) -> LlmWriter | None:
    """What writes articles with the LLM; None where PRECEDENT_LLM_MODEL is not set."""
    if not settings.llm_model:
        return None
    import prompts  # noqa: PLC0415
    from pipelines.capture.borne_out import borne_out  # noqa: PLC0415

    chat = _chat(settings, settings.llm_model)

    def ask(messages: Sequence[tuple[str, str]], schema: Mapping[str, Any], name: str) -> Answer:
        return chat.complete([ChatMessage(role, content) for role, content in messages], schema, name)

    return LlmWriter(ask, prompts.load("write_article"), borne_out=borne_out)


def open_namer(settings: Settings) -> LlmNamer | None:
    """What names gaps where PRECEDENT_LLM_MODEL is set."""
    if not settings.llm_model:
        return None
    import prompts  # noqa: PLC0415

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    ask = ask_llm(settings.llm_model, settings.llm_base_url, key, settings.llm_timeout)
    return LlmNamer(ask, prompts.load("name_gap"))


def ask_llm(model: str, base_url: str | None, api_key: str | None, timeout: float) -> Ask:
    """A chat model as the naming of gaps asks it: messages in, text out."""
    from pipelines.adapters.openai_chat import OpenAiChat  # noqa: PLC0415

    chat = OpenAiChat(model, base_url=base_url, api_key=api_key, timeout=timeout, deadline=2 * timeout)

    def ask(messages: Sequence[tuple[str, str]], schema: Mapping[str, Any], name: str) -> str:
        return chat.complete([ChatMessage(role, content) for role, content in messages], schema, name).text

    return ask


def _chat(settings: Settings, model: str) -> Chat:
    from pipelines.adapters.openai_chat import OpenAiChat  # noqa: PLC0415

    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    return OpenAiChat(model, base_url=settings.llm_base_url, api_key=key, timeout=settings.llm_timeout)


def _prices(settings: Settings) -> Prices | None:
    """The LLM's prices where both are set."""
    if settings.llm_price_in is None or settings.llm_price_out is None:
        return None
    return Prices(settings.llm_price_in, settings.llm_price_out, settings.llm_price_cached, settings.llm_currency)


class OpenedOnce:
    """A VectorIndex opened at its first use, and tried again after it could not be: the server starts without it."""

    def __init__(self, opener: Callable[[bool], VectorIndex]) -> None:
        """`opener` is told whether to drop what is there: an index of another model, or one that cannot be read."""
        self._opener = opener
        self._opened: VectorIndex | None = None
        self._closed = False
        self._lock = threading.Lock()

    def _index(self) -> VectorIndex:
        with self._lock:
            self._require_open()
            if self._opened is None:
                self._opened = self._opener(False)
            return self._opened

    def _require_open(self) -> None:
        # A thread that was left behind must not open files of which somebody else may hold the lock by then.
        if self._closed:
            raise IndexUnavailable("The vector index was closed.")

    def upsert(self, records: Sequence[VectorRecord]) -> None:
        self._index().upsert(records)

    def delete(self, ids: Sequence[str]) -> None:
        self._index().delete(ids)

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:
        return self._index().query(vector, limit)

    def query_many(self, vectors: Vectors, limit: int) -> list[list[VectorHit]]:
        return self._index().query_many(vectors, limit)

    def facts(self) -> Iterator[tuple[str, Mapping[str, str | int | float | bool]]]:
        yield from self._index().facts()

    def count(self) -> int:
        return self._index().count()

    def reset(self) -> None:
        with self._lock:
            self._require_open()
            if self._opened is not None:
                self._opened.reset()
            else:
                self._opened = self._opener(True)

    def close(self) -> None:
        """Close what was opened, for good: whoever uses it afterwards is told that it is unavailable."""
        with self._lock:
            close = getattr(self._opened, "close", None)
            self._opened, self._closed = None, True
        if close is not None:
            close()
