"""Installations that benchmarks measure, and the program run on them as a user would."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evals.bench_scale import noisy
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import InvalidTicket
from pipelines.domain.resolutions import ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Query
from pipelines.domain.ticket_file import parse_line
from pipelines.domain.tickets import Role, Ticket, TicketStatus
from pipelines.ports import VectorRecord
from pipelines.retrieve.documents import views
from service.container import open_services
from service.settings import Settings
from service.store.ids import resolution_number
from service.store.queries import resolutions
from service.usecases import clock
from service.usecases.import_tickets import open_ticket_file, read_lines
from service.usecases.lexical_text import put_lexical
from service.usecases.suggest import ticket_query

DEMO = Path(__file__).parent.parent / "service" / "demo" / "tickets.jsonl"

EMBEDDED = 2_000
"""Records embedded for real; the vectors of the others are theirs with a little noise, to be ready in minutes."""

_AT_ONCE = 500


@dataclass(slots=True)
class Run:
    """One timed stretch of work; for a whole process also its last line of output and its peak memory."""

    seconds: float = 0.0
    processor: float = 0.0
    peak_mib: float = 0.0
    result: dict[str, Any] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def timing(cls) -> Iterator["Run"]:
        measured = cls()
        started = time.perf_counter()
        yield measured
        measured.seconds = time.perf_counter() - started


def environment(folder: Path) -> dict[str, str]:
    """The environment of a program that keeps everything in `folder` and calls no LLM."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PRECEDENT_") or k == "PRECEDENT_MODEL_DIR"}
    return {**kept, "PRECEDENT_DATA_DIR": str(folder), "PRECEDENT_LOG_LEVEL": "warning"}


def command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-c", "from service.cli import main; main()", *arguments]


def precedent(arguments: Sequence[str], folder: Path) -> Run:
    """Run the program as a process of its own. Raises CalledProcessError where it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    with Run.timing() as measured:
        process = subprocess.Popen(command(arguments), env=environment(folder), stdout=subprocess.PIPE)
        with ThreadPoolExecutor(1) as beside:
            peak = beside.submit(_peak_mib, process.pid)
            output = process.stdout.read() if process.stdout else b""
            _, status, usage = os.wait4(process.pid, 0)
            measured.peak_mib = peak.result()
    process.returncode = os.waitstatus_to_exitcode(status)  # waited for by us, so that its own memory is known
    if process.returncode not in (0, 3):
        raise subprocess.CalledProcessError(process.returncode, list(arguments))
    measured.processor = usage.ru_utime + usage.ru_stime
    last = output.decode().strip().splitlines()[-1:]
    measured.result = json.loads(last[0]) if last and last[0].startswith("{") else {}
    return measured


def _peak_mib(pid: int) -> float:
    """The most memory that a process held, looked at until it ends: what the system adds up for a child at its end
    counts its parent's as well.
    """
    peak = 0
    while True:
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        except (FileNotFoundError, ProcessLookupError):
            return peak / 1024
        peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), peak)
        time.sleep(0.05)


def tickets(path: Path) -> Iterator[Ticket]:
    """The readable tickets of a file."""
    with open_ticket_file(path) as raw:
        for _, line in read_lines(raw, path):
            try:
                yield parse_line(line)
            except InvalidTicket:
                continue


def first_tickets(data: Path, folder: Path, count: int) -> Path:
    """A file with the first `count` tickets, as they stand."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = folder / "sample.jsonl.gz"
    with open_ticket_file(data) as raw, gzip.open(sample, "wb", compresslevel=1) as out:
        for _, line in islice(read_lines(raw, data), count):
            out.write(line)
    return sample


class Prepared(NamedTuple):
    """The vectors of an installation, and questions to it: tickets in the order of their file."""

    records: Sequence[VectorRecord]
    questions: Iterator[Query]


def prepared_installation(folder: Path, data: Path, size: int) -> Prepared:
    """Fill `folder` with `size` resolutions made of closed tickets."""
    closed = [t for t in tickets(data) if t.status is TicketStatus.CLOSED and t.messages]
    contents = [_content(closed[i % len(closed)], i // len(closed)) for i in range(size)]
    settings = Settings(data_dir=folder, database_url=None, chroma_url=None, llm_model=None)
    with open_services(settings) as services:
        numbers: list[int] = []
        for start in range(0, size, _AT_ONCE):
            with services.db.write() as session:
                for content in contents[start : start + _AT_ONCE]:
                    made = resolutions.add(session, content, "bench", "made for a benchmark", clock.now())
                    put_lexical(services.db, session, made)
                    numbers.append(resolution_number(made.id))
        records = _records(numbers, contents, services.embedder)
        for start in range(0, len(records), _AT_ONCE):
            services.vectors.upsert(records[start : start + _AT_ONCE])
        with services.db.write() as session:
            resolutions.mark_indexed(session, [(number, 1) for number in numbers])
    return Prepared(records, (ticket_query(ticket) for ticket in tickets(data) if ticket.messages))


def _content(ticket: Ticket, repeat: int) -> ResolutionContent:
    staff = [m.body for m in ticket.messages if m.role in (Role.AGENT, Role.ENGINEER)]
    fix = staff[-1] if staff else ticket.messages[-1].body
    title = ticket.subject.strip() or str(ticket.key)

    def stated(text: str) -> ResolutionField:
        return ResolutionField(state=SettledState.STATED, text=text[:1500])

    return ResolutionContent(
        title=f"{title} ({repeat})" if repeat else title,
        fields={FieldName.SYMPTOM: stated(ticket.messages[0].body or title), FieldName.FIX: stated(fix or title)},
        fix_kind=FixKind.FIX,
        versions=ResolutionVersions(state=SettledState.NOT_KNOWN),
        product_area=ticket.product_area,
    )


def _records(numbers: Sequence[int], contents: Sequence[ResolutionContent], embedder: Any) -> list[VectorRecord]:
    named = [
        (number, view, text) for number, c in zip(numbers, contents, strict=True) for view, text in views(c).items()
    ]
    real = embedder.embed_documents([text for number, _, text in named if number <= numbers[0] + EMBEDDED - 1])
    noise = np.random.default_rng(7)
    found = []
    for place, (number, view, _) in enumerate(named):
        vector = real[place % len(real)]
        if place >= len(real):
            vector = noisy(vector, noise)
        found.append(VectorRecord(f"R-{number}:{view}", vector, {"resolution": number, "version": 1, "view": view}))
    return found
