"""An erased ticket is gone from every table and every byte of the files; what staff found out stays."""

from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlmodel import select

from pipelines.domain.confirmations import LinkAddition, RejectReason
from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import NotFound
from pipelines.domain.gaps import GapEventKind, GapStatus
from pipelines.domain.resolutions import Confidence, ResolutionContent
from pipelines.domain.suggestions import Outcome, Query, SuggestionVerdict
from pipelines.domain.tickets import Account, Role, Ticket, Visibility
from pipelines.retrieve.documents import matchable, packed
from service.jobs.runner import Worker
from service.store.queries import candidates, deliveries, erasure, gap_events
from service.store.tables import (
    AuditEventRow,
    GapReportRow,
    GapRow,
    JobRow,
    ResolutionVersionRow,
    ResolutionWordsRow,
    TextVectorRow,
)
from service.usecases import clock
from service.usecases.accept import as_stated
from service.usecases.access import create_user
from service.usecases.actors import SYSTEM, Actor, UserRole
from service.usecases.change_gaps import GapChange, change_gap
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.erase import AGAIN, REWRITE_JOB, Erased, erase_ticket, forget_in_rejects, rewrite_data
from service.usecases.feedback import give_outcome
from service.usecases.kept_neighbours import FILE
from service.usecases.lexical_text import put_missing_words
from service.usecases.name_gaps import LLM, OFFLINE
from service.usecases.queue import read_draft
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.services import Services
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.tickets import read_ticket
from service.usecases.work_in_progress import save_work
from tests.erasure import files_with, tables_with
from tests.usecases.cases import (
    ADA,
    CAUSE,
    FIX,
    case,
    confirmed,
    decision,
    drafted,
    reclosed,
    reopened,
    said,
    send,
    work,
)

CANARY = "Ulmenquokkabirnen"
NAME = "Rita Quokkabirner"
NEEDLE = "quokkabirn"
"""The canary's middle: the word index stores a word without the beginning that it shares with the one before, and
without the ending that the stemming takes off."""


def marked(identifier: str = "T-9", **facts: Any) -> Ticket:
    """A ticket with the canary wherever the customer's side of it can stand."""
    thread = (
        said("m1", f"On our host {CANARY} the nightly export stops. We call the tenant {CANARY}.", author=NAME),
        said("m2", CAUSE, Role.ENGINEER, hours=5, author="Tomas Rey", visibility=Visibility.INTERNAL),
        said("m3", FIX, Role.AGENT, hours=9, author="Ada"),
    )
    marks: dict[str, Any] = {
        "subject": f"Nightly export stops at {CANARY}",
        "account": Account(id="QUOKKABIRN-1", name="Quokkabirnia Limited", tier="gold"),
        "reporter": NAME,
        "fields": {CANARY: CANARY, "environment": f"{CANARY} on Debian 12"},
        "labels": (CANARY,),
        "links": ({"url": CANARY},),
    }
    return case(identifier, *thread, **{**marks, **facts})


def test_every_process_is_told_to_forget_what_it_read_before(services: Services) -> None:
    confirmed(services)
    send(services, marked())
    suggest(services, Query(subject="Nightly export stops"), ADA)
    with services.db.read() as session:
        remembered = session.info["remembered"]
    assert 1 == len(remembered)
    erase_ticket(services.db, marked().key, services.settings.data_dir, "command line")
    suggest(services, Query(subject="Who grows quinces?"), ADA)
    with services.db.read() as session:
        assert deliveries.fact(session, deliveries.ERASURES) is not None


def edited(ticket: Ticket) -> Ticket:
    """The ticket after its first message was changed, so that an older body is kept beside the new one."""
    first, *others = ticket.messages
    changed = first.model_copy(update={"body": f"{first.body} Edited at {CANARY}."})
    return ticket.model_copy(update={"messages": (changed, *others)})


def erase(services: Services, ticket: str = "T-9") -> Erased:
    erased = erase_ticket(services.db, case(ticket).key, services.settings.data_dir, "Root")
    Worker(services).run_until_idle()
    return erased


