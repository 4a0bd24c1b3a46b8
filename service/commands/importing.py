"""The `import` command: a progress bar around the use cases."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from pipelines.domain.errors import InvalidInput
from service.container import open_database, open_services
from service.settings import CapturePolicy, Settings
from service.usecases.accept import accept_tickets
from service.usecases.import_tickets import ImportSummary, import_file


def import_command(
    settings: Settings,
    file: Path,
    capture: CapturePolicy,
    *,
    accept_drafts: bool,
    rejects: Path | None,
    say: Callable[[str], None],
) -> dict[str, int]:
    """Import and, where asked for, accept; returns the counts. The index is only opened, and locked, to accept."""
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}.")
    if accept_drafts:
        with open_services(settings) as services:
            summary = _import(lambda tick: import_file(services.db, file, capture, rejects, tick), file)
            with tqdm(total=len(summary.numbers), unit="ticket", desc="Capturing", disable=None) as bar:
                made = accept_tickets(services, summary.numbers, lambda done: _advance(bar, done))
            say(f"{made} resolutions accepted unseen and indexed; they are marked as not validated.")
    else:
        with open_database(settings) as db:
            summary = _import(lambda tick: import_file(db, file, capture, rejects, tick), file)
    if summary.rejected:
        where = rejects or file.with_name(file.name + ".rejects.jsonl")
        say(f"{summary.rejected} lines were rejected; see {where} for the reasons.")
    return summary.counts()


def _advance(bar: "tqdm[NoReturn]", done: int) -> None:
    bar.update(done)


def _import(run: Callable[[Callable[[int, ImportSummary], None]], ImportSummary], file: Path) -> ImportSummary:
    size = file.stat().st_size
    with tqdm(total=size, unit="B", unit_scale=True, desc="Importing", disable=None) as bar:

        def tick(position: int, summary: ImportSummary) -> None:
            elapsed = bar.format_dict["elapsed"] or 1e-9
            bar.set_postfix_str(f"{summary.read} tickets, {summary.read / elapsed:.0f}/s", refresh=False)
            bar.update(max(0, min(position, size) - bar.n))

        return run(tick)
