"""Speed, as ratios within one run: machines are noisy, and a figure without its neighbour says little.

`python -m evals bench [start|import|capture|embed|suggest|scale|gaps|reports ...]`. Data: the titanium folder under
PRECEDENT_EVAL_DATA; without it the demo tickets, which are few, and the table says so. Beyond the first 2,000 records,
vectors are those of real ones with a little noise.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from evals.bench_gaps import grouping
from evals.bench_installation import DEMO, Run, first_tickets, precedent
from evals.bench_reports import reports
from evals.bench_requests import ready_seconds
from evals.bench_triage import embed, scale, suggest
from pipelines.capture.capture import capture
from pipelines.domain.errors import InvalidTicket
from pipelines.domain.ticket_file import parse_line
from pipelines.domain.tickets import TicketStatus
from pipelines.ports import Embedder
from pipelines.retrieve.documents import views
from service.container import open_database, open_embedder, open_summarisers
from service.settings import Settings
from service.store.queries import resolutions
from service.usecases.import_tickets import open_ticket_file, read_lines

PARTS = ("start", "import", "capture", "embed", "suggest", "scale", "gaps", "reports")
CAPTURED = 2_000
RESOLUTIONS = 10_000
LARGE = 100_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("parts", nargs="*", choices=PARTS, help="what to measure (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--resolutions", type=int, default=RESOLUTIONS, help="size of the installation asked")
    parser.add_argument("--large", type=int, default=LARGE, help="size that `scale` lets it grow to")
    parser.add_argument("--tickets", type=int, default=CAPTURED, help="tickets that are captured")
    parser.add_argument("--requests", type=int, default=300, help="requests timed")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; always 0: a benchmark judges nothing."""
    found: dict[str, Mapping[str, float]] = {}
    data = _data()
    print(f"Tickets: {data}")
    with tempfile.TemporaryDirectory(prefix="precedent-bench-") as folder:
        for part in arguments.parts or PARTS:
            found[part] = _MEASURES[part](Path(folder) / part, data, arguments)
            for name, value in found[part].items():
                print(f"  {part:<9}{name:<44}{value:>12,.3f}")
    if arguments.json:
        print(json.dumps(found))
    return 0


def _data() -> Path:
    folder = os.environ.get("PRECEDENT_EVAL_DATA")
    tickets = Path(folder) / "titanium" / "tickets.jsonl.gz" if folder else DEMO
    return tickets if tickets.is_file() else DEMO


def _start(folder: Path, _data: Path, _arguments: argparse.Namespace) -> Mapping[str, float]:
    runs = [precedent(["--help"], folder).seconds for _ in range(5)]
    precedent(["migrate"], folder)
    ready = [ready_seconds(folder) for _ in range(3)]
    bare = [_seconds([sys.executable, "-c", "pass"]) for _ in range(5)]
    return {
        "precedent --help, s (median of 5)": _median(runs),
        "a Python that does nothing, s (median of 5)": _median(bare),
        "serve to /health/ready, s (median of 3)": _median(ready),
    }


def _import(folder: Path, data: Path, _arguments: argparse.Namespace) -> Mapping[str, float]:

    done = precedent(["import", str(data), "--capture", "none", "--rejects", str(folder / "rejects.jsonl")], folder)
    again = precedent(["import", str(data), "--capture", "none", "--rejects", str(folder / "rejects.jsonl")], folder)
    with _timed() as parsing, open_ticket_file(data) as raw:
        for _, line in read_lines(raw, data):
            try:
                parse_line(line)
            except InvalidTicket:
                continue
    tickets = done.result["read"]
    return {
        "tickets": tickets,
        "tickets a second": tickets / done.seconds,
        "tickets a second, nothing new": tickets / again.seconds,
        "tickets a second, reading and checking alone": tickets / parsing.seconds,
        "peak memory, MiB": done.peak_mib,
    }


def _capture(folder: Path, data: Path, arguments: argparse.Namespace) -> Mapping[str, float]:
    sample = first_tickets(data, folder, arguments.tickets)
    done = precedent(["import", str(sample), "--capture", "all", "--accept-drafts"], folder)
    texts, resolutions, drafting = _embedded_texts(folder, sample)
    embedder = _embedder()
    embedder.embed_query("warm")
    with _timed() as raw:
        embedder.embed_documents(texts)
    embedding = done.seconds - drafting
    return {
        "closed tickets drafted": done.result["drafts_queued"],
        "resolutions accepted": resolutions,
        "vectors embedded (distinct texts)": len(texts),
        "drafts a second, drafting alone": done.result["drafts_queued"] / drafting,
        "drafts a second, drafted, accepted, indexed": done.result["drafts_queued"] / done.seconds,
        "vectors a second, all but drafting": len(texts) / embedding,
        "vectors a second, the model alone": len(texts) / raw.seconds,
        "ratio: all but drafting / the model alone": raw.seconds / embedding,
        "peak memory, MiB": done.peak_mib,
    }


def _embedded_texts(folder: Path, sample: Path) -> tuple[list[str], int, float]:
    """The distinct texts that the installation embedded, its resolutions, and the seconds that drafting alone takes."""
    settings = Settings(data_dir=folder)
    with open_database(settings) as db, db.read() as session:
        records = resolutions.listed(session, {}, before=None, limit=10**6)
    texts = {text for record in records for text in views(record.resolution.content).values()}
    with open_ticket_file(sample) as raw:
        closed = [
            t for t in (parse_line(line) for _, line in read_lines(raw, sample)) if t.status is TicketStatus.CLOSED
        ]
    chosen = open_summarisers(settings, only="offline")
    with _timed() as drafting:
        for ticket in closed:
            capture(ticket, chosen.first, None, budget=chosen.budget, count_tokens=chosen.count_tokens, last_try=True)
    return sorted(texts), len(records), drafting.seconds


def _gaps(folder: Path, data: Path, _arguments: argparse.Namespace) -> Mapping[str, float]:
    return grouping(folder, data)


def _reports(folder: Path, data: Path, _arguments: argparse.Namespace) -> Mapping[str, float]:
    return reports(folder, data)


def _embedder() -> Embedder:
    return open_embedder(Settings())


@contextmanager
def _timed() -> Iterator[Run]:
    with Run.timing() as timing:
        yield timing


def _seconds(command: Sequence[str]) -> float:

    with _timed() as timing:
        subprocess.run(list(command), check=True)
    return timing.seconds


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


_MEASURES = {
    "start": _start,
    "import": _import,
    "capture": _capture,
    "embed": embed,
    "suggest": suggest,
    "scale": scale,
    "gaps": _gaps,
    "reports": _reports,
}
