"""Reads a ticket file into the store: what is good goes in, what is not goes to a rejects file with its reason."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pipelines.domain.errors import InvalidInput, InvalidTicket
from pipelines.domain.ticket_file import parse_line
from pipelines.domain.tickets import Ticket, TicketStatus
from service.settings import CapturePolicy
from service.store.engine import Database
from service.usecases.receive import covers, receive

AT_ONCE = 400
"""Tickets stored in one transaction; what was stored stays when the import is stopped."""

LONGEST_LINE = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class ImportSummary:
    """Counts of lines by what became of them; `numbers` are the closed tickets that the capture policy covers."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    drafts_queued: int = 0
    numbers: list[int] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The last line that `import` prints."""
        names = ("read", "created", "updated", "unchanged", "rejected", "drafts_queued")
        return {name: getattr(self, name) for name in names}


class _Rejects:
    """The rejects file: made with the first reject, gone when a later run has none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self.complete = False
        """Whether the whole file was read: only then is it known that there is no reject."""

    def add(self, line: int, reason: str, raw: bytes) -> None:
        if self._file is None:
            try:
                self._file = self._path.open("w", encoding="utf-8")
            except OSError as error:
                raise InvalidInput(f"The rejects file {self._path} cannot be written: {error.strerror}.") from error
        # Bytes that are not UTF-8 are written as \xNN, so that the file itself can be read by anything.
        shown = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
        self._file.write(json.dumps({"line": line, "reason": reason, "raw": shown}) + "\n")
        self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        elif self.complete:
            self._path.unlink(missing_ok=True)


def import_file(
    db: Database,
    path: Path,
    capture: CapturePolicy,
    rejects: Path | None = None,
    tick: Callable[[int, ImportSummary], None] = lambda _position, _summary: None,
) -> ImportSummary:
    """Create or update every ticket of a file, plain or gzip. The same file again changes nothing.

    `tick` is told the position in the file (bytes as they lie on the disk) after each batch. KeyboardInterrupt leaves
    what was stored; the next run goes on from there. Raises InvalidInput for a file that cannot be read.
    """
    summary = ImportSummary()
    with ExitStack() as stack:
        raw = stack.enter_context(open_ticket_file(path))
        refused = _Rejects(_rejects_path(path, rejects))
        stack.callback(refused.close)
        batch: list[Ticket] = []

        def store() -> None:
            _store(db, batch, capture, summary)
            batch.clear()
            tick(raw.tell(), summary)

        try:
            for number, line in read_lines(raw, path):
                summary.read += 1
                try:
                    batch.append(_parsed(line))
                except InvalidTicket as error:
                    refused.add(number, error.reason, line)
                    summary.rejected += 1
                if len(batch) >= AT_ONCE:
                    store()
        except InvalidInput:
            store()  # what stands before the damage is good
            raise
        store()
        refused.complete = True
    return summary


def _rejects_path(path: Path, rejects: Path | None) -> Path:
    if rejects is None:
        return path.with_name(path.name + ".rejects.jsonl")
    if rejects.exists() and rejects.samefile(path):
        raise InvalidInput("The rejects file would overwrite the ticket file; name another one with --rejects.")
    return rejects


def _parsed(line: bytes) -> Ticket:
    if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
        raise InvalidTicket(f"the line is over {LONGEST_LINE // 1024 // 1024} MiB; attach long logs instead")
    return parse_line(line)


def _store(db: Database, batch: list[Ticket], capture: CapturePolicy, summary: ImportSummary) -> None:
    if not batch:
        return
    with db.write() as session:
        received = receive(session, batch, capture)
    for done, ticket in zip(received, batch, strict=True):
        setattr(summary, done.outcome.value, getattr(summary, done.outcome.value) + 1)
        summary.drafts_queued += done.draft_queued
        if ticket.status is TicketStatus.CLOSED and covers(capture, ticket):
            summary.numbers.append(done.ticket_id)


def open_ticket_file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def read_lines(raw: IO[bytes], path: Path) -> Iterator[tuple[int, bytes]]:
    """Line numbers from 1 and lines, blank ones left out. A line too long to hold comes cut, and will not parse."""
    start = raw.read(2)
    raw.seek(0)
    text: IO[bytes] = gzip.GzipFile(fileobj=raw) if start == _GZIP else raw  # type: ignore[assignment]
    number = 0
    try:
        while line := text.readline(LONGEST_LINE):
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            rest = line
            while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
                rest = text.readline(LONGEST_LINE)
            if line.strip():
                yield number, line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InvalidInput(
            f"{path} is a damaged gzip file: it ends or breaks after line {number}. What came before is imported."
        ) from error