def places(services: Services, needle: str = NEEDLE) -> tuple[list[str], list[str]]:
    """The tables and the files that hold the needle."""
    return tables_with(services.db, needle), files_with(services.settings.data_dir, needle)


def everything(services: Services) -> None:
    """All that can be made of a ticket: revisions, two closings, decisions, searches, outcomes, a gap report."""
    for identifier in ("T-9", "T-10"):
        send(services, marked(identifier, closed=False))
    build_report(services)
    send(services, edited(marked()))
    line = drafted(services, reclosed(edited(marked())))
    texts = {"symptom": f"The export stops on {CANARY}.", "environment": f"Debian 12 at {CANARY}"}
    confirm_draft(services.db, line.id, 1, decision(title=f"Export stops on {CANARY}", **texts), ADA)
    work(services)
    send(services, reopened(marked()))
    rejected = drafted(services, reclosed(marked(), days=5))
    reject_draft(services.db, rejected.id, 1, RejectReason.NO_KNOWLEDGE, f"asked {CANARY}", 3.0, ADA)
    on_it = suggest(services, query_of_ticket(services.db, marked().key), ADA, marked().key)
    suggest(services, Query(subject=marked().subject, body=marked().messages[0].body), ADA)
    told = suggest(services, Query(subject="export", body=f"retyped for {CANARY}"), ADA)
    for asked in (on_it, told):
        for ranked in (*asked.answer.suggestions, *asked.answer.near_misses):
            resolution = ranked.candidate.resolution.id
            give_outcome(services.db, asked.id, resolution, Outcome.NOT_RELEVANT, marked().key, ADA)


def test_nothing_of_an_erased_ticket_remains_in_any_table_or_file(services: Services) -> None:
    everything(services)
    erase(services, "T-10")  # it holds the canary too
    before = places(services)[0]
    assert {"ticket", "message", "draft", "confirmation", "suggestion", "demand_signal", "gap_report"} <= {*before}

    erase(services)

    assert ([], []) == places(services)


def test_what_an_agent_had_typed_and_not_decided_goes_too(services: Services) -> None:
    line = drafted(services, marked())
    create_user(services.db, "Ada", UserRole.AGENT, "long enough a password")
    ada = Actor(name="Ada", role=UserRole.AGENT, id=1)
    for serial in range(3):
        save_work(services.db, line.id, 1, {"environment_text": f"{CANARY} {serial} {'x' * 900}"}, ada)
    assert "work_in_progress" in places(services)[0]
    erase(services)
    assert ([], []) == places(services)


def test_what_updates_left_in_free_space_goes_too(services: Services) -> None:
    """The former words of rows that were changed lie in pages that nothing points at."""
    for day in range(2, 30):
        send(services, reclosed(marked(subject=f"{CANARY} {day} {'x' * 900}"), days=day))
    erase(services)
    assert ([], []) == places(services)


def test_words_of_a_former_version_leave_the_word_index(services: Services) -> None:
    confirmed(services, marked(), symptom=f"It is {CANARY} who reported that exports stop.")
    change_resolution(services.db, "R-1", ResolutionChange(symptom="Exports stop."), ADA)
    change_resolution(services.db, "R-1", ResolutionChange(title=f"Exports stop for {CANARY}"), ADA)
    assert ["R-1"] == [hit.id for hit in services.lexical.search(CANARY, 5)]
    erase(services)
    assert ([], []) == places(services)


def texts(services: Services, resolution: str = "R-1") -> dict[str, str | None]:
    content = read_resolution(services.db, resolution).resolution.content
    return {"title": content.title} | {name.value: content.text(name) for name in FieldName}


def test_what_staff_wrote_stays_and_what_the_customer_wrote_goes(services: Services) -> None:
    line = drafted(services, case("T-9"))
    # The agent takes the draft as it is: the customer's symptom, the engineer's cause, the agent's fix.
    confirmed_as_drafted(services, line.id)
    before = texts(services)
    assert before["symptom"] is not None

    erase(services)

    after = texts(services)
    assert (before["root_cause"], before["fix"]) == (after["root_cause"], after["fix"])
    assert (None, None) == (after["symptom"], after["environment"])
    assert before["title"] != after["title"]
    view = read_resolution(services.db, "R-1")
    assert ((), (), 2, ("5.2.1",)) == (
        view.uses,
        view.evidence,
        view.resolution.version,
        view.resolution.content.versions.affected,
    )
    assert [] == [v for v in evidence_left(services) if "T-9" in v]


