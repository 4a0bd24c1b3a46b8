"""Loads the demo tickets once and runs the whole pipeline on them."""

from collections.abc import Callable
from importlib.resources import as_file, files

from service.store.queries import deliveries
from service.usecases.accept import accept_tickets
from service.usecases.import_tickets import import_file
from service.usecases.report_gaps import build_report
from service.usecases.services import Services

LOADED = "demo_loaded"

LEFT_FOR_THE_VISITOR = 12
"""The drafts of the tickets that came last stay in the queue, so that a visitor has something to confirm."""


def load_demo(services: Services, say: Callable[[str], None], work_off: Callable[[], object]) -> bool:
    """Import, draft, accept most, index, and report the gaps; False where an earlier start has done it.

    `work_off` works on the queued jobs until none is left. Safe to interrupt: every step can be done again.
    """
    with services.db.read() as session:
        if deliveries.fact(session, LOADED):
            return False
    with as_file(files("service.demo") / "tickets.jsonl") as path:
        summary = import_file(services.db, path, "all", rejects=services.settings.data_dir / "demo.rejects.jsonl")
    say(f"{summary.read} demo tickets imported, {summary.drafts_queued} drafts queued")
    made = accept_tickets(services, summary.numbers[:-LEFT_FOR_THE_VISITOR], lambda _done: None)
    say(f"{made} drafts accepted as resolutions, embedded and searchable")
    work_off()
    report = build_report(services)
    say(f"gap report built: {len(report.gaps)} gaps behind {report.signals} questions nobody answered")
    with services.db.write() as session:
        deliveries.set_fact(session, LOADED, value=True)
    return True
