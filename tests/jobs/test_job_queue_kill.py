"""Workers are killed at random while they work; no job is lost and none takes effect twice."""

import multiprocessing
import random
import time
from multiprocessing.process import BaseProcess

from sqlalchemy import text

from service.store.engine import Database
from service.store.jobs import count_jobs, enqueue
from service.store.tables import JobState
from tests.databases import url_of
from tests.jobs.queue_worker import work

JOBS = 120
WORKERS = 4
KILLS = 25


def test_each_job_takes_effect_exactly_once_however_often_its_worker_is_killed(database: Database) -> None:
    with database.write() as session:
        session.execute(text("CREATE TABLE effect (subject varchar NOT NULL)"))
        for number in range(JOBS):
            enqueue(session, "count", str(number))

    kills = _run_and_kill(database)

    with database.read() as session:
        counted = session.execute(text("SELECT subject, count(*) FROM effect GROUP BY subject"))
        effects = [(str(subject), int(times)) for subject, times in counted]
        states = count_jobs(session)
    assert {str(number): 1 for number in range(JOBS)} == dict(effects)
    assert {("count", JobState.DONE): JOBS} == states
    assert kills >= KILLS


def _run_and_kill(database: Database) -> int:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.jobs.queue_worker"])
    chance = random.Random(5)
    started = 0

    def start() -> BaseProcess:
        nonlocal started
        started += 1
        process = context.Process(target=work, args=(url_of(database), f"worker-{started}"), daemon=True)
        process.start()
        return process

    workers = [start() for _ in range(WORKERS)]
    kills = 0
    deadline = time.monotonic() + 120
    try:
        while _unfinished(database) or kills < KILLS:
            assert time.monotonic() < deadline, "the workers did not finish"
            time.sleep(chance.uniform(0.02, 0.12))
            if kills < KILLS:
                unlucky = chance.randrange(WORKERS)
                workers[unlucky].kill()
                workers[unlucky].join()
                workers[unlucky] = start()
                kills += 1
    finally:
        for process in workers:
            process.kill()
            process.join()
    return kills


def _unfinished(database: Database) -> bool:
    with database.read() as session:
        return any(state is not JobState.DONE for _, state in count_jobs(session))
