"""The queue lists what awaits an agent: whose, how old, how complete."""

import pytest

from pipelines.domain.drafts import DraftState
from pipelines.domain.errors import InvalidInput, NotFound
from service.usecases.confirm import confirm_draft
from service.usecases.queue import count_awaiting, list_drafts, read_draft
from service.usecases.services import Services
from service.usecases.tickets import open_tickets, product_areas, read_ticket
from tests.doubles import ScriptedSummariser, refused
from tests.usecases.cases import ADA, awaiting, case, decision, drafted, said, send, work


def test_a_line_says_whose_draft_it_is_how_old_and_how_complete(services: Services) -> None:
    line = drafted(services)
    assert ("D-1", "desk/T-1", "Ada", True, 5, "offline") == (
        line.id,
        line.ticket,
        line.assignee,
        line.escalated,
        line.stated,
        line.summariser,
    )
    assert case().closed_at == line.closed_at


def test_what_was_decided_leaves_the_queue_and_is_found_by_its_state(services: Services) -> None:
    drafted(services)
    drafted(services, case("T-2"))
    confirm_draft(services.db, "D-1", 1, decision(), ADA)
    assert (["D-2"], 1) == ([line.id for line in awaiting(services)], count_awaiting(services.db))
    assert ["D-1"] == [line.id for line in list_drafts(services.db, DraftState.CONFIRMED).items]


def test_what_no_summariser_could_make_is_in_the_queue_too(services: Services) -> None:
    services.summariser = ScriptedSummariser(refused())
    assert DraftState.NEEDS_MANUAL is drafted(services).state


def test_pages_follow_one_another_without_gap_or_double(services: Services) -> None:
    for number in range(1, 6):
        send(services, case(f"T-{number}"))
    work(services)
    seen: list[str] = []
    cursor = None
    while True:
        page = list_drafts(services.db, cursor=cursor, limit=2)
        seen += [line.id for line in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert ["D-5", "D-4", "D-3", "D-2", "D-1"] == seen


def test_the_queue_of_one_agent(services: Services) -> None:
    drafted(services)
    drafted(services, case("T-2", assignee="Ben"))
    assert ["D-2"] == [line.id for line in list_drafts(services.db, assignee="Ben").items]
    with pytest.raises(InvalidInput):
        list_drafts(services.db, assignee="\0")


def test_a_draft_shows_the_thread_as_it_was_quoted(services: Services) -> None:
    line = drafted(services)
    send(services, case("T-1", said("m1", "Edited.")))
    view = read_draft(services.db, line.id)
    bodies = {m.id: m.body for m in view.ticket.messages}
    for field in view.content.fields.values():
        assert all(bodies[e.message][e.start : e.end].strip() for e in field.evidence)
    assert "Edited." not in bodies.values()
    assert ["m1", "m2", "m3"] == list(bodies)


def test_there_is_no_draft_of_another_name(services: Services) -> None:
    for name in ("D-9", "9", "D-9e9"):
        with pytest.raises(NotFound):
            read_draft(services.db, name)


def test_open_tickets_come_newest_first_and_closed_ones_do_not(services: Services) -> None:
    send(services, case("T-1"))
    send(services, case("T-2", closed=False, created_at=case().created_at.replace(day=1), assignee="Ben"))
    send(services, case("T-3", closed=False))
    assert ["desk/T-3", "desk/T-2"] == [line.key for line in open_tickets(services.db)]
    assert ["desk/T-2"] == [line.key for line in open_tickets(services.db, "Ben")]
    assert ("export",) == product_areas(services.db)


def test_there_is_no_ticket_of_another_name(services: Services) -> None:
    with pytest.raises(NotFound):
        read_ticket(services.db, case("T-9").key)
