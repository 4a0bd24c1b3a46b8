"""Works on queued jobs, in threads of this process, until told to stop."""

import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import structlog

from pipelines.domain.errors import PrecedentError, SummariserFailed
from service.jobs.kinds import GIVEN_UP, WORK
from service.jobs.left_behind import leave_behind
from service.store import jobs
from service.store.queries import work
from service.store.tables import JobState
from service.usecases.services import Services, Stopping

LOOK_EVERY = 0.5
"""Seconds between looks at the queue where nobody wakes the worker: other processes queue jobs too."""

_LAST_BEAT = 5.0

log = structlog.get_logger(__name__)


class Worker:
    """`start` and `stop` run it beside a server; `run_until_idle` works off what is due and returns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._stopping = threading.Event()
        self._stopped = threading.Event()
        self._work = threading.Condition()
        self._wakes = 0
        self._threads: list[threading.Thread] = []
        self._in_hand: dict[int, jobs.Claimed] = {}
        self._lock = threading.Lock()
        self._name = f"{socket.gethostname()}:{os.getpid()}"

    def start(self) -> None:
        """Begin to work, in as many threads as configured, and a heart that renews the leases of jobs in hand."""
        self._services.stopping = self._stopping.is_set
        for number in range(self._services.settings.worker_threads):
            self._spawn(self._loop, f"worker-{number}")
        self._spawn(self._beat, "worker-heart")

    def _spawn(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        self._threads.append(thread)

    @property
    def alive(self) -> bool:
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def wake(self) -> None:
        """Look at the queue now."""
        with self._work:
            self._wakes += 1
            self._work.notify_all()

    def stop(self, grace: float = 20.0) -> None:
        """Finish the jobs in hand within `grace` seconds and give back those that take longer."""
        deadline = time.monotonic() + grace
        self._stopping.set()
        self.wake()
        workers, heart = self._threads[:-1], self._threads[-1:]
        for thread in workers:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        # The heart beats to the end: a lease may be shorter than the grace.
        self._stopped.set()
        for thread in heart:
            thread.join(timeout=_LAST_BEAT)
        with self._lock:
            late = list(self._in_hand.values())
        for claimed in late:
            self._give_back(claimed)
        leave_behind(thread for thread in self._threads if thread.is_alive())
        self._threads.clear()

    def _give_back(self, claimed: jobs.Claimed) -> None:
        # The fence keeps the thread that still works on it from storing its result.
        try:
            with self._services.db.write() as session:
                jobs.release(session, claimed)
        except jobs.LostLease:
            return
        log.info("job.released", job=claimed.id, kind=claimed.kind)

    def run_until_idle(self, give_up: Callable[[], bool] = lambda: False) -> int:
        """Work off every job that is due now; returns how many. `give_up` is asked between jobs."""
        done = 0
        while not give_up() and not self._stopping.is_set() and self._one():
            done += 1
        return done

    def _loop(self) -> None:
        while not self._stopping.is_set():
            with self._work:
                seen = self._wakes
            try:
                worked = self._one()
            except Exception:
                # The database is away: nothing of the job's is lost, its lease runs out. Keep looking.
                log.exception("worker.failed")
                worked = False
                self._stopping.wait(2.0)
            if not worked:
                with self._work:
                    # Woken since it looked, it looks again: the job may have come in between.
                    if self._wakes == seen and not self._stopping.is_set():
                        self._work.wait(LOOK_EVERY)

    def _beat(self) -> None:
        lease = self._services.settings.job_lease
        while not self._stopped.wait(lease / 3):
            with self._lock:
                held = list(self._in_hand.values())
            for claimed in held:
                try:
                    with self._services.db.write() as session:
                        jobs.heartbeat(session, claimed, lease)
                except jobs.LostLease:
                    log.warning("job.lease_lost", job=claimed.id, kind=claimed.kind)
                except Exception:
                    log.exception("worker.heartbeat_failed", job=claimed.id)

    def _one(self) -> bool:
        """Do the next due job; False where there is none."""
        lease = self._services.settings.job_lease
        claimed = jobs.claim(self._services.db, list(WORK), self._name, lease)
        if claimed is None:
            self._bury()
            return False
        with self._lock:
            self._in_hand[claimed.id] = claimed
        try:
            WORK[claimed.kind](self._services, claimed)
        except jobs.LostLease:
            log.warning("job.lease_lost", job=claimed.id, kind=claimed.kind)
        except Stopping:
            self._give_back(claimed)
        except SummariserFailed as error:
            self._failed(claimed, error.reason, None if error.permanent else jobs.backoff(claimed))
        except PrecedentError as error:
            self._failed(claimed, error.code, jobs.backoff(claimed))
        except Exception as error:
            # The type alone: messages of libraries quote what they choke on.
            log.exception("job.crashed", job=claimed.id, kind=claimed.kind)
            self._failed(claimed, type(error).__name__, jobs.backoff(claimed))
        except BaseException:
            self._give_back(claimed)  # Ctrl-C: the next worker need not wait for the lease to run out
            raise
        finally:
            with self._lock:
                self._in_hand.pop(claimed.id, None)
        return True

    def _failed(self, claimed: jobs.Claimed, code: str, retry_in: timedelta | None) -> None:
        with self._services.db.write() as session:
            try:
                state = jobs.fail(session, claimed, code, retry_in)
            except jobs.LostLease:
                return
            if state is JobState.DEAD and claimed.kind in GIVEN_UP:
                GIVEN_UP[claimed.kind](self._services, session, claimed.subject, code)
        log.warning("job.failed", job=claimed.id, kind=claimed.kind, error=code, state=state.value)

    def _bury(self) -> None:
        """Do what is due for jobs that are dead because they kept losing their worker: nobody was there to do it."""
        with self._services.db.read() as session:
            if not work.lost(session, list(GIVEN_UP)):
                return
        with self._services.db.write() as session:
            for job in work.take_lost(session, list(GIVEN_UP)):
                GIVEN_UP[job.kind](self._services, session, job.subject, work.WORKER_LOST)
                log.warning("job.failed", job=job.id, kind=job.kind, error=work.WORKER_LOST, state=JobState.DEAD.value)
