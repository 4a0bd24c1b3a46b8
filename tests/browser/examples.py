"""Tickets and drafts of an invented product, as the browser tests need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.domain.drafts import (
    SUBJECT,
    DraftContent,
    DraftField,
    DraftState,
    DraftVersions,
    Evidence,
    FieldName,
    FixKind,
    Provenance,
)
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket
from service.store.engine import Database
from service.store.ids import draft_name
from service.store.queries import drafts, tickets
from service.store.tables import DraftRow
from service.usecases.receive import receive_ticket

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUBJECT_LINE = "Label printer prints blank pages after the update to 4.2.1"
ASKED = "Since the update to 4.2.1 every label comes out blank. <b>Nothing</b> else changed & the preview is fine."
FOUND = "Node 3 still has the old raster driver: it drops pages with an alpha channel."
DONE = "Installed raster driver 2.9 on node 3 and restarted the spooler. Confirmed by the customer."
LOG = "\n".join(f"2026-03-02 09:{n:02d}:00 INFO spooler page {n} sent" for n in range(40))

PLACE = {"m1": ASKED, "m2": FOUND, "m3": DONE, "m4": LOG, SUBJECT: SUBJECT_LINE}


def ticket(number: str, *, status: str = "closed", **changes: Any) -> Ticket:
    """The printer ticket under another number."""
    said = (("m1", "customer", "public", ASKED), ("m2", "engineer", "internal", FOUND), ("m3", "agent", "public", DONE))
    messages = [
        {"id": name, "at": _at(n), "author": f"Person {n}", "role": role, "visibility": visibility, "body": body}
        for n, (name, role, visibility, body) in enumerate((*said, ("m4", "system", "public", LOG)), 1)
    ]
    raw = {
        "id": number,
        "source": "desk",
        "subject": SUBJECT_LINE,
        "status": status,
        "created_at": OPENED.isoformat(),
        "closed_at": _at(60) if status == "closed" else None,
        "product_area": "Printing",
        "assignee": "Ana Agent",
        "account": {"id": "a-1", "name": "Hollow Pine Logistics", "tier": "gold"},
        "escalated": True,
        "escalations": [{"type": "functional", "stage": "investigation"}],
        "fields": {"environment": "on-prem, 3 print nodes", "affects_versions": ["4.2.1"]},
        "messages": messages,
    }
    return parse_ticket({**raw, **changes})


def _at(minutes: int) -> str:
    return (OPENED + timedelta(minutes=minutes)).isoformat()


def quote(message: str, text: str) -> Evidence:
    """The place of `text` in one of the messages above."""
    start = PLACE[message].index(text)
    return Evidence(message=message, start=start, end=start + len(text))


def content(**changes: Any) -> DraftContent:
    """A draft that proves symptom, cause and fix, does not know the environment and doubts the versions."""
    fields = {
        FieldName.SYMPTOM: DraftField(
            text="Labels come out blank after the update.",
            evidence=(quote("m1", "every label comes out blank. <b>Nothing</b>"), quote(SUBJECT, "blank pages")),
            supported=True,
        ),
        FieldName.ROOT_CAUSE: DraftField(
            text="The old raster driver drops pages with an alpha channel.",
            evidence=(quote("m2", FOUND),),
            supported=True,
        ),
        FieldName.FIX: DraftField(
            text="Install raster driver 2.9 and restart the spooler.",
            evidence=(quote("m3", "Installed raster driver 2.9"),),
            supported=True,
        ),
    }
    made = {
        "title": "Old raster driver prints blank labels after 4.2.1",
        "fields": fields,
        "fix_kind": FixKind.FIX,
        "versions": DraftVersions(
            affected=("4.2.1",),
            fixed_in=("4.2.9",),
            evidence=(quote("m1", "4.2.1"),),
            supported=False,
            flags=('"4.2.9" is not in the thread',),
        ),
    }
    return DraftContent.model_validate({**made, **changes})


def keep_draft(
    db: Database,
    kept: Ticket,
    proposed: DraftContent | None = None,
    state: DraftState = DraftState.PENDING,
    recurrences: tuple[dict[str, Any], ...] = (),
    more: tuple[DraftContent, ...] = (),
) -> str:
    """Store a ticket with a draft, and more of them, as the worker would; returns the first draft's id."""
    receive_ticket(db, kept, "none")
    with db.write() as session:
        number = tickets.number_of(session, kept.key)
        assert number is not None
        record = tickets.load(session, number)
        provenance = Provenance(summariser="offline")
        made = [proposed or content(), *more]
        ids = drafts.add(session, number, record.closures, made, provenance, state, datetime.now(UTC))
        row = session.get(DraftRow, ids[0])
        assert row is not None
        row.dedupe = {"recurrences": list(recurrences)}
    return draft_name(ids[0])


COUNT_ASKED = "The nightly stock count e-mail did not arrive since Tuesday, error MAILQ-5512 in the export log."
COUNT_DONE = "The mail relay certificate had expired. Renewed the relay certificate and resent the count."


def stock_count(number: str, *, status: str = "closed", **changes: Any) -> Ticket:
    """A ticket about another problem, which triage is asked about."""
    said = (("m1", "customer", COUNT_ASKED), ("m2", "agent", COUNT_DONE))
    messages = [
        {"id": name, "at": _at(n), "author": f"Person {n}", "role": role, "body": body}
        for n, (name, role, body) in enumerate(said, 1)
    ]
    if status != "closed":
        messages = messages[:1]
    subject = "Nightly stock count e-mail missing"
    return ticket(number, status=status, subject=subject, product_area="Mail", messages=messages, **changes)


def stock_count_content() -> DraftContent:
    """What was learned from it, each claim proved."""

    def claim(text: str, message: str, body: str) -> DraftField:
        return DraftField(text=text, evidence=(Evidence(message=message, start=0, end=len(body)),), supported=True)

    return DraftContent(
        title="Expired mail relay certificate stops the stock count e-mail",
        fields={
            FieldName.SYMPTOM: claim("The nightly stock count e-mail does not arrive, MAILQ-5512.", "m1", COUNT_ASKED),
            FieldName.ROOT_CAUSE: claim("The mail relay certificate had expired.", "m2", COUNT_DONE),
            FieldName.FIX: claim("Renew the relay certificate and resend the count.", "m2", COUNT_DONE),
            FieldName.ENVIRONMENT: claim("mail relay", "m2", COUNT_DONE),
        },
        fix_kind=FixKind.FIX,
        versions=DraftVersions(affected=("4.2.1",), evidence=(Evidence(message="m1", start=0, end=9),)),
    )


def badge_reader(number: str, door: int) -> Ticket:
    """An open ticket about a problem that nothing answers."""
    asked = f"The badge reader at door {door} stays red and lets nobody in since the firmware was changed."
    message = {"id": "m1", "at": _at(1), "author": "Person 1", "role": "customer", "body": asked}
    subject = f"Badge reader of door {door} stays red"
    return ticket(number, status="open", subject=subject, product_area="Doors", messages=[message])
