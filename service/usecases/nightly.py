"""The gap report of every night: a job that queues its successor as it ends, and again should it be given up.

Job and successor are one transaction, so that a killed worker neither loses the chain nor doubles it.
"""

from datetime import datetime, time, timedelta

from service.settings import NEVER
from service.store import jobs
from service.store.queries import work
from service.store.session import Session
from service.usecases import clock

GAPS_JOB = "gaps"
NIGHTLY = "nightly"
_KEY = f"{GAPS_JOB}:{NIGHTLY}"
_DAY = timedelta(days=1)


def next_night(gaps_at: str, now: datetime) -> datetime:
    """The next time after `now` that a clock in UTC shows `gaps_at` (HH:MM)."""
    due = datetime.combine(now.date(), time.fromisoformat(gaps_at), tzinfo=now.tzinfo)
    return due if due > now else due + _DAY


def queue_nightly(session: Session, gaps_at: str) -> None:
    """Have the next report built at the time that is set, by whichever worker is there then; `never`: by none.

    Called when a worker starts: one that is overdue because none was there is left to be done now.
    """
    now = clock.now()
    waiting = work.waiting_until(session, _KEY)
    if gaps_at == NEVER:
        work.finish_queued(session, _KEY)
    elif waiting is None or waiting > now:
        work.finish_queued(session, _KEY)
        _queue(session, next_night(gaps_at, now))


def queue_successor(session: Session, claimed: jobs.Claimed, gaps_at: str) -> None:
    """Queue the next night's report in the transaction that finishes this night's."""
    if claimed.subject == NIGHTLY and gaps_at != NEVER:
        _queue(session, next_night(gaps_at, clock.now()))


def tomorrow_again(session: Session, subject: str, gaps_at: str) -> None:
    """A nightly report that was given up is tried again a day later, unless none is wanted any more."""
    if subject == NIGHTLY and gaps_at != NEVER:
        _queue(session, clock.now() + _DAY)


def _queue(session: Session, at: datetime) -> None:
    jobs.enqueue(session, GAPS_JOB, NIGHTLY, dedupe_key=_KEY, run_at=at)
