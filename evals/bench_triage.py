"""How fast questions are answered, beside what somebody would write instead, at two sizes; and how fast texts embed."""

import argparse
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from evals.bench_bare import bare_searches
from evals.bench_installation import Prepared, prepared_installation, tickets
from evals.bench_requests import Kind, compare, ready_seconds, requests_to, server
from evals.bench_scale import copy_rows, copy_vectors
from pipelines.adapters.embedding_source import DEFAULT_MODEL
from pipelines.domain.suggestions import Query
from pipelines.retrieve.query import prepare
from service.container import open_embedder, open_services
from service.settings import Settings
from service.usecases.suggest import ticket_query

WARMING = 200
"""Questions asked before any is timed: a server has answered some, and remembers records and words from them."""

CLIENTS = (1, 8)
_TEXTS = 192
_SLICE = 64


def suggest(folder: Path, data: Path, arguments: argparse.Namespace) -> Mapping[str, float]:
    """The request at `--resolutions`."""
    prepared = prepared_installation(folder, data, arguments.resolutions)
    return {"resolutions": arguments.resolutions, **_requests(folder, _asked(prepared, arguments.requests), CLIENTS)}


def scale(folder: Path, data: Path, arguments: argparse.Namespace) -> Mapping[str, float]:
    """The same installation before and after it has grown to `--large`."""
    prepared = prepared_installation(folder, data, arguments.resolutions)
    asked = _asked(prepared, arguments.requests)
    small = _requests(folder, asked, (1,))
    copy_rows(folder, arguments.resolutions, arguments.large)
    settings = Settings(data_dir=folder, database_url=None, chroma_url=None, llm_model=None)
    with open_services(settings) as services:
        copy_vectors(services.vectors, prepared.records, arguments.resolutions, arguments.large)
    large = _requests(folder, asked, CLIENTS)
    median, processor = "1 client: request, median ms", "1 client: request, processor ms"
    return {
        "resolutions": arguments.large,
        **large,
        f"{median}, at {arguments.resolutions:,}": small[median],
        f"growth of the median from {arguments.resolutions:,}": large[median] / small[median],
        f"growth of processor time from {arguments.resolutions:,}": large[processor] / small[processor],
        "serve to /health/ready, s": ready_seconds(folder),
    }


def embed(_folder: Path, data: Path, _arguments: argparse.Namespace) -> Mapping[str, float]:
    """Records embedded a second, beside sentence-transformers' own encode of the same texts, in turns."""
    from pipelines.adapters.sentence_embedder import SentenceEmbedder  # noqa: PLC0415 - torch

    texts = [prepare(ticket_query(t)).text for t in islice((t for t in tickets(data) if t.messages), _TEXTS)]
    ours, theirs = open_embedder(Settings()), SentenceEmbedder(DEFAULT_MODEL).transformer
    ours.embed_documents(texts[:8])
    theirs.encode(texts[:8])
    spent = [0.0, 0.0]
    for start in range(0, len(texts), _SLICE):
        part = texts[start : start + _SLICE]
        started = time.perf_counter()
        ours.embed_documents(part)
        between = time.perf_counter()
        theirs.encode(part)
        spent[0] += between - started
        spent[1] += time.perf_counter() - between
    return {
        "texts": len(texts),
        "texts a second": len(texts) / spent[0],
        "texts a second, sentence-transformers": len(texts) / spent[1],
        "ratio to sentence-transformers": spent[1] / spent[0],
    }


def _asked(prepared: Prepared, count: int) -> Sequence[Query]:
    """Questions to warm up with, and then those that are timed: none comes twice."""
    return list(islice(prepared.questions, WARMING + count))


def _requests(folder: Path, asked: Sequence[Query], clients: Sequence[int]) -> dict[str, float]:
    as_text, as_vector = bare_searches(folder, open_embedder(Settings()))
    found: dict[str, float] = {}
    timed = asked[WARMING:]
    with server(folder) as served:
        kinds = {
            "request": Kind(requests_to(folder, served), served.processor),
            "(a) bare, by text": Kind(as_text),
            "(b) bare, float32": Kind(as_vector),
        }
        compare(kinds, asked[:WARMING], 1)
        for place, count in enumerate(clients):
            # Each number of clients asks its own questions: one asked before is remembered.
            times = compare(kinds, timed[place :: len(clients)], count)
            named = f"{count} client{'s' if count > 1 else ''}: "
            ours = times["request"]
            for kind, spent in times.items():
                found |= {f"{named}{kind}, median ms": spent.median, f"{named}{kind}, p99 ms": spent.p99}
                found[f"{named}{kind}, processor ms"] = spent.processor
            for kind in ("(a) bare, by text", "(b) bare, float32"):
                found[f"{named}ratio of medians to {kind[:3]}"] = ours.median / times[kind].median
                found[f"{named}ratio of processor time to {kind[:3]}"] = ours.processor / times[kind].processor
        found["peak memory of the server, MiB"] = served.peak_mib()
    return found
