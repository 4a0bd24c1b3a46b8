"""Triage gets what solved it before, or an abstention that counts as demand; never what was archived."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlmodel import select

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.adapters.onnx_embedder import OnnxEmbedder
from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import DemandKind
from pipelines.domain.resolutions import Confidence
from pipelines.domain.suggestions import Outcome, Query, SuggestionVerdict
from pipelines.domain.tickets import Message, Role, TicketKey
from service.store.engine import Database
from service.store.lexical import open_lexical_index
from service.store.tables import DemandSignalRow, SuggestionRow
from service.usecases.actors import SYSTEM
from service.usecases.feedback import give_outcome
from service.usecases.resolutions import ResolutionChange, change_resolution, read_resolution
from service.usecases.services import Services
from service.usecases.suggest import LONGEST_FACT, LONGEST_QUERY, query_of_ticket, suggest, ticket_query
from service.usecases.views import SuggestionView
from tests.doubles import UnreachableEmbedder, UnreachableIndex
from tests.usecases.cases import ADA, SYMPTOM, case, confirmed, said, send

ASKED = Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM)
SUGGESTED, ABSTAINED = SuggestionVerdict


def names(found: SuggestionView) -> list[str]:
    return [ranked.candidate.resolution.id for ranked in found.answer.suggestions]


def signals(services: Services) -> list[DemandSignalRow]:
    with services.db.read() as session:
        return list(session.exec(select(DemandSignalRow).order_by("id")))


def test_a_known_problem_gets_its_resolution_and_says_why(services: Services) -> None:
    confirmed(services)
    found = suggest(services, ASKED, ADA)
    assert (SUGGESTED, (), ["R-1"]) == (found.answer.verdict, found.answer.degraded, names(found))
    assert "EXP-2041" in [r.text for r in found.answer.suggestions[0].reasons if r.kind == "code"]
    assert [] == signals(services)


def test_the_same_problem_in_other_words_is_found_by_meaning(services: Services, exported_model: Path) -> None:
    """With the real embedding model: hardly a word of the question stands in the record."""
    services.embedder = OnnxEmbedder(exported_model)
    services.vectors = MemoryIndex(services.embedder.dimension)
    confirmed(services, case("T-1"), title="Users cannot sign in", symptom="Users cannot log in with their password.")
    confirmed(services, case("T-2"), title="Invoice PDF is blank", symptom="The generated invoice PDF has no content.")
    found = suggest(services, Query(subject="Login fails", body="Nobody is able to authenticate any more."), ADA)
    nearest = (*found.answer.suggestions, *found.answer.near_misses)[0]
    assert "R-1" == nearest.candidate.resolution.id


def test_what_is_remembered_of_earlier_questions_changes_no_answer(services: Services) -> None:
    """Asked of a process that has answered it all before, and of one that has just started."""
    told = (("Invoice PDF is blank", "The PDF has no pages, INV-77"), ("Sync stalls", "Sync stops at 40 per cent"))
    confirmed(services)
    for number, (title, symptom) in enumerate(told, start=2):
        confirmed(services, case(f"T-{number}"), title=title, symptom=symptom)
    asked = [ASKED, *(Query(subject=title, body=symptom) for title, symptom in told), Query(subject="export and sync")]
    for question in asked:
        suggest(services, question, ADA)
    for question in asked:
        started = Database(services.db.engine)
        fresh = replace(services, db=started, lexical=open_lexical_index(started))
        new, old = (suggest(parts, question, ADA).model_dump(exclude={"id"}) for parts in (fresh, services))
        assert _without_shown(new) == _without_shown(old)


def _without_shown(found: dict[str, Any]) -> dict[str, Any]:
    for ranked in (*found["answer"]["suggestions"], *found["answer"]["near_misses"]):
        del ranked["candidate"]["track_record"]["shown"]
    return found


def test_an_unknown_problem_gets_an_abstention_and_is_remembered_as_demand(services: Services) -> None:
    confirmed(services)
    question = Query(subject="Badge printer on fire", body="Call bob@nordwind.example", product_area="badges")
    found = suggest(services, question, ADA)
    assert (ABSTAINED, ()) == (found.answer.verdict, found.answer.suggestions)
    (signal,) = signals(services)
    assert (DemandKind.ABSTENTION, "badges", None) == (signal.kind, signal.product_area, signal.ticket_id)
    assert "Badge printer on fire\nCall [email-1]" == signal.text


def test_a_question_is_answered_while_every_other_thread_is_busy(services: Services) -> None:
    confirmed(services)
    free = Event()
    with ThreadPoolExecutor(1) as services.beside:
        services.beside.submit(free.wait)
        found = suggest(services, ASKED, ADA)
        free.set()
    assert ["R-1"] == names(found)


def test_only_a_database_that_searches_by_itself_is_asked_beside_the_embedding(services: Services) -> None:
    confirmed(services)
    with ThreadPoolExecutor(1) as services.beside:
        pass  # shut down: whoever hands it anything fails
    if services.db.dialect == "sqlite":
        assert ["R-1"] == names(suggest(services, ASKED, ADA))
    else:
        with pytest.raises(RuntimeError, match="shutdown"):
            suggest(services, ASKED, ADA)


@pytest.mark.parametrize("part", ["index", "embedder"])
def test_without_the_index_or_the_model_words_alone_answer_and_it_is_said(services: Services, part: str) -> None:
    confirmed(services)
    if part == "index":
        services.vectors = UnreachableIndex(256)
    else:
        services.embedder = UnreachableEmbedder()
    found = suggest(services, ASKED, ADA)
    shown = (*found.answer.suggestions, *found.answer.near_misses)
    assert ((part,), ["R-1"]) == (found.answer.degraded, [r.candidate.resolution.id for r in shown])


def test_an_archived_resolution_is_never_served_whatever_the_index_holds(services: Services) -> None:
    confirmed(services)
    before = list(services.vectors.facts())
    change_resolution(services.db, "R-1", ResolutionChange(confidence=Confidence.ARCHIVED), SYSTEM)
    assert before == list(services.vectors.facts())  # no worker has run since
    found = suggest(services, ASKED, ADA)
    assert ((), ()) == (found.answer.suggestions, found.answer.near_misses)


def test_a_corrected_resolution_is_served_as_it_is_now(services: Services) -> None:
    confirmed(services)
    change_resolution(services.db, "R-1", ResolutionChange(fix="Upgrade to 5.2.9."), SYSTEM)
    (ranked,) = suggest(services, ASKED, ADA).answer.suggestions
    assert 2 == ranked.candidate.resolution.version


def test_a_product_area_asked_for_leaves_others_out(services: Services) -> None:
    confirmed(services, product_area="export")
    inside = suggest(services, ASKED.model_copy(update={"product_area": "Export"}), ADA)
    outside = suggest(services, ASKED.model_copy(update={"product_area": "billing"}), ADA)
    assert ["R-1"] == names(inside)
    assert ((), ()) == (outside.answer.suggestions, outside.answer.near_misses)


def test_the_product_area_of_a_ticket_leaves_nothing_out(services: Services) -> None:
    """Whoever opened it may have picked the wrong one."""
    confirmed(services, product_area="export")
    other = case("T-9", closed=False, product_area="billing")
    send(services, other)
    assert ["R-1"] == names(suggest(services, query_of_ticket(services.db, other.key), ADA, other.key))


def test_a_ticket_asks_with_nothing_that_came_after_it_was_opened() -> None:
    late = (said("m8", "Thanks, deleting the lock file helped.", hours=50), said("m9", "Bye", hours=51))
    for thread in ((said("m1", "It stops."), *late), (*late, said("m1", "It stops."))):
        asked = ticket_query(case("T-1", *thread))
        assert ("Nightly export stops with EXP-2041", "It stops.") == (asked.subject, asked.body)


@pytest.mark.parametrize(
    ("thread", "body"),
    [
        ((said("m1", "Hello, how can I help?", Role.AGENT), said("m2", "It stops.", hours=0.1)), "It stops."),
        (
            (said("m1", "He called: it stops.", Role.AGENT), said("m2", "Removing the lock helped.", hours=30)),
            "He called: it stops.",
        ),
        ((said("m1", "Ticket created.", Role.SYSTEM), said("m2", "It stops.", hours=3)), "It stops."),
        ((said("m1", "Ticket created.", Role.SYSTEM),), "Ticket created."),
    ],
)
def test_the_question_is_what_the_customer_or_else_whoever_opened_it_said_first(
    thread: tuple[Message, ...], body: str
) -> None:
    assert body == ticket_query(case("T-1", *thread)).body


def test_a_ticket_without_messages_asks_with_its_subject() -> None:
    assert "" == ticket_query(case().model_copy(update={"messages": ()})).body


def test_a_ticket_asks_however_long_it_is(services: Services) -> None:
    """Nobody can shorten what a customer sent: of a whole log in a message its beginning is asked."""
    confirmed(services)
    facts = {"environment": "Debian 12 " * 9_000, "affects_versions": ["5.2.1" * 9_000]}
    asking = case("T-2", said("m1", SYMPTOM + " x" * LONGEST_QUERY), closed=False, fields=facts)
    send(services, asking)
    found = suggest(services, query_of_ticket(services.db, asking.key), ADA, asking.key)
    assert ["R-1"] == names(found)


def test_no_part_of_a_question_is_kept_with_an_address_or_a_key_in_it(services: Services) -> None:
    secret = "greta@nordwind.example"
    asked = Query(subject="a", body=secret, product_area=secret, environment=secret, version=secret)
    suggest(services, asked, ADA)
    with services.db.read() as session:
        kept = session.exec(select(SuggestionRow)).one()
    assert secret not in str(kept.query)


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query(subject=" ", body="\n"),
        Query(body="x" * (LONGEST_QUERY + 1)),
        Query(subject="x", environment="x" * (LONGEST_FACT + 1)),
        Query(subject="x", version="x" * (LONGEST_FACT + 1)),
        Query(subject="x", product_area="x" * (LONGEST_FACT + 1)),
    ],
)
def test_an_empty_question_and_a_huge_one_are_refused(services: Services, query: Query) -> None:
    with pytest.raises(InvalidInput):
        suggest(services, query, ADA)


def test_what_a_console_leaves_in_a_question_does_not_break_it(services: Services) -> None:
    """NUL and half characters: no database keeps them, and an abstention is kept."""
    odd = Query(subject="tail\0 of\ud800 log", body="a\0b", product_area="x\0", environment="y\0", version="1\0")
    assert ABSTAINED is suggest(services, odd, ADA).answer.verdict
    assert "tail  of? log\na b" == signals(services)[0].text


def test_a_ticket_that_there_is_not_cannot_ask(services: Services) -> None:
    for key in (TicketKey(source="desk", id="T-77"), TicketKey(source="desk", id="T\0")):
        with pytest.raises(NotFound):
            query_of_ticket(services.db, key)


def helped(services: Services, outcome: Outcome, ticket: TicketKey | None = None, suggestion: str = "S-1") -> None:
    give_outcome(services.db, suggestion, "R-1", outcome, ticket, ADA)


def test_a_good_outcome_on_a_ticket_is_a_reuse(services: Services) -> None:
    confirmed(services)
    new = case("T-2", closed=False)
    send(services, new)
    suggest(services, query_of_ticket(services.db, new.key), ADA, new.key)
    helped(services, Outcome.FIXED)
    helped(services, Outcome.HELPED)
    view = read_resolution(services.db, "R-1")
    assert [("desk/T-1", "source", None), ("desk/T-2", "suggested", "helped")] == [
        (u.ticket, u.kind, u.outcome) for u in view.uses
    ]
    assert (1, 0, 1) == (view.track_record.reused, view.track_record.held, view.track_record.open)
    send(services, case("T-2"))
    assert (1, 0) == (
        read_resolution(services.db, "R-1").track_record.held,
        read_resolution(services.db, "R-1").track_record.open,
    )


def test_an_outcome_taken_back_is_a_reuse_no_longer(services: Services) -> None:
    confirmed(services)
    send(services, case("T-2", closed=False))
    suggest(services, ASKED, ADA)
    key = TicketKey(source="desk", id="T-2")
    helped(services, Outcome.FIXED, key)
    helped(services, Outcome.NOT_RELEVANT, key)
    assert 0 == read_resolution(services.db, "R-1").track_record.reused


@pytest.mark.parametrize(("outcome", "failed"), [(Outcome.WRONG, 1), (Outcome.NOT_RELEVANT, 0)])
def test_a_bad_outcome_is_demand_and_a_wrong_fix_counts_against_it(
    services: Services, outcome: Outcome, failed: int
) -> None:
    confirmed(services)
    send(services, case("T-2", closed=False))
    suggest(services, ASKED, ADA)
    helped(services, outcome, TicketKey(source="desk", id="T-2"))
    assert [DemandKind.REJECTED_SUGGESTION] == [s.kind for s in signals(services)]
    track = read_resolution(services.db, "R-1").track_record
    assert (failed, 0) == (track.failed, track.held)


def test_an_outcome_belongs_to_something_that_was_shown(services: Services) -> None:
    confirmed(services)
    suggest(services, ASKED, ADA)
    with pytest.raises(NotFound, match="no suggestion"):
        helped(services, Outcome.FIXED, suggestion="S-9")
    with pytest.raises(NotFound, match="does not hold"):
        give_outcome(services.db, "S-1", "R-2", Outcome.FIXED, None, ADA)
    with pytest.raises(NotFound, match="no ticket"):
        helped(services, Outcome.FIXED, TicketKey(source="desk", id="none"))
