"""A worker process for the queue's tests: each effect is applied in the transaction that completes the job."""

import random
import time

from sqlalchemy import text

from service.store.engine import Database, open_engine
from service.store.jobs import LostLease, claim, complete

LEASE_SECONDS = 1.0


def work(url: str, name: str) -> None:
    """Work until killed. The effect of a job is one row in the table `effect`, which allows doubles."""
    db = Database(open_engine(url, 2))
    pause = random.Random(name)
    while True:
        claimed = claim(db, ["count"], name, LEASE_SECONDS)
        if claimed is None:
            time.sleep(0.02)
            continue
        time.sleep(pause.uniform(0, 0.02))
        try:
            with db.write() as session:
                session.execute(text("INSERT INTO effect (subject) VALUES (:subject)"), {"subject": claimed.subject})
                time.sleep(pause.uniform(0, 0.005))
                complete(session, claimed)
        except LostLease:
            continue
