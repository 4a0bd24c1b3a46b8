"""Makes an installation of a hundred thousand resolutions out of one of ten thousand, in minutes.

The rows are copied inside the database, and each copy's vectors are its original's with a little noise.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from pipelines.ports import VectorIndex, VectorRecord, Vectors

NOISE = 0.02
"""Standard deviation of each of the 384 numbers of a unit vector: the copy has a cosine of about 0.93 with it."""

_AT_ONCE = 2_000
_COPIED = (
    ("resolution", "id"),
    ("resolution_version", "resolution_id"),
    ("resolution_words", "resolution_id"),
    ("resolution_fts", "rowid"),
)


def noisy(vectors: Vectors, random: np.random.Generator) -> Vectors:
    """Unit vectors near these, in their shape."""
    moved = vectors + random.normal(0, NOISE, vectors.shape).astype(np.float32)
    near: Vectors = (moved / np.linalg.norm(moved, axis=-1, keepdims=True)).astype(np.float32)
    return near


def copy_rows(folder: Path, base: int, size: int) -> None:
    """Copy the resolutions 1 to `base`, and what word search holds of them, up to the number `size`."""
    with closing(sqlite3.connect(folder / "precedent.db")) as database, database:
        for start in range(base, size, base):
            for table, key in _COPIED:
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != key]
                names = ", ".join(columns)
                database.execute(
                    f"INSERT INTO {table} ({key}, {names}) "  # noqa: S608 - names of our own tables
                    f"SELECT {key} + ?, {names} FROM {table} WHERE {key} <= ? ORDER BY {key}",
                    (start, min(base, size - start)),
                )


def copy_vectors(index: VectorIndex, first: Sequence[VectorRecord], base: int, size: int) -> None:
    """Put noisy copies of the vectors of the resolutions 1 to `base` beside the copied rows."""
    random = np.random.default_rng(11)
    for start in range(base, size, base):
        for batch in _batches([r for r in first if int(r.facts["resolution"]) <= size - start]):
            moved = noisy(np.stack([record.vector for record in batch]), random)
            index.upsert([_renumbered(r, v, start) for r, v in zip(batch, moved, strict=True)])


def _batches(records: Sequence[VectorRecord]) -> Iterator[Sequence[VectorRecord]]:
    for start in range(0, len(records), _AT_ONCE):
        yield records[start : start + _AT_ONCE]


def _renumbered(record: VectorRecord, vector: Vectors, by: int) -> VectorRecord:
    number = int(record.facts["resolution"]) + by
    return VectorRecord(
        f"R-{number}:{record.facts['view']}", vector, {"resolution": number, "version": 1, "view": record.facts["view"]}
    )
