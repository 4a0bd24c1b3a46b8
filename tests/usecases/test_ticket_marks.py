"""A redaction mark means one thing in a ticket and all that is made of it, and nothing once the ticket is gone."""

from collections.abc import Sequence

import pytest
from sqlmodel import select

from pipelines.capture.extract import OfflineSummariser
from pipelines.domain.confirmations import LinkAddition, RejectReason
from pipelines.domain.drafts import FieldName, Summary, TicketView
from pipelines.domain.errors import NotFound, NotPermitted
from pipelines.domain.suggestions import Query
from pipelines.domain.tickets import Message, Role
from pipelines.ports import Vectors
from service.store.tables import AuditEventRow
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.erase import erase_ticket
from service.usecases.queue import read_draft
from service.usecases.report_gaps import build_report
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.reveal import reveal_resolution
from service.usecases.services import Services
from service.usecases.suggest import suggest
from tests.erasure import tables_with
from tests.usecases.cases import ADA, BEN, FIX, case, decision, drafted, said, send, work
from tests.web.installation import WordEmbedder

ANN, BOB, ZOE = "ann@reports.example", "bob@reports.example", "zoe@reports.example"


def thread(asked: str = ANN, *first: Message) -> tuple[Message, ...]:
    return (
        *first,
        said("m1", f"After the upgrade to 5.2.1 the nightly export to {asked} stops with error EXP-2041.", author="G"),
        said("m2", f"Root cause: the exporter waits for {BOB} to answer.", Role.ENGINEER, hours=5, author="Tomas Rey"),
        said("m3", FIX, Role.AGENT, hours=9, author="Ada"),
    )


def resolved(services: Services, **texts: str) -> str:
    """A resolution of that thread, whose texts were typed by an agent."""
    line = drafted(services, case("T-1", *thread()))
    return confirm_draft(services.db, line.id, 1, decision(**texts), ADA).resolution_id


def test_draft_and_typed_words_have_the_same_marks_and_a_reader_may_see_them(services: Services) -> None:
    name = resolved(services, fix="Ask [email-2], who is not [email-1].", symptom=f"The mail to {ANN} stops.")
    assert {"[email-1]": ANN, "[email-2]": BOB}.items() >= read_draft(services.db, "D-1").originals.items()
    content = read_resolution(services.db, name).resolution.content
    assert "The mail to [email-1] stops." == content.text(FieldName.SYMPTOM)
    shown = reveal_resolution(services.db, name, BEN)
    assert {"[email-1]": ANN, "[email-2]": BOB} == shown.originals


def test_a_quote_is_redacted_with_the_marks_of_the_record_until_somebody_asks(services: Services) -> None:
    name = resolved(services, root_cause=f"The exporter waits for {BOB} to answer.")
    quotes = {q.field: q.text for q in read_resolution(services.db, name).evidence}
    assert "waits for [email-2] to answer" in quotes["root_cause"]
    raw = {q.field: q.text for q in reveal_resolution(services.db, name, BEN).evidence}
    assert f"waits for {BOB} to answer" in raw["root_cause"]


def test_marks_of_a_confirmed_record_keep_their_meaning_when_the_ticket_is_imported_anew(services: Services) -> None:
    """Another message now comes first and the old one was edited: for new drafts, ann has another number."""
    name = resolved(services, fix=f"Ask {BOB}, not {ANN}.")
    send(services, case("T-1", *thread(ZOE, said("m0", f"It is {ZOE} who asks.", hours=-1))))
    assert {"[email-1]": ANN, "[email-2]": BOB} == reveal_resolution(services.db, name, BEN).originals
    changed = change_resolution(services.db, name, ResolutionChange(fix=f"Ask {BOB}, then {ZOE}."), BEN)
    assert "Ask [email-2], then [email-3]." == changed.resolution.content.text(FieldName.FIX)


