"""Loads the demo tickets once and runs the whole loop on them, with the decisions its invented agents took."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from typing import Any

from pipelines.domain.confirmations import Confirmed, SettledField, SettledState, SettledVersions
from pipelines.domain.drafts import DraftState, FieldName, FixKind
from pipelines.domain.errors import Conflict
from pipelines.domain.tickets import TicketKey
from service.store.ids import draft_name, resolution_name
from service.store.queries import access, deliveries, drafts, tickets
from service.store.queries.drafts import DraftRecord
from service.store.session import Session
from service.store.tables import CaptureState
from service.usecases import clock
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft, link_draft
from service.usecases.import_tickets import import_file
from service.usecases.receive import queue_draft
from service.usecases.report_gaps import build_report
from service.usecases.services import Services

LOADED = "demo_loaded"
SOURCE = "demo"

CLOSING = timedelta(minutes=4)
"""How long after its ticket was closed a draft of the demo was decided on."""


def load_demo(services: Services, say: Callable[[str], None], work_off: Callable[[], object]) -> bool:
    """Import, draft, confirm, index, and report the gaps; False where an earlier start has done it.

    What the agents of the demo confirmed stands in confirmations.jsonl, what they linked to a known resolution in
    links.jsonl, each dated when its ticket closed; the other drafts wait for the visitor.
    `work_off` works on the queued jobs until none is left. Safe to interrupt: every step can be done again.
    Raises Conflict where the installation is somebody's real one.
    """
    with services.db.read() as session:
        if deliveries.fact(session, LOADED):
            return False
        if access.count_users(session) or tickets.count_elsewhere(session, SOURCE):
            raise Conflict(
                f"{services.settings.data_dir} holds a real installation, which the demo must not touch; "
                "set PRECEDENT_DATA_DIR to another directory, or use `precedent serve`."
            )
    kept, linked = _rows("confirmations.jsonl"), _rows("links.jsonl")
    with as_file(files("service.demo") / "tickets.jsonl") as path:
        rejects = services.settings.data_dir / "demo.rejects.jsonl"
        summary = import_file(services.db, path, "none", rejects=rejects)
        say(f"{summary.read} demo tickets imported")
        _queue(services, [decision["ticket"] for decision in kept])
        work_off()
        made = sum(_confirm(services, decision) for decision in kept)
        work_off()
        _queue(services, [decision["ticket"] for decision in linked])
        work_off()
        for decision in linked:
            _link(services, decision)
        work_off()
        say(f"{made} drafts made, confirmed as the demo's agents did, embedded and searchable")
        # The others are drafted once there is something that they may repeat.
        waiting = import_file(services.db, path, "all", rejects=rejects).drafts_queued
        work_off()
    say(f"{waiting} more drafts made, which wait for you")
    report = build_report(services)
    say(f"gap report built: {len(report.gaps)} gaps behind {report.signals} questions nobody answered")
    with services.db.write() as session:
        deliveries.set_fact(session, LOADED, value=True)
    return True


def _queue(services: Services, keys: Sequence[str]) -> None:
    """Queue the drafts of these tickets that have none yet."""
    with services.db.write() as session:
        for key in keys:
            record = tickets.find(session, TicketKey.parse(key))
            if record is not None and record.capture_state is CaptureState.NONE:
                queue_draft(session, record.id, record.closures)


def _rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (files("service.demo") / name).read_text("utf-8").splitlines()]


def _confirm(services: Services, kept: Mapping[str, Any]) -> bool:
    """Confirm a ticket's draft as its agent did; False where that was done at an earlier, interrupted start."""
    with services.db.read() as session:
        waiting, agent = _waiting(session, kept), _agent(kept)
        closed = _closed(session, kept["ticket"])
    if waiting is None:
        return False
    with clock.as_of(closed + CLOSING):
        confirm_draft(services.db, draft_name(waiting.id), waiting.revision, _decided(kept), agent)
    return True


def _link(services: Services, kept: Mapping[str, Any]) -> None:
    """Link a ticket's draft as its agent did to the resolution that another ticket left; done once."""
    with services.db.read() as session:
        waiting, agent = _waiting(session, kept), _agent(kept)
        closed = _closed(session, kept["ticket"])
        known = [
            confirmation.resolution_id
            for draft in drafts.of_ticket(session, _number(session, kept["same_as"]))
            for confirmation in drafts.confirmations(session, draft.id)
        ]
    number = next((one for one in known if one is not None), None)
    if waiting is None or number is None:
        return
    with clock.as_of(closed + CLOSING):
        name = resolution_name(number)
        link_draft(services.db, draft_name(waiting.id), waiting.revision, name, (), kept["seconds"], agent)


def _waiting(session: Session, kept: Mapping[str, Any]) -> DraftRecord | None:
    made = drafts.of_ticket(session, _number(session, kept["ticket"]))
    return next((draft for draft in made if draft.state is DraftState.PENDING), None)


def _agent(kept: Mapping[str, Any]) -> Actor:
    return Actor(name=kept["agent"], role=UserRole.AGENT)


def _number(session: Session, key: str) -> int:
    number = tickets.number_of(session, TicketKey.parse(key))
    assert number is not None  # noqa: S101 - imported before anything is decided
    return number


def _closed(session: Session, key: str) -> datetime:
    closed = tickets.load(session, _number(session, key)).ticket.closed_at
    assert closed is not None  # noqa: S101 - decisions are on closed tickets; tests/unit/test_demo_tickets.py says so
    return closed


def _decided(kept: Mapping[str, Any]) -> Confirmed:
    versions = bool(kept["affected"] or kept["fixed_in"])
    return Confirmed(
        title=kept["title"],
        fields={name: _settled(kept[name.value]) for name in FieldName},
        fix_kind=FixKind(kept["fix_kind"]) if kept["fix_kind"] else None,
        versions=SettledVersions(
            state=SettledState.STATED if versions else SettledState.NOT_KNOWN,
            affected=tuple(kept["affected"]),
            fixed_in=tuple(kept["fixed_in"]),
        ),
        seconds=kept["seconds"],
    )


def _settled(text: str | None) -> SettledField:
    if text is None:
        return SettledField(state=SettledState.NOT_KNOWN)
    return SettledField(state=SettledState.STATED, text=text)
