"""A ticket survives being stored."""

from itertools import count

from hypothesis import HealthCheck, given, settings
from sqlmodel import col, select

from pipelines.domain.tickets import Ticket, TicketKey
from service.store.engine import Database
from service.store.tables import MessageRow, TicketRow
from service.store.ticket_rows import content_sha256, ticket_from_rows
from service.store.ticket_upsert import UpsertOutcome, upsert_tickets
from tests.store.examples import FULL, NOW, message, ticket, tickets

_numbers = count()


def stored(database: Database, ticket_id: int) -> Ticket:
    with database.read() as session:
        rows = session.exec(select(MessageRow).where(col(MessageRow.ticket_id) == ticket_id)).all()
        return ticket_from_rows(session.get_one(TicketRow, ticket_id), rows)


def test_a_full_ticket_comes_back_as_it_went_in(database: Database) -> None:
    with database.write() as session:
        done = upsert_tickets(session, [FULL], NOW)[0]
    assert FULL == stored(database, done.ticket_id)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(first=tickets, second=tickets)
def test_any_ticket_comes_back_as_it_went_in_and_as_it_was_changed(
    database: Database, first: Ticket, second: Ticket
) -> None:
    first = first.model_copy(update={"key": TicketKey(source="any", id=str(next(_numbers)))})
    changed = second.model_copy(update={"key": first.key})
    with database.write() as session:
        upsert_tickets(session, [first], NOW)
        again = upsert_tickets(session, [first], NOW)[0]
    assert UpsertOutcome.UNCHANGED is again.outcome
    assert first == stored(database, again.ticket_id)
    with database.write() as session:
        upsert_tickets(session, [changed], NOW)
    found = stored(database, again.ticket_id)
    assert changed.model_copy(update={"messages": found.messages}) == found
    assert changed.messages == _unrevised(found)


def _unrevised(found: Ticket) -> tuple[object, ...]:
    return tuple(m.model_copy(update={"revision": 1}) for m in found.messages)


@given(tickets)
def test_the_content_hash_ignores_the_order_of_keys_and_revision_numbers(one: Ticket) -> None:
    shuffled = dict(reversed(one.fields.items()))
    renumbered = tuple(m.model_copy(update={"revision": 7}) for m in one.messages)
    assert content_sha256(one) == content_sha256(one.model_copy(update={"fields": shuffled, "messages": renumbered}))


def test_the_content_hash_sees_every_kind_of_change() -> None:
    base = ticket("T-1", message())
    others = [
        base.model_copy(update={"subject": "Other"}),
        base.model_copy(update={"labels": ("x",)}),
        base.model_copy(update={"fields": {"x": 1}}),
        base.model_copy(update={"links": ("x",)}),
        base.model_copy(update={"messages": (message(body="Other"),)}),
        base.model_copy(update={"messages": (message("m2"),)}),
    ]
    assert 7 == len({content_sha256(one) for one in [base, *others]})
