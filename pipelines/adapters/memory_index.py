"""A vector index in memory that compares with everything: the double that tests use in place of Chroma."""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from pipelines.adapters.vector_checks import checked_dimension, unit_vector
from pipelines.ports import VectorHit, VectorRecord, Vectors

Facts = Mapping[str, str | int | float | bool]


class MemoryIndex:
    """The VectorIndex port by brute force; exact, and as slow as the number of its vectors."""

    def __init__(self, dimension: int) -> None:
        self._dimension = checked_dimension(dimension)
        self._records: dict[str, tuple[Vectors, Facts]] = {}
        self._using = threading.Lock()

    def upsert(self, records: Sequence[VectorRecord]) -> None:
        # Through JSON, so that facts which an index on disk could not keep fail here too.
        ready = {
            r.id: (unit_vector(r.vector, self._dimension), json.loads(json.dumps(dict(r.facts), allow_nan=False)))
            for r in records
        }
        with self._using:
            self._records.update(ready)

    def delete(self, ids: Sequence[str]) -> None:
        with self._using:
            for identifier in ids:
                self._records.pop(identifier, None)

    def query(self, vector: Vectors, limit: int) -> list[VectorHit]:
        wanted = unit_vector(vector, self._dimension)
        with self._using:
            records = list(self._records.items())
        if limit <= 0 or not records:
            return []
        cosines = np.clip(np.stack([stored for _, (stored, _) in records]) @ wanted, -1.0, 1.0)
        hits = [
            VectorHit(id=identifier, similarity=float(cosine))
            for (identifier, _), cosine in zip(records, cosines, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.similarity, hit.id))[:limit]

    def query_many(self, vectors: Vectors, limit: int) -> list[list[VectorHit]]:
        return [self.query(vector, limit) for vector in vectors]

    def facts(self) -> Iterable[tuple[str, Facts]]:
        with self._using:
            return [(identifier, facts) for identifier, (_, facts) in self._records.items()]

    def count(self) -> int:
        return len(self._records)

    def reset(self) -> None:
        with self._using:
            self._records.clear()
