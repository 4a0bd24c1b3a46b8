"""What of a text is the customer's goes, and what staff said first or others say too stays."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.tickets import Account, Role, Ticket
from service.usecases.erase_words import ERASED, RUN, CustomersWords, plain
from tests.usecases.cases import case, said

WORDS = st.sampled_from("alpha bravo delta hotel india kilo lima mango oscar papa romeo sierra tango uniform".split())
SENTENCES = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


def words_of(ticket: Ticket, *elsewhere: str) -> CustomersWords:
    return CustomersWords(ticket, ticket.messages, lambda word: any(word in text.lower() for text in elsewhere))


def talk(customer: str, staff: str, *, first: Role = Role.CUSTOMER, **facts: Any) -> Ticket:
    bodies = {Role.CUSTOMER: customer, Role.ENGINEER: staff}
    second = Role.ENGINEER if first is Role.CUSTOMER else Role.CUSTOMER
    messages = said("m1", bodies[first], first), said("m2", bodies[second], second, hours=1)
    return case("T-9", *messages, **{"subject": "Subject", "reporter": None, "assignee": None, **facts})


@given(customer=SENTENCES, staff=SENTENCES, text=st.lists(SENTENCES, max_size=4))
def test_no_six_words_remain_that_the_customer_was_first_to_write(customer: str, staff: str, text: list[str]) -> None:
    left = plain(words_of(talk(customer, staff), "").without("\n".join([*text, customer])))
    said_first = customer.split()
    runs = [" ".join(said_first[i : i + RUN]) for i in range(len(said_first) - RUN + 1)]
    assert [] == [run for run in runs if any(f" {run} " in f" {line} " for line in left.split("\n"))]


@given(staff=SENTENCES, customer=SENTENCES)
def test_what_staff_said_first_stays_as_it_is(staff: str, customer: str) -> None:
    ticket = talk(f"{customer}\n{staff}", staff, first=Role.ENGINEER)
    assert staff == words_of(ticket).without(staff)


def test_a_word_that_only_this_customer_uses_is_masked_and_codes_and_versions_stay() -> None:
    ticket = talk("Our zebrafish cluster shows EXP-2041 on 5.2.1 at srv-zebra.corp.example", "Restart it.")
    found = words_of(ticket).masked(
        "On the zebrafish cluster at srv-zebra.corp.example, EXP-2041 and 5.2.1: restart it."
    )
    assert f"On the {ERASED} {ERASED} at {ERASED}, EXP-2041 and 5.2.1: restart it." == found


def test_a_word_that_others_use_too_stays() -> None:
    ticket = talk("Our zebrafish cluster hangs", "Restart it.")
    assert f"the {ERASED} cluster" == words_of(ticket, "a cluster of nodes").masked("the zebrafish cluster")


def test_names_of_the_ticket_are_redacted_and_its_key_goes() -> None:
    ticket = talk("It hangs", "Restart it.", reporter="Greta Holm", account=Account(name="Nordwind Logistics"))
    found = words_of(ticket).masked("Greta Holm of Nordwind Logistics, see desk/T-9")
    assert f"[person-1] of [account-1], see {ERASED}" == found


def test_words_of_before_the_ticket_came_are_not_the_tickets() -> None:
    ticket = talk("Our zebrafish cluster hangs every night at two", "Restart it.")
    text = "The zebrafish cluster. Our zebrafish cluster hangs every night at two."
    words = words_of(ticket)
    assert "" == words.without("Our zebrafish cluster hangs every night at two.")
    assert text == words.without(text, plain(text))


def test_a_question_is_pasted_where_its_longer_part_stands_in_the_ticket() -> None:
    ticket = talk("Our cluster hangs every night at two, mail ops@example.org", "Restart it.")
    words = words_of(ticket)
    assert words.pasted("", "our cluster hangs EVERY night, at two, mail [email-3]")
    assert not words.pasted("Subject", "")
    assert not words.pasted("", "Our cluster hangs every day at two")
