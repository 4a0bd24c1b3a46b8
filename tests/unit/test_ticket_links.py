"""Links between tickets: which of them say that a problem is the same, and which way round."""

import pytest

from pipelines.domain.ticket_links import Relation, TicketLink, problem_links, relation_of
from pipelines.domain.tickets import TicketKey
from tests.usecases.cases import case


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("duplicates", Relation.SAME),
        ("is duplicated by", Relation.SAME),
        ("Duplicate", Relation.SAME),
        ("same issue as", Relation.SAME),
        ("regression of", Relation.RETURN_OF),
        ("is a regression from", Relation.RETURN_OF),
        ("is regressed by", Relation.RETURNED_AS),
        ("is caused by", Relation.RETURN_OF),
        ("is-Caused_by", Relation.RETURN_OF),
        ("caused-by", Relation.RETURN_OF),
        ("causes", Relation.RETURNED_AS),
        ("caused", Relation.RETURNED_AS),
        ("follow-up of", Relation.RETURN_OF),
        ("followup", Relation.RETURN_OF),
        ("is followed by", Relation.RETURNED_AS),
        ("recurrence of", Relation.RETURN_OF),
        ("relates to", None),
        ("is cloned from", None),
        ("depends on", None),
        ("blocks", None),
        ("is triggered by", None),
        ("not a duplicate of", None),
        ("has nothing to", None),
        ("", None),
    ],
)
def test_the_type_of_a_link_says_how_two_problems_stand_to_each_other(said: str, expected: Relation | None) -> None:
    assert expected == relation_of(said)


def test_an_id_is_of_the_same_source_and_a_full_name_of_its_own() -> None:
    links = ({"type": "duplicates", "ticket": "T-9"}, {"type": "regression of", "ticket": "jira/X-1"})
    found = problem_links(case("T-2", links=links))
    assert (
        TicketLink(other=TicketKey(source="desk", id="T-9"), relation=Relation.SAME),
        TicketLink(other=TicketKey(source="jira", id="X-1"), relation=Relation.RETURN_OF),
    ) == found


def test_what_names_no_other_ticket_is_passed_over() -> None:
    links = (
        {"type": "duplicates", "ticket": "T-2"},
        {"type": "duplicates", "ticket": "https://example.com/T-3"},
        {"type": "duplicates", "ticket": ""},
        {"type": "duplicates", "ticket": 7},
        {"type": None, "ticket": "T-3"},
        {"type": "duplicates", "ticket": "T" * 300},
        "T-3",
        None,
    )
    assert () == problem_links(case("T-2", links=links))


def test_a_link_given_twice_is_one() -> None:
    twice = ({"type": "duplicates", "ticket": "T-9"}, {"type": "is duplicated by", "ticket": "desk/T-9"})
    assert 1 == len(problem_links(case("T-2", links=twice)))
