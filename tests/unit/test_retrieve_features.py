"""What is known of a candidate beside the others."""

from collections.abc import Mapping

import pytest

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Candidate, Query
from pipelines.ports import VectorHit
from pipelines.retrieve.features import Pool, features
from pipelines.retrieve.fuse import fuse
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer

ARCHIVED = "Can I see only mail I have archived?"
UNDONE = "How do I get back a message that I archived by accident?"
ASKED = Query(subject="Is it possible to list the archived messages alone?")


def record(identifier: str, title: str, fix: str) -> Resolution:
    content = ResolutionContent(
        title=title,
        fields={FieldName.FIX: ResolutionField(state=SettledState.STATED, text=fix)},
        versions=ResolutionVersions(state=SettledState.NOT_KNOWN),
    )
    return Resolution(id=identifier, version=1, content=content)


def answers_to_two_questions() -> list[Candidate]:
    """Two answers to the nearest question, and between them, by either search alone, one to another question."""
    return [
        Candidate(resolution=record("R-1", ARCHIVED, "Search for -in:inbox."), similarity=0.74, lexical=6.0),
        Candidate(resolution=record("R-2", ARCHIVED, "Use the label menu."), similarity=0.66, lexical=2.0),
        Candidate(resolution=record("R-3", UNDONE, "Open all messages and move it."), similarity=0.70, lexical=4.0),
    ]


def known(candidates: list[Candidate]) -> list[Mapping[str, float]]:
    pool = Pool.of(candidates)
    return [features(prepare(ASKED), candidate, pool) for candidate in candidates]


def test_answers_to_one_question_are_as_near_as_the_nearest_of_them() -> None:
    """They take one place together, and what is behind them is behind one; words tell them apart."""
    first, second, other = known(answers_to_two_questions())
    for name in ("meaning", "meaning_lead", "meaning_place"):
        assert first[name] == second[name]
    assert (1.0, 0.5) == (first["meaning_place"], other["meaning_place"])
    assert pytest.approx(0.04) == first["meaning_lead"]
    assert first["lexical"] > other["lexical"] > second["lexical"]


def test_an_answer_to_another_question_does_not_come_between_two_to_the_nearest() -> None:
    """Though by either search alone it is ahead of the second."""
    found = answer(ASKED, answers_to_two_questions())
    shown = [one.candidate.resolution.id for one in (*found.suggestions, *found.near_misses)]
    assert ["R-1", "R-2"] == shown[:2]


def test_records_with_one_title_and_different_symptoms_are_compared_one_by_one() -> None:
    """A title that half of all tickets have makes them no one problem."""
    told = {
        name: ResolutionField(state=SettledState.STATED, text=text)
        for name, text in ((FieldName.SYMPTOM, "It was a mistake."), (FieldName.FIX, "Use the label menu."))
    }
    first, second, other = answers_to_two_questions()
    content = second.resolution.content.model_copy(update={"fields": told})
    apart = second.model_copy(update={"resolution": second.resolution.model_copy(update={"content": content})})
    places = [one["meaning_place"] for one in known([first, apart, other])]
    assert pytest.approx([1, 1 / 3, 1 / 2]) == places


def test_title_and_problem_are_known_apart() -> None:
    """A view that the search did not return is no nearer than the last hit that it did."""
    hits = [VectorHit("R-1:title", 0.9), VectorHit("R-1:problem", 0.7), VectorHit("R-2:problem", 0.5)]
    both, one = fuse(hits, [], {i: record(i, ARCHIVED, "Search.") for i in ("R-1", "R-2")})
    assert (0.9, 0.7) == (both.title_similarity, both.problem_similarity)
    assert pytest.approx(0.45) == one.title_similarity
    assert 0.5 == one.problem_similarity


def test_a_candidate_that_is_not_known_by_parts_counts_as_a_whole() -> None:
    """As where an index holds one vector a record."""
    (found,) = known([Candidate(resolution=record("R-1", ARCHIVED, "Search."), similarity=0.6)])
    assert (0.6, 0.6) == (found["meaning_title"], found["meaning_problem"])


def test_found_like_others_is_the_best_of_each_search() -> None:
    """A score that one of them lacks does not take away another's."""
    one, other = answers_to_two_questions()[:2]
    lacking = one.model_copy(update={"similarity": None, "problem_similarity": 0.3})
    found = lacking.found_like([other])
    assert ("R-1", 0.66, 0.3, 6.0) == (
        found.resolution.id,
        found.similarity,
        found.problem_similarity,
        found.lexical,
    )