def confirmed_as_drafted(services: Services, draft: str) -> None:
    view = read_draft(services.db, draft)
    taken = as_stated(view.content, view.ticket)
    affirmed = taken.model_copy(
        update={"fields": {n: f.model_copy(update={"affirmed": True}) for n, f in taken.fields.items()}}
    )
    confirm_draft(services.db, draft, 1, affirmed, ADA)
    work(services)


def evidence_left(services: Services) -> list[str]:
    with services.db.read() as session:
        return [str(row.content) for row in session.exec(select(ResolutionVersionRow))]


def test_what_the_agent_wrote_stays_without_the_words_that_only_this_customer_has(services: Services) -> None:
    send(services, case("T-1"))
    confirmed(
        services,
        marked(fields={"host": "srv-ulmen"}),
        symptom="Exports stop on srv-ulmen with EXP-2041.",
        fix="Upgrade.",
    )
    erase(services)
    after = texts(services)
    assert "Exports stop on [erased] with EXP-2041." == after["symptom"]
    assert "Upgrade." == after["fix"]


def test_a_resolution_of_other_tickets_loses_only_what_the_erased_one_added(services: Services) -> None:
    confirmed(services, case("T-1"))
    before = texts(services)
    line = drafted(
        services,
        case(
            "T-9",
            said("m1", "Since Tuesday every export of the payroll archive comes out empty."),
            *case().messages[1:],
        ),
    )
    link_draft(services.db, line.id, 1, "R-1", list(LinkAddition), 5.0, ADA)
    work(services)
    linked = read_resolution(services.db, "R-1").resolution.content
    assert "payroll" in str(linked.wordings)

    erase(services)

    assert before == texts(services)
    view = read_resolution(services.db, "R-1")
    assert ["desk/T-1"] == [use.ticket for use in view.uses]
    assert {"desk/T-1"} == {quote.ticket for quote in view.evidence}
    assert [] == [text for text in (*evidence_left(services), str(view.history)) if "T-9" in text or "payroll" in text]


def test_a_resolution_that_answers_nothing_any_more_is_archived_and_not_found(services: Services) -> None:
    messages = (
        said("m1", "The export of the payroll stops at night."),
        said("m2", "We fixed it ourselves: the fix is to restart the payroll scheduler.", hours=2),
    )
    line = drafted(services, case("T-9", *messages))
    confirmed_as_drafted(services, line.id)
    assert read_resolution(services.db, "R-1").resolution.served

    erase(services)

    view = read_resolution(services.db, "R-1").resolution
    assert (Confidence.ARCHIVED, False, "R-1, of an erased ticket") == (
        view.confidence,
        view.served,
        view.content.title,
    )
    assert ([], 0) == (services.lexical.search("payroll scheduler", 5), services.vectors.count())


def test_other_tickets_and_resolutions_are_as_they_were_and_still_found(services: Services) -> None:
    confirmed(services, case("T-1"))
    before, ticket = texts(services), read_ticket(services.db, case("T-1").key)
    everything(services)
    erase(services)
    erase(services, "T-10")
    answer = suggest(services, query_of_ticket(services.db, case("T-1").key), ADA).answer
    assert (before, ticket) == (texts(services), read_ticket(services.db, case("T-1").key))
    assert (SuggestionVerdict.SUGGESTED, "R-1") == (answer.verdict, answer.suggestions[0].candidate.resolution.id)


def test_a_second_erasure_finds_no_ticket_and_an_import_brings_a_new_one(services: Services) -> None:
    send(services, marked())
    first = read_ticket(services.db, marked().key)
    erase(services)
    with pytest.raises(NotFound, match="There is no ticket 'desk/T-9'"):
        erase(services)
    assert "created" == send(services, marked()).outcome.value
    again = read_ticket(services.db, marked().key)
    assert (first.ticket, ()) == (again.ticket, again.draft_ids)


