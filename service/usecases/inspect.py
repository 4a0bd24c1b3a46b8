"""How the installation fares: readiness by component, counts for metrics, and what `doctor` tells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.domain.errors import ModelMismatch, Unavailable
from service.store import jobs
from service.store.engine import Database
from service.store.queries import drafts, resolutions, suggestions, tickets, work
from service.store.tables import JobState
from service.usecases.services import Services


def readiness(services: Services) -> Mapping[str, bool]:
    """Which components answer: database, embedder, index, and the worker where this process runs one."""
    found = {"database": services.db.answers()}
    found["embedder"] = _answers(lambda: services.embedder.embed_query("ready"))
    found["index"] = _answers(services.vectors.count)
    if services.worker_alive is not None:
        found["worker"] = services.worker_alive()
    return found


def _answers(call: Callable[[], object]) -> bool:
    try:
        call()
    except (Unavailable, ModelMismatch):
        return False
    return True


def counts(db: Database) -> Mapping[str, Mapping[str, int]]:
    """Numbers for metrics: tickets by capture state, drafts by state, jobs by `kind/state`, suggestions by verdict."""
    with db.read() as session:
        return {
            "tickets": tickets.count_by_state(session),
            "drafts": drafts.count_by_state(session),
            "jobs": {f"{kind}/{state}": n for (kind, state), n in jobs.count_jobs(session).items()},
            "resolutions": {"all": resolutions.count(session), "unindexed": resolutions.count_unindexed(session)},
            "suggestions": suggestions.count_by_verdict(session),
        }


@dataclass(frozen=True, slots=True)
class Pending:
    """What waits and what was given up, for `doctor`."""

    waiting: Mapping[str, int]
    running: Mapping[str, int]
    dead: Sequence[work.DeadJob]
    unindexed: int
    drafts_awaiting: int
    needs_manual: int


def pending(db: Database) -> Pending:
    with db.read() as session:
        found = jobs.count_jobs(session)
        by_state = drafts.count_by_state(session)
        return Pending(
            waiting={kind: n for (kind, state), n in found.items() if state is JobState.QUEUED},
            running={kind: n for (kind, state), n in found.items() if state is JobState.RUNNING},
            dead=work.dead(session),
            unindexed=resolutions.count_unindexed(session),
            drafts_awaiting=sum(by_state.get(state, 0) for state in drafts.AWAITING),
            needs_manual=by_state.get("needs_manual", 0),
        )
