"""Protocols of what the steps need from outside, each with at least two implementations that pass one contract test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.domain.drafts import Summary, TicketView

Vectors = NDArray[np.float32]


class Summariser(Protocol):
    """Proposes resolutions from a condensed and redacted ticket."""

    @property
    def name(self) -> str:
        """`llm` or `offline`."""
        ...

    def summarise(self, view: TicketView) -> Summary:
        """At least one proposal. Raises SummariserFailed where no usable answer could be had."""
        ...


class Embedder(Protocol):
    """Turns text into unit vectors."""

    @property
    def model_id(self) -> str:
        """Names model and weights, so that vectors of two models never mix."""
        ...

    @property
    def dimension(self) -> int: ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), float32, rows of length 1. An empty text gets a vector like any other."""
        ...

    def embed_query(self, text: str) -> Vectors:
        """Shape (dimension,), float32, length 1."""
        ...


@dataclass(frozen=True, slots=True)
class VectorRecord:
    """One vector of a record. `id` is `RESOLUTION:VIEW`; facts are small (ids, versions, areas), never text."""

    id: str
    vector: Vectors
    facts: Mapping[str, str | int | float | bool]


class VectorHit(NamedTuple):
    """similarity is the cosine, in [-1, 1]; hits come highest first.

    Without the facts: reading them costs Chroma several times the search, and what a hit stands for is in its id.
    """

    id: str
    similarity: float


class VectorIndex(Protocol):
    """Nearest neighbours by cosine. Everything in it can be made again from SQL. Failures raise IndexUnavailable."""

    def upsert(self, records: Sequence[VectorRecord]) -> None:
        """Add or replace by id. The same call twice leaves the same index."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Remove by id; an unknown id is no error."""
        ...

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:
        """At most `limit` hits, most similar first."""
        ...

    def query_many(self, vectors: Vectors, limit: int) -> list[list[VectorHit]]:
        """What `query` finds for each row of `vectors`, in one call."""
        ...

    def facts(self) -> Iterable[tuple[str, Mapping[str, str | int | float | bool]]]:
        """Every id with its facts, for comparing with SQL."""
        ...

    def count(self) -> int: ...

    def reset(self) -> None:
        """Drop everything and start an empty index for the configured model."""
        ...


class LexicalHit(NamedTuple):
    """score: at least 0, higher is better, comparable within one answer only; `terms`: query words that matched."""

    id: str
    score: float
    terms: tuple[str, ...] = ()


class LexicalIndex(Protocol):
    """Word search over the served resolutions."""

    def search(self, text: str, limit: int) -> list[LexicalHit]:
        """At most `limit` hits, best first. Any text is taken, operators and quotes included, as words."""
        ...
