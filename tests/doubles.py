"""Parts that fail on purpose, for tests of what happens then."""

from collections.abc import Callable, Sequence

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.capture.extract import OfflineSummariser
from pipelines.domain.drafts import Summary, TicketView
from pipelines.domain.errors import IndexUnavailable, SummariserFailed, Unavailable
from pipelines.ports import VectorHit, VectorRecord, Vectors


class ScriptedSummariser:
    """Does what its script says, one step a call, the last step for ever: raises an error, or summarises offline."""

    name = "llm"

    def __init__(self, *script: Exception | None, meanwhile: Callable[[], None] = lambda: None) -> None:
        self._script = list(script)
        self._meanwhile = meanwhile
        self.calls = 0

    def summarise(self, view: TicketView) -> Summary:
        self.calls += 1
        self._meanwhile()
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if step is not None:
            raise step
        made = OfflineSummariser().summarise(view)
        return made.model_copy(update={"provenance": made.provenance.model_copy(update={"summariser": self.name})})


def refused() -> SummariserFailed:
    """Asking again cannot help."""
    return SummariserFailed("refused", "The model refused.", permanent=True)


def timed_out() -> SummariserFailed:
    """Asking again may help."""
    return SummariserFailed("timeout", "The model did not answer in time.", permanent=False)


class UnreachableIndex(MemoryIndex):
    """An index that does not answer while `down`."""

    down = True

    def _answer(self) -> None:
        if self.down:
            raise IndexUnavailable("The index does not answer.")

    def upsert(self, records: Sequence[VectorRecord]) -> None:
        self._answer()
        super().upsert(records)

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:
        self._answer()
        return super().query(vector, limit)

    def count(self) -> int:
        self._answer()
        return super().count()


class UnreachableEmbedder:
    """An embedder that does not answer."""

    model_id = "words-for-tests"
    dimension = 256

    def embed_documents(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - the port's
        raise Unavailable("The embedding model does not answer.")

    def embed_query(self, text: str) -> Vectors:  # noqa: ARG002 - the port's
        raise Unavailable("The embedding model does not answer.")
