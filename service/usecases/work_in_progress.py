"""Keeps what an agent has typed on a draft until they decide, so that no reload, other browser or crash loses it.

It is a customer's text like the draft's own: one agent's, shown to nobody else, deleted with the decision
(`drafts.decide`) and with the ticket (`erasure.delete_ticket`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.domain.confirmations import DecisionKind
from pipelines.domain.errors import Conflict, InvalidInput, NotFound, NotPermitted
from pipelines.domain.storable import require_storable
from service.store.engine import Database
from service.store.ids import draft_number
from service.store.queries import drafts, work_in_progress
from service.store.queries.drafts import DraftRecord
from service.store.queries.work_in_progress import WorkRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.usable import require_usable

LONGEST_WRITER = 64


class OtherWindow(Conflict):
    """The same agent saved something else in another window since this one last looked."""

    code = "other_window"

    def __init__(self, detail: str, serial: int, saved_at: datetime) -> None:
        super().__init__(detail)
        self.serial, self.saved_at = serial, saved_at

    def details(self) -> dict[str, Any]:
        return {"serial": self.serial, "saved_at": self.saved_at.isoformat()}


@dataclass(frozen=True, slots=True)
class Saved:
    """That something was saved: its serial, by which the next saving says what it follows, and when."""

    serial: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Work:
    """What was typed. `answers` are names and texts of the form's fields; `on_version` is the draft's then."""

    answers: Mapping[str, str]
    on_version: int
    writer: str
    saved: Saved


def save_work(
    db: Database,
    draft_id: str,
    version: int,
    answers: Mapping[str, str],
    actor: Actor,
    *,
    writer: str = "",
    follows: int | None = None,
) -> Saved:
    """Keep what was typed on this version of the draft, in place of what was there.

    `follows` is the serial that the window has seen, 0 for nothing; None puts it in place of whatever is there. Raises
    NotFound, Conflict where the draft awaits nobody or its version moved on, OtherWindow, InvalidInput for a text that
    cannot be kept, NotPermitted for programs.
    """
    _refuse_unusable(answers, writer)
    with db.write() as session:
        draft = _draft(session, draft_id)
        user = _person(actor)
        if not draft.state.awaits_agent or draft.revision != version:
            raise Conflict(f"{_what_happened(session, draft)}; what you typed since is not saved any more.")
        before = work_in_progress.load(session, draft.id, user)
        if before is not None and follows is not None and follows != before.serial and before.writer != writer:
            raise OtherWindow("You typed something else in another window meanwhile.", before.serial, before.saved_at)
        now = clock.now()
        return Saved(work_in_progress.keep(session, draft.id, user, answers, draft.revision, writer, now), now)


def read_work(db: Database, draft_id: str, actor: Actor) -> Work | None:
    """What this person typed on the draft and has not decided; None for nothing, and for programs."""
    if actor.id is None:
        return None
    with db.read() as session:
        found = work_in_progress.load(session, draft_number(draft_id), actor.id)
    return _work(found) if found else None


def forget_work(db: Database, draft_id: str, actor: Actor) -> None:
    """Start over from the draft. Raises NotFound, NotPermitted for programs."""
    with db.write() as session:
        draft = _draft(session, draft_id)
        work_in_progress.forget(session, draft.id, _person(actor))


def _draft(session: Session, draft_id: str) -> DraftRecord:
    draft = drafts.load(session, draft_number(draft_id), lock=True)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id}.")
    return draft


def _person(actor: Actor) -> int:
    if actor.id is None:
        raise NotPermitted("Only what a person types is kept; sign in instead of sending a token.")
    return actor.id


def _what_happened(session: Session, draft: DraftRecord) -> str:
    decisions = drafts.confirmations(session, draft.id)
    if decisions:
        done = decisions[-1].decision
        kept = done in (DecisionKind.ACCEPTED, DecisionKind.EDITED)
        return f"{decisions[-1].actor} has {'confirmed' if kept else done} this draft meanwhile"
    return f"This draft is {draft.state.value} now"


def _refuse_unusable(answers: Mapping[str, str], writer: str) -> None:
    for name, text in answers.items():
        require_usable(name, text)
    require_storable(writer, "writer")
    if len(writer) > LONGEST_WRITER:
        raise InvalidInput(f"writer is over {LONGEST_WRITER} characters.")


def _work(found: WorkRecord) -> Work:
    return Work(found.answers, found.draft_revision, found.writer, Saved(found.serial, found.saved_at))