def test_a_recurrence_brings_its_marks_under_numbers_that_are_free(services: Services) -> None:
    name = resolved(services, symptom=f"The mail to {ANN} stops.")
    body = f"Since the upgrade to 5.2.2 the nightly export to {ZOE} hangs for hours with EXP-2041."
    line = drafted(services, case("T-2", said("m1", body)))
    link_draft(services.db, line.id, 1, name, [LinkAddition.SYMPTOM], None, BEN)
    content = read_resolution(services.db, name).resolution.content
    assert "The mail to [email-1] stops." == content.text(FieldName.SYMPTOM)
    assert "export to [email-2] hangs" in str(content.wordings)
    assert {"[email-1]": ANN, "[email-2]": ZOE} == reveal_resolution(services.db, name, BEN).originals


def test_nothing_is_revealed_once_the_ticket_is_erased(services: Services) -> None:
    name = resolved(services, fix=f"Ask {BOB} to answer the exporter.")
    erase_ticket(services.db, case("T-1").key, services.settings.data_dir, "Root")
    shown = reveal_resolution(services.db, name, BEN)
    assert ({}, ()) == (shown.originals, shown.evidence)
    assert () == read_resolution(services.db, name).resolution.content.marks
    assert [] == tables_with(services.db, "reports.example")


def test_a_reveal_is_noted_without_what_it_showed(services: Services) -> None:
    name = resolved(services, fix=f"Ask {BOB}.")
    reveal_resolution(services.db, name, BEN)
    with services.db.read() as session:
        events = [(e.actor, e.action, e.subject) for e in session.exec(select(AuditEventRow))]
    assert [("Ben", "redaction.revealed", "resolution/R-1")] == events


def test_who_may_not_read_tickets_is_refused_and_what_is_not_there_is_not_found(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = resolved(services)
    with pytest.raises(NotFound):
        reveal_resolution(services.db, "R-99", BEN)
    monkeypatch.setattr("service.usecases.actors.PERMISSIONS", {UserRole.AGENT: frozenset()})
    with pytest.raises(NotPermitted):
        reveal_resolution(services.db, name, Actor("Eve", UserRole.AGENT))


class Watched(OfflineSummariser):
    """Keeps what a summariser, and so a model, is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def summarise(self, view: TicketView) -> Summary:
        self.seen.append(view.model_dump_json())
        return super().summarise(view)


class Listening(WordEmbedder):
    """Keeps what is embedded."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return super().embed_documents(texts)

    def embed_query(self, text: str) -> Vectors:
        self.seen.append(text)
        return super().embed_query(text)


CANARY = "quokkabirn"
RAW = {"ticket", "message", "confirmation"}
"""The tables of what was received, and of what an agent typed into a decision: for those who may see the ticket."""


def test_nothing_redacted_reaches_a_model_the_index_the_word_search_or_any_sign_of_demand(services: Services) -> None:
    """A mailbox, a machine, a person on the ticket, one that is not, and a password, wherever text goes on."""
    watched, listening = Watched(), Listening()
    services.summariser, services.embedder = watched, listening
    told = (
        f"Hi Quokkabirna,\nthe export to ops@{CANARY}.example on {CANARY}01.prod.corp stops with EXP-2041 since 5.2.1. "
        f"The password is {CANARY}. Regards,\nRita Quokkabirner"
    )
    for number in range(3):
        messages = (said("m1", told, author="Rita Quokkabirner"), said("m2", FIX, Role.AGENT, hours=9, author="Ada"))
        ticket = case(
            f"T-{number}", *messages, subject=f"Export for {CANARY}@mail.example", reporter="Rita Quokkabirner"
        )
        line = drafted(services, ticket)
        if number:
            reject_draft(services.db, line.id, 1, RejectReason.NO_KNOWLEDGE, f"ask ops@{CANARY}.example", None, ADA)
        else:
            confirm_draft(services.db, line.id, 1, decision(fix=f"Mail ops@{CANARY}.example. {FIX}"), ADA)
        work(services)
    suggest(services, Query(subject="no such thing", body=told), BEN)
    build_report(services)

    assert watched.seen
    assert [] == [text for text in watched.seen if CANARY in text.casefold()]
    assert len(listening.seen) > 4
    assert [] == [text for text in listening.seen if CANARY in text.casefold()]
    assert set() == {name for name in tables_with(services.db, CANARY) if name != "pg_stats"} - RAW
