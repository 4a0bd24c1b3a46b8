"""Has the gap report built anew: at once where that takes seconds, and by a worker where it takes minutes."""

from service.store import jobs
from service.store.engine import Database
from service.store.queries import demand, work
from service.usecases import clock
from service.usecases.nightly import GAPS_JOB
from service.usecases.report_gaps import build_report
from service.usecases.services import Services

MOST_AT_ONCE = 2_000
"""Tickets that show demand, up to which a report takes seconds."""

REQUESTED = "requested"
_KEY = f"{GAPS_JOB}:{REQUESTED}"


def rebuild(services: Services) -> bool:
    """Whether the new report is there; otherwise a worker builds it. Raises what building raises."""
    with services.db.read() as session:
        tickets = len(demand.showing(session).numbers)
    if tickets > MOST_AT_ONCE:
        put_off(services)
        return False
    build_report(services)
    return True


def put_off(services: Services) -> None:
    """Have a worker build the report."""
    with services.db.write() as session:
        jobs.enqueue(session, GAPS_JOB, REQUESTED, dedupe_key=_KEY)
    services.wake()


def is_on_its_way(db: Database) -> bool:
    """Whether a worker is asked to build the report by now, or is building it."""
    with db.read() as session:
        return work.under_way(session, GAPS_JOB, clock.now())
