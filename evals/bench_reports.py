"""How long a whole gap report takes and how much memory at its peak, over open tickets beside ten thousand records.

The tickets are copies of real ones, each with some of its words left out, and their vectors those of the real ones with
some noise: to embed a hundred thousand takes longer than all the rest, once, and is printed beside it. The records are
made of other tickets. Each size four times: the first report, the same again, after one ticket in a hundred came in
new, and after a record was changed, so that every question looks for its answer anew.
"""

import gzip
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from sqlite3 import connect
from typing import Any

import numpy as np

from evals.bench_gaps import NOISE, SIZES, SOURCES
from evals.bench_installation import Run, first_tickets, precedent, prepared_installation
from evals.datasets_found import opened, read_lines
from pipelines.ports import Vectors
from pipelines.retrieve.query import prepare
from service.container import open_embedder, open_services
from service.settings import Settings
from service.usecases.gap_questions import questions
from service.usecases.kept_questions import KeptQuestions

RECORDS = 10_000
KEPT_WORDS = 0.85
NEW = 100
"""One of so many tickets comes in between two reports."""


def reports(folder: Path, data: Path) -> Mapping[str, float]:
    """Seconds of the wall and of the processor, and MiB, by size and run."""
    raw = list(read_lines(first_tickets(data, folder, SOURCES)))
    noisy = _NoisyEmbedder(raw)
    installed = folder / "installed"
    installed.mkdir(parents=True, exist_ok=True)
    precedent(["migrate"], installed)
    prepared_installation(installed, _others(data, folder), RECORDS)
    found: dict[str, float] = {"texts embedded a second": noisy.texts_a_second}
    for size in SIZES:
        place = folder / str(size)
        shutil.copytree(installed, place)
        _ask(place, raw, range(size), noisy)
        runs = {"first": _build(place), "again": _build(place)}
        _ask(place, raw, range(size, size + size // NEW), noisy)
        runs["1 % new"] = _build(place)
        _change_a_record(place)
        runs["a record changed"] = _build(place)
        for name, run in runs.items():
            found[f"{size:,} tickets, {name}, s"] = run.seconds
            found[f"{size:,} tickets, {name}, s of processor"] = run.processor
        found[f"{size:,} tickets, peak MiB"] = max(run.peak_mib for run in runs.values())
        found[f"{size:,} tickets, gaps"] = len(runs["a record changed"].result["gaps"])
        shutil.rmtree(place)
    return found


def _build(folder: Path) -> Run:
    return precedent(["gaps", "build", "--json"], folder)


def _others(data: Path, folder: Path) -> Path:
    """The tickets that no question is a copy of."""
    sample = folder / "others.jsonl.gz"
    with gzip.open(sample, "wt", encoding="utf-8", compresslevel=1) as out:
        out.writelines(f"{json.dumps(raw)}\n" for raw in islice(read_lines(data), SOURCES, None))
    return sample


def _ask(folder: Path, raw: Sequence[Mapping[str, Any]], numbers: Iterable[int], embedder: "_NoisyEmbedder") -> None:
    """Import so many copies as open tickets, and keep the vectors of their questions."""
    sample = folder / "asked.jsonl.gz"
    with gzip.open(sample, "wt", encoding="utf-8", compresslevel=1) as out:
        out.writelines(f"{json.dumps(_copy(raw[n % len(raw)], n))}\n" for n in numbers)
    precedent(["import", str(sample), "--capture", "none", "--rejects", str(folder / "rejects.jsonl")], folder)
    settings = Settings(data_dir=folder, database_url=None, chroma_url=None, llm_model=None)
    with open_services(settings) as services:
        services.embedder = embedder
        for _ in questions(services, KeptQuestions(folder, "nothing")):
            pass


def _copy(raw: Mapping[str, Any], number: int) -> dict[str, Any]:
    chance = np.random.default_rng(number)
    first = dict((raw.get("messages") or [{}])[0])
    words = str(first.get("body") or "").split(" ")
    first["body"] = " ".join(
        word for word, kept in zip(words, chance.random(len(words)) < KEPT_WORDS, strict=True) if kept
    )
    return {
        **raw,
        "id": f"{raw['id']}-{number}",
        "subject": f"{raw.get('subject')} ({number})",
        "status": "open",
        "closed_at": None,
        "escalated": False,
        "links": [],
        "messages": [first] if first.get("id") else [],
    }


class _NoisyEmbedder:
    """Gives copies of texts the vectors of what they were copied from, moved a little."""

    def __init__(self, raw: Sequence[Mapping[str, Any]]) -> None:
        served = open_embedder(Settings())
        self.model_id, self.dimension = served.model_id, served.dimension
        prepared = [prepare(opened(each).query()) for each in raw]
        texts = [text for one in prepared for text in (one.title or "-", one.text or "-")]
        with Run.timing() as timing:
            vectors = served.embed_documents(texts)
        self.texts_a_second = len(texts) / timing.seconds
        self._titles = {one.title: place for place, one in enumerate(prepared)}
        self._vectors = vectors.reshape(len(prepared), 2, -1)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._moved(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        return self._moved(text)

    def _moved(self, text: str) -> Vectors:
        title, _, rest = text.partition("\n")
        chance = np.random.default_rng(list(text.encode()[:400]))
        place = self._titles.get(title.rpartition(" (")[0], int(chance.integers(len(self._vectors))))
        noise = chance.standard_normal(self.dimension, dtype=np.float32)
        moved = self._vectors[place, 1 if rest else 0] + NOISE * noise / np.linalg.norm(noise)
        found: Vectors = (moved / np.linalg.norm(moved)).astype(np.float32)
        return found


def _change_a_record(folder: Path) -> None:
    with closing(connect(folder / "precedent.db")) as database, database:
        database.execute("UPDATE resolution SET updated_at = '2030-01-01 00:00:00.000000' WHERE id = 1")
