"""Tickets arriving: new, changed, unchanged, closing, reopening, in bulk and at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import func, select

from pipelines.domain.tickets import Ticket, TicketStatus
from service.store.engine import Database
from service.store.tables import MessageRow, TicketRow
from service.store.ticket_upsert import Upserted, UpsertOutcome, upsert_tickets
from tests.store.examples import NOW, message, ticket

OPEN, PENDING, CLOSED = TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.CLOSED


def upsert(database: Database, *tickets: Ticket) -> list[Upserted]:
    with database.write() as session:
        return upsert_tickets(session, tickets, NOW)


def revisions(database: Database) -> list[tuple[str, int, str, bool]]:
    with database.read() as session:
        rows = session.exec(select(MessageRow).order_by("message_id", "revision")).all()
    return [(row.message_id, row.revision, row.body, row.superseded) for row in rows]


def outcomes(done: list[Upserted]) -> list[str]:
    return [one.outcome.value for one in done]


def test_a_second_arrival_of_the_same_tickets_changes_nothing(database: Database) -> None:
    batch = [ticket(f"T-{n}", status=CLOSED) for n in range(3)]
    assert ["created"] * 3 == outcomes(upsert(database, *batch))

    with database.write() as session:
        again = upsert_tickets(session, batch, NOW + timedelta(days=1))

    assert ["unchanged"] * 3 == outcomes(again)
    assert [False] * 3 == [one.closed_now for one in again]
    with database.read() as session:
        assert {NOW} == set(session.exec(select(TicketRow.updated_at)).all())


def test_the_answer_is_in_the_order_given(database: Database) -> None:
    upsert(database, ticket("b"))
    batch = [ticket("c"), ticket("b", subject="New"), ticket("a"), ticket("b", subject="New")]

    done = upsert(database, *batch)

    assert ["c", "b", "a", "b"] == [one.key.id for one in done]
    assert ["created", "updated", "created", "unchanged"] == outcomes(done)


@pytest.mark.parametrize(
    ("statuses", "closings"),
    [
        ((OPEN,), [0]),
        ((CLOSED,), [1]),
        ((OPEN, CLOSED), [0, 1]),
        ((OPEN, PENDING, CLOSED), [0, 0, 1]),
        ((CLOSED, OPEN, CLOSED), [1, 0, 1]),
        ((CLOSED, CLOSED), [1, 0]),
    ],
)
def test_each_closing_is_seen_once(database: Database, statuses: tuple[TicketStatus, ...], closings: list[int]) -> None:
    done = [upsert(database, ticket(status=status))[0] for status in statuses]

    assert closings == [int(one.closed_now) for one in done]
    assert sum(closings) == done[-1].closure


def test_a_closing_time_that_moves_later_is_another_closing(database: Database) -> None:
    first = ticket(status=CLOSED)
    assert first.closed_at is not None
    later = first.model_copy(update={"closed_at": first.closed_at + timedelta(hours=1)})
    earlier = first.model_copy(update={"closed_at": first.closed_at - timedelta(hours=1)})

    assert [(True, 1), (True, 2), (False, 2)] == [
        (one.closed_now, one.closure) for given in (first, later, earlier) for one in upsert(database, given)
    ]


def test_an_edited_body_becomes_the_next_revision_and_the_old_one_stays(database: Database) -> None:
    upsert(database, ticket("T-1", message("m1", "first"), message("m2", "same")))
    upsert(database, ticket("T-1", message("m1", "second"), message("m2", "same")))
    assert [("m1", 1, "first", True), ("m1", 2, "second", False), ("m2", 1, "same", False)] == revisions(database)


def test_a_message_that_vanished_is_superseded_and_comes_back_to_life(database: Database) -> None:
    both = ticket("T-1", message("m1", "a"), message("m2", "b"))
    upsert(database, both)
    upsert(database, ticket("T-1", message("m1", "a")))
    assert [("m1", 1, "a", False), ("m2", 1, "b", True)] == revisions(database)

    upsert(database, both)

    assert [("m1", 1, "a", False), ("m2", 1, "b", False)] == revisions(database)


def test_what_happened_to_one_ticket_leaves_the_messages_of_others_alone(database: Database) -> None:
    upsert(database, ticket("T-1", message("m1", "one")), ticket("T-2", message("m1", "two")))
    upsert(database, ticket("T-1", message("m1", "changed")))
    assert [("m1", 1, "one", True), ("m1", 1, "two", False), ("m1", 2, "changed", False)] == sorted(
        revisions(database), key=lambda row: (row[1], row[2])
    )


def test_an_escalation_record_counts_as_escalated(database: Database) -> None:
    upsert(database, ticket(escalations=({"type": "automated"},)))
    with database.read() as session:
        assert session.exec(select(TicketRow.escalated)).one()


def test_more_tickets_than_fit_in_one_round_go_in(database: Database) -> None:
    done = upsert(database, *(ticket(f"T-{n}", message(), message("m2")) for n in range(1203)))
    assert 1203 == len({one.ticket_id for one in done})
    assert 2406 == len(revisions(database))


def test_tickets_that_arrive_twice_at_once_are_created_once(database: Database) -> None:
    def arrive(turn: int) -> list[Upserted]:
        with database.write() as session:
            return upsert_tickets(
                session, [ticket(f"T-{n}", status=CLOSED) for n in range(20)][:: 1 - 2 * (turn % 2)], NOW
            )

    with ThreadPoolExecutor(8) as threads:
        done = [one for batch in threads.map(arrive, range(8)) for one in batch]

    assert 20 == sum(one.outcome is UpsertOutcome.CREATED for one in done)
    assert 20 == sum(one.closed_now for one in done)
    with database.read() as session:
        assert (20, 20) == (
            session.exec(select(func.count()).select_from(TicketRow)).one(),
            session.exec(select(func.count()).select_from(MessageRow)).one(),
        )


def test_a_ticket_whose_name_holds_quotes_and_blanks_is_a_ticket(database: Database) -> None:
    odd = ticket("T'1\" ; --% :x")
    assert ["created", "unchanged"] == outcomes(upsert(database, odd, odd))
