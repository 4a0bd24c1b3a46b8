"""What a manager says of a gap: its title, who works on it, whether it is dismissed. Every move is kept."""

from datetime import datetime
from typing import Any

import structlog

from pipelines.capture.redact import Redactor
from pipelines.domain.errors import InvalidInput
from pipelines.domain.gaps import ANSWERED, UNSOLVED, GapEventKind, GapStatus
from pipelines.domain.storable import require_storable
from pipelines.domain.value import Value
from service.store.engine import Database
from service.store.queries import gap_events, gaps
from service.store.queries.gaps import GapRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor
from service.usecases.close_gaps import close_gap_in, require_served
from service.usecases.read_gaps import gap_view, load_gap
from service.usecases.views_gaps import GapView

PERSON = "person"
"""Who named a gap that a manager renamed."""

log = structlog.get_logger(__name__)


class GapChange(Value):
    """What to change of a gap; what is None stays. `closed_by`: the record that answers it."""

    title: str | None = None
    owner: str | None = None
    status: GapStatus | None = None
    note: str | None = None
    closed_by: str | None = None


def change_gap(db: Database, gap_id: str, change: GapChange, actor: Actor) -> GapView:
    """Rename, assign, dismiss, close or reopen a gap.

    Raises NotFound, and InvalidInput for a dismissal without a reason, a closing without a record, and a verification:
    only the demand that comes afterwards says that.
    """
    with db.write() as session:
        record = load_gap(session, gap_id)
        now = clock.now()
        for name in ("title", "owner", "note", "closed_by"):
            require_storable(getattr(change, name) or "", name)
        values = _texts(change)
        values |= _status(change, record, values)
        gaps.change(session, record.id, values, now)
        _remember(session, record, values, actor, now)
        if change.closed_by is not None:
            close_gap_in(session, record.id, require_served(session, change.closed_by), actor.name, now)
        log.info("gap.changed", gap=gap_id, by=actor.id, what=sorted(values))
        session.flush()
        return gap_view(session, gap_id)


def _texts(change: GapChange) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if change.title is not None:
        if not change.title.strip():
            raise InvalidInput("A gap needs a title.")
        values["title"] = Redactor().redact_text(change.title.strip())
    if change.owner is not None:
        values["owner"] = change.owner.strip() or None
    if change.note is not None:
        values["note"] = Redactor().redact_text(change.note.strip()) or None
    return values


def _status(change: GapChange, record: GapRecord, values: dict[str, Any]) -> dict[str, Any]:
    """The status that the change leads to, where it leads to one."""
    before = GapStatus(record.status)
    wanted = change.status
    if change.closed_by is not None:
        if wanted not in (None, GapStatus.CLOSED):
            raise InvalidInput(f"A gap that {change.closed_by[:40]} closes cannot be {wanted} as well.")
        return {}
    if wanted is None:
        if "owner" in values and before in UNSOLVED:
            return {"status": (GapStatus.ASSIGNED if values["owner"] else GapStatus.OPEN).value}
        return {}
    if wanted is GapStatus.DISMISSED and not (values.get("note") or record.note):
        raise InvalidInput("Say in `note` why the gap is dismissed.")
    if wanted in ANSWERED and wanted is not before:
        if wanted is GapStatus.CLOSED:
            raise InvalidInput("Say in `closed_by` which resolution or article answers the gap.")
        raise InvalidInput("Nobody can say that a gap is verified: the demand after its closing does.")
    unanswered = before in ANSWERED and wanted not in ANSWERED
    return {"status": wanted.value, **({"closed_by": None, "closed_at": None} if unanswered else {})}


def _remember(session: Session, record: GapRecord, values: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Put the moves that a change consists of into the history."""
    if values.get("title", record.title) != record.title:
        gaps.change(session, record.id, {"named_by": PERSON}, now)
        gap_events.add(session, record.id, GapEventKind.RENAMED, actor.name, now, what=values["title"])
    if values.get("owner", record.owner) != record.owner:
        gap_events.add(session, record.id, GapEventKind.ASSIGNED, actor.name, now, what=values["owner"])
    before, after = GapStatus(record.status), GapStatus(values.get("status", record.status))
    note = values.get("note", record.note)
    if after is GapStatus.DISMISSED and before is not after:
        gap_events.add(session, record.id, GapEventKind.DISMISSED, actor.name, now, why=note)
    elif after in UNSOLVED and before not in UNSOLVED:
        why = note if note != record.note else None
        gap_events.add(session, record.id, GapEventKind.REOPENED, actor.name, now, why=why)