def test_the_audit_trail_says_who_and_when_and_names_the_ticket_by_a_hash(services: Services) -> None:
    for _ in range(2):
        send(services, marked())
        erase(services)
    with services.db.read() as session:
        rows = [r for r in session.exec(select(AuditEventRow)) if r.action == "ticket.erased"]
    assert [("Root", rows[0].subject)] * 2 == [(row.actor, row.subject) for row in rows]
    assert "T-9" not in rows[0].subject


def ask_badges(services: Services, *identifiers: str) -> None:
    for identifier in identifiers:
        body = "The badge printer prints blank badges since the firmware update."
        subject = f"Badge printer blank {identifier if identifier != 'T-9' else CANARY}"
        send(services, case(identifier, said("m1", body), subject=subject, closed=False))


def test_a_title_that_a_model_made_of_the_ticket_leaves_the_history_too(services: Services) -> None:
    ask_badges(services, "T-9", "T-1", "T-2", "T-3")
    (gap,) = build_report(services).gaps
    with services.db.write() as session:
        gap_events.add(session, 1, GapEventKind.RENAMED, SYSTEM.name, clock.now(), what="Rita's printer is empty")
        gap_events.add(session, 1, GapEventKind.RENAMED, "Kim", clock.now(), what="Printers")
    kept = services.settings.data_dir / FILE
    kept.write_bytes(b"digests")

    erase_ticket(services.db, marked().key, services.settings.data_dir, "Root")

    renamed = [move.what for move in read_gap(services.db, gap.id).history if move.kind == GapEventKind.RENAMED]
    assert 2 == len(renamed)
    assert "Printers" == renamed[1]
    assert str(renamed[0]).startswith("Badge printer blank T-")
    assert not kept.exists()


def test_words_that_are_kept_anew_while_a_ticket_is_erased_are_those_that_it_left(services: Services) -> None:
    """The sweep keeps words of older resolutions beside whatever else happens to these."""
    confirmed(services, marked(), fix=f"Restart the export. Ask {CANARY}.")
    with services.db.write() as session:
        candidates.remove_words(session, 1)
    sweep = Thread(target=put_missing_words, args=(services.db,))
    with services.db.write() as session:
        erasure.resolutions_beside(session, 1)
        (version,) = erasure.versions_of(session, 1)
        fix = version.content.fields[FieldName.FIX].model_copy(update={"text": "Restart the export."})
        content = version.content.model_copy(update={"fields": {FieldName.FIX: fix}, "title": "Export"})
        erasure.rewrite_version(session, 1, version._replace(content=content))
        sweep.start()
        sweep.join(1)
        assert sweep.is_alive()
    sweep.join(10)
    with services.db.read() as session:
        words = session.get_one(ResolutionWordsRow, 1).words
    assert packed(matchable(content)) == words


def test_a_gap_keeps_its_number_and_loses_the_ticket_with_every_title_made_of_it(services: Services) -> None:
    ask_badges(services, "T-9", "T-1", "T-2", "T-3")
    (gap,) = build_report(services).gaps
    with services.db.write() as session:  # as if the erased one's subject had been in the middle
        row = session.get_one(GapRow, 1)
        report = session.get_one(GapReportRow, 1)
        row.title = f"Badge printer blank {CANARY}"
        report.report = {**report.report, "gaps": [{**report.report["gaps"][0], "title": row.title}]}
        session.add_all([row, report])

    erase_ticket(services.db, marked().key, services.settings.data_dir, "Root")

    (left,) = latest_report(services.db).gaps  # type: ignore[union-attr]
    assert (gap.id, "Badge printer blank T-1", ("desk/T-1", "desk/T-2", "desk/T-3")) == (
        left.id,
        left.title,
        left.ticket_ids,
    )
    with services.db.read() as session:
        assert {"G-1": 1} == session.get_one(GapReportRow, 1).report["erased"]
    work(services)
    assert ([], []) == places(services)
    assert ["G-1"] == [g.id for g in latest_report(services.db).gaps]  # type: ignore[union-attr]


