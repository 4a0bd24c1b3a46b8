"""How long grouping takes and how much memory at its peak, on vectors of real tickets repeated with small noise."""

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import numpy as np

from evals.bench_installation import first_tickets
from evals.datasets_found import opened, read_lines
from evals.vectors import served_vectors
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import cluster
from pipelines.retrieve.query import prepare
from service.usecases.demand_marks import marks_of

SIZES = (1_000, 10_000, 100_000)
SOURCES = 2_000
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
    np.savez(folder / "sources.npz", vectors=vectors, marks=[marks_of(one).model_dump_json() for one in prepared])
    return folder / "sources.npz"


def _measure(kept: Path, size: int) -> dict[str, float]:
    with np.load(kept) as sources:
        known, lines = sources["vectors"], [str(line) for line in sources["marks"]]
    chance = np.random.default_rng(size)
    rows = chance.integers(0, len(known), size=size)
    vectors = np.empty((size, known.shape[1]), dtype=np.float32)
    for start in range(0, size, 10_000):
        part = known[rows[start : start + 10_000]]
        noise = chance.standard_normal(part.shape, dtype=np.float32)
        moved = part + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        vectors[start : start + len(part)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    read = [Marks.model_validate_json(line) for line in lines]
    marks = [read[row] for row in rows]
    began = perf_counter()
    groups = cluster(vectors, marks)
    return {
        "seconds": perf_counter() - began,
        "groups": len(groups),
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))
