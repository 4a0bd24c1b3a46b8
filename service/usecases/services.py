"""The parts an installation consists of, as use cases need them. service.container builds it; tests build their own."""

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from pipelines.articles.write import LlmWriter
from pipelines.gaps.name import LlmNamer
from pipelines.ports import Embedder, LexicalIndex, Summariser, VectorIndex
from pipelines.retrieve.ranking import Ranking, shipped_ranking
from service.settings import Settings
from service.store.engine import Database

_BESIDE = 8
"""Threads: with those that handle requests no more than the database has connections."""


def _nobody() -> None:
    """Wakes no worker: for processes that run none."""


def _runs_on() -> bool:
    """Nobody stops a process that runs no worker."""
    return False


class Stopping(Exception):
    """The process is about to end: what is not done goes back into the queue."""


@dataclass(slots=True)
class Services:
    """Embedder and vector index may be slow to open; whoever hands them in makes them lazy."""

    settings: Settings
    db: Database
    embedder: Embedder
    vectors: VectorIndex
    lexical: LexicalIndex
    summariser: Summariser
    fallback: Summariser | None = None
    writer: LlmWriter | None = None
    """Writes articles; None where no LLM is configured."""
    count_tokens: Callable[[str], int] = field(default=len)
    budget: int = 24_000
    """Tokens of a thread that the summariser is given at the most."""
    ranking: Ranking = field(default_factory=shipped_ranking)
    """The one that comes with the program, or what `precedent tune` learned here."""
    namer: LlmNamer | None = None
    """Gives gaps their titles where an LLM is configured."""
    wake: Callable[[], None] = field(default=_nobody)
    """Tells this process's worker that there is work, so that it need not wait for its next look."""
    beside: Executor = field(default_factory=lambda: ThreadPoolExecutor(_BESIDE, thread_name_prefix="beside"))
    """Where half of a question is worked on while its thread is busy with the other half."""
    worker_alive: Callable[[], bool] | None = None
    """Whether this process's worker is at work; None where it runs none."""
    stopping: Callable[[], bool] = field(default=_runs_on)
    """Whether this process's worker was told to stop."""

    def go_on(self) -> None:
        """Asked between the parts of a long job that can be done again. Raises Stopping."""
        if self.stopping():
            raise Stopping