def test_what_a_manager_called_a_gap_stays(services: Services) -> None:
    ask_badges(services, "T-9", "T-1", "T-2")
    build_report(services)
    change_gap(services.db, "G-1", GapChange(title="Blank badges", note=f"Called {CANARY}"), ADA)
    erase(services)
    with services.db.read() as session:
        row = session.get_one(GapRow, 1)
    assert ("Blank badges", "Called [erased]") == (row.title, row.dismissed_reason)


def test_the_history_of_a_gap_keeps_its_moves_and_loses_the_words(services: Services) -> None:
    ask_badges(services, "T-9", "T-1", "T-2")
    build_report(services)
    change_gap(services.db, "G-1", GapChange(title=f"Blank for {CANARY}"), ADA)
    change_gap(services.db, "G-1", GapChange(status=GapStatus.DISMISSED, note=f"Called {CANARY}"), ADA)
    erase(services)
    _, renamed, dismissed = read_gap(services.db, "G-1").history
    assert ("Blank for [erased]", "Called [erased]") == (renamed.what, dismissed.why)


def test_a_title_that_a_model_made_of_an_erased_ticket_goes(services: Services) -> None:
    ask_badges(services, "T-9", "T-1", "T-2")
    build_report(services)
    with services.db.write() as session:
        row = session.get_one(GapRow, 1)
        row.title, row.named_by = "Badges come out empty at Nordwind", LLM
        session.add(row)
    erase(services)
    with services.db.read() as session:
        row = session.get_one(GapRow, 1)
    assert ("Badge printer blank T-1", OFFLINE) == (row.title, row.named_by)


def test_kept_embeddings_stay_for_resolutions_alone(services: Services) -> None:
    confirmed(services, case("T-1"))
    ask_badges(services, "T-9", "T-2")
    build_report(services)
    with services.db.read() as session:
        known = {row.text_sha256: row.vector for row in session.exec(select(TextVectorRow))}
    erase_ticket(services.db, marked().key, services.settings.data_dir, "Root")
    rewrite_data(services.db)
    with services.db.read() as session:
        left = {row.text_sha256 for row in session.exec(select(TextVectorRow))}
    assert 3 == len(left) < len(known)
    if services.db.dialect == "sqlite":
        gone = [vector for sha256, vector in known.items() if sha256 not in left]
        assert [] == [v for v in gone if files_with(services.settings.data_dir, v)]


def test_a_second_look_catches_a_report_that_was_being_built_meanwhile(services: Services) -> None:
    ask_badges(services, "T-9", "T-1")
    build_report(services)
    with services.db.read() as session:
        stale = session.get_one(GapReportRow, 1).model_dump()
    erase(services)
    with services.db.write() as session:
        session.add(GapReportRow(**(stale | {"id": 77})))
        session.flush()
        again = [row for row in session.exec(select(JobRow)) if (row.kind, row.subject) == (REWRITE_JOB, AGAIN)]
        again[0].run_at -= timedelta(hours=2)
        session.add(again[0])
    work(services)
    with services.db.read() as session:
        assert "T-9" not in str(session.get_one(GapReportRow, 77).report)
        assert 1 == len([row for row in session.exec(select(JobRow)) if row.subject == AGAIN])


def test_rejected_lines_that_name_the_ticket_leave_the_rejects_files(tmp_path: Path) -> None:
    file = tmp_path / "demo.rejects.jsonl"
    other = '{"line": 2, "reason": "r", "raw": "{\\"id\\": \\"T-90\\"}"}\n'
    file.write_text('{"line": 1, "reason": "r", "raw": "{\\"id\\": \\"T-9\\", \\"x\\": "}"}\n' + other)
    assert (1, other) == (forget_in_rejects(tmp_path, case("T-9").key), file.read_text())


def test_a_content_never_loses_its_shape(services: Services) -> None:
    """What erasure leaves is read back by everything that reads resolutions."""
    confirmed(services, marked(), title=CANARY, symptom=CANARY, fix=CANARY, root_cause=CANARY)
    erase(services)
    content = read_resolution(services.db, "R-1").resolution.content
    assert content == ResolutionContent.model_validate(content.model_dump(mode="json"))
