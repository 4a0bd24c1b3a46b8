"""How long grouping takes and how much memory at its peak, on vectors of real tickets repeated with small noise.

Each size twice: from nothing, and again after one signal in a hundred was replaced, as a nightly report finds it.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from evals.bench_installation import first_tickets
from evals.datasets_found import opened, read_lines
from evals.vectors import served_vectors
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import cluster
from pipelines.gaps.neighbours import Near
from pipelines.ports import Vectors
from pipelines.retrieve.query import prepare
from service.usecases.demand_marks import marks_of

SIZES = (1_000, 10_000, 100_000)
SOURCES = 2_000
CHANGED = 100
"""One of so many signals is another one in the second run."""

NOISE = 0.35
"""Length of the noise against a unit vector: copies of one ticket end up at a cosine of about .89."""


def grouping(folder: Path, data: Path) -> Mapping[str, float]:
    """Seconds and peak MiB at each size, each measured in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = _prepared(folder, data)
    found: dict[str, float] = {}
    for size in SIZES:
        command = [sys.executable, "-m", "evals.bench_gaps", str(kept), str(size)]
        done = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found |= {f"{size:,} signals, {name}": value for name, value in done.items()}
    return found


def _prepared(folder: Path, data: Path) -> Path:
    tickets = [opened(raw) for raw in read_lines(first_tickets(data, folder, SOURCES))]
    prepared = [prepare(ticket.query()) for ticket in tickets]
    vectors = served_vectors().embed([one.text or one.title for one in prepared])
    marks = [marks_of(one, ticket.created_at) for one, ticket in zip(prepared, tickets, strict=True)]
    np.savez(folder / "sources.npz", vectors=vectors, marks=[mark.model_dump_json() for mark in marks])
    return folder / "sources.npz"


def _measure(kept: Path, size: int) -> dict[str, float]:
    with np.load(kept) as sources:
        known, lines = sources["vectors"], [str(line) for line in sources["marks"]]
    read = [Marks.model_validate_json(line) for line in lines]
    vectors, marks = _signals(known, read, size, np.random.default_rng(size))
    memory = _Memory()
    began = perf_counter(), process_time()
    groups = cluster(vectors, marks, kept=memory)
    found = {
        "seconds": perf_counter() - began[0],
        "seconds of processor": process_time() - began[1],
        "groups": len(groups),
    }
    changed = size // CHANGED
    vectors[:changed], marks[:changed] = _signals(known, read, changed, np.random.default_rng(size + 1))
    began = perf_counter(), process_time()
    cluster(vectors, marks, kept=memory)
    found |= {
        "seconds after 1 % changed": perf_counter() - began[0],
        "seconds of processor after 1 % changed": process_time() - began[1],
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    return found


class _Memory:
    """Neighbours as the data directory keeps them, without the disk."""

    def __init__(self) -> None:
        self._near: Near | None = None

    def read(self) -> Near | None:
        return self._near

    def keep(self, near: Near) -> None:
        self._near = near


def _signals(
    known: Vectors, read: Sequence[Marks], size: int, chance: np.random.Generator
) -> tuple[Vectors, list[Marks]]:
    """So many signals: real ones, each moved a little."""
    rows = chance.integers(0, len(known), size=size)
    vectors = np.empty((size, known.shape[1]), dtype=np.float32)
    for start in range(0, size, 10_000):
        part = known[rows[start : start + 10_000]]
        noise = chance.standard_normal(part.shape, dtype=np.float32)
        moved = part + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        vectors[start : start + len(part)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors, [read[row] for row in rows]


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))
