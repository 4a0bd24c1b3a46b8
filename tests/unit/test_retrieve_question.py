"""The one question that tells look-alikes apart: which it is, when none is asked, and what its answer moves."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import (
    UNKNOWN,
    Answer,
    Answered,
    Applicability,
    ApplicabilityVerdict,
    Candidate,
    Query,
    Ranked,
    SuggestionVerdict,
)
from pipelines.retrieve.conditions import conditions
from pipelines.retrieve.inquiries import inquiries, inquiry_about
from pipelines.retrieve.query import prepare
from pipelines.retrieve.question import doubt, expected_gain, told_apart, updated, with_answers

ASKED = Query(subject="Users are sent back to the sign-in page")
JUDGED = Applicability(verdict=ApplicabilityVerdict.UNKNOWN, why="not judged")


def record(
    identifier: str,
    cause: str,
    environment: str | None = None,
    *,
    affected: tuple[str, ...] = (),
    fixed_in: tuple[str, ...] = (),
    area: str | None = None,
) -> Resolution:
    stated = SettledState.STATED
    texts = {FieldName.SYMPTOM: "Sign-in loops.", FieldName.ROOT_CAUSE: cause, FieldName.ENVIRONMENT: environment}
    fields = {name: ResolutionField(state=stated, text=text) for name, text in texts.items() if text}
    fields[FieldName.FIX] = ResolutionField(state=stated, text=f"Undo: {cause}")
    versions = ResolutionVersions(
        state=stated if affected or fixed_in else SettledState.NOT_KNOWN, affected=affected, fixed_in=fixed_in
    )
    content = ResolutionContent(title="Sign-in loops", fields=fields, versions=versions, product_area=area)
    return Resolution(id=identifier, version=1, content=content)


CLOCK = record("R-1", "A clock runs late (SAML-0417)", "On premises, Okta, Linux", affected=("5.0 to 5.1.3",))
PROXY = record("R-2", "The proxy rewrites session cookies", "Cloud, Entra ID, Windows", affected=("5.2.1",))
EXPIRED = record("R-3", "Certificate was rolled over (SAML-0422)", "Cloud, Windows", fixed_in=("5.2.3",))


def shown(records: Sequence[Resolution], chances: Sequence[float]) -> Answer:
    ranked = tuple(
        Ranked(
            rank=place,
            score=chance,
            probability=chance,
            candidate=Candidate(resolution=one, similarity=0.6),
            applicability=JUDGED,
        )
        for place, (one, chance) in enumerate(zip(records, chances, strict=True), start=1)
    )
    return Answer(verdict=SuggestionVerdict.SUGGESTED, suggestions=ranked)


def ask(answer: Answer, query: Query = ASKED) -> Answer:
    return told_apart(query, prepare(query), answer)


def order(answer: Answer) -> list[str]:
    return [one.candidate.resolution.id for one in answer.suggestions]


def said(about: str, answer: str) -> Query:
    return ASKED.model_copy(update={"answers": (Answered(about=about, answer=answer),)})


def test_two_causes_of_one_symptom_are_shown_with_a_question_and_a_way_out() -> None:
    question = ask(shown([CLOCK, PROXY], [0.3, 0.25])).question
    assert question is not None
    assert ("R-1", "R-2") == question.apart
    assert UNKNOWN == question.options[-1]
    assert 0 < question.gain <= 1


@pytest.mark.parametrize(
    ("about", "option", "first"),
    [
        ("deployment", "cloud", "R-2"),
        ("deployment", "on-premises", "R-1"),
        ("operating system", "windows", "R-2"),
        ("identity provider", "Okta", "R-1"),
        ("code", "SAML-0417", "R-1"),
        ("code", "none of these", "R-2"),
        ("version", "5.2.1", "R-2"),
        ("version", "5.0 to 5.1.3", "R-1"),
    ],
)
def test_an_answer_puts_first_what_it_fits_and_no_other_question_follows(about: str, option: str, first: str) -> None:
    for chances in ((0.3, 0.25), (0.25, 0.3)):
        after = ask(shown([CLOCK, PROXY], chances), said(about, option))
        assert (first, None) == (order(after)[0], after.question)


def test_unknown_moves_nothing_and_is_followed_by_another_question() -> None:
    before = ask(shown([CLOCK, PROXY], [0.3, 0.25]))
    assert before.question is not None
    after = ask(shown([CLOCK, PROXY], [0.3, 0.25]), said(before.question.about, UNKNOWN))
    assert before.suggestions == after.suggestions
    assert after.question is not None
    assert before.question.about != after.question.about


def test_nothing_is_asked_where_one_cause_is_clear_or_the_causes_are_one() -> None:
    other_clock = record("R-4", "The clock of a node is off (SAML-0417)", "Cloud, Windows")
    assert ask(shown([CLOCK, PROXY], [0.6, 0.05])).question is None
    assert ask(shown([CLOCK, other_clock], [0.3, 0.3])).question is None
    assert ask(shown([CLOCK], [0.3])).question is None
    assert ask(Answer(verdict=SuggestionVerdict.ABSTAINED)).question is None


def test_what_the_customer_said_already_is_not_asked() -> None:
    told = Query(
        subject="Sign-in loops on Windows in the cloud with Okta, SAML-0417", version="5.2.1", product_area="a"
    )
    about = {one.about for one in inquiries(prepare(told), [conditions(CLOCK), conditions(PROXY)])}
    assert not about & {"operating system", "deployment", "identity provider", "code", "version", "area"}


def test_an_answer_is_told_to_the_ranking_where_it_belongs() -> None:
    """An area is not: as a filter it would hide records that name another."""
    answers = [("version", "5.2.1"), ("browser", "Edge"), ("code", "X-12"), ("name:Nginx", "yes"), ("area", "Billing")]
    silent = [("database", UNKNOWN), ("name:Apache", "no"), ("file format", "another")]
    query = Query(answers=tuple(Answered(about=a, answer=b) for a, b in (*answers, *silent)))
    told = with_answers(query)
    assert ("5.2.1", "Edge; Nginx", "X-12", None) == (told.version, told.environment, told.body, told.product_area)


def test_a_question_that_asks_nothing_here_is_passed_over() -> None:
    answer = shown([CLOCK, PROXY], [0.3, 0.25])
    for about in ("nonsense", "browser", "name:", "name:" + "x" * 99):
        assert answer.suggestions == ask(answer, said(about, "Edge")).suggestions


CHANCES = st.lists(st.floats(0.01, 0.9), min_size=2, max_size=4)


@st.composite
def channels(draw: st.DrawFn) -> tuple[list[float], list[int], list[dict[str, float]]]:
    chances = draw(CHANCES)
    causes = [draw(st.integers(0, place)) for place in range(len(chances))]
    options = draw(st.integers(2, 4))
    likelihoods = []
    for _ in chances:
        weights = draw(st.lists(st.floats(0.05, 1), min_size=options, max_size=options))
        likelihoods.append({str(n): weight / sum(weights) for n, weight in enumerate(weights)})
    return chances, causes, likelihoods


@given(channels())
def test_a_question_takes_away_no_more_doubt_than_there_is(
    channel: tuple[list[float], list[int], list[dict[str, float]]],
) -> None:
    chances, causes, likelihoods = channel
    whole = doubt([chance / sum(chances) for chance in chances], causes)
    assert -1e-9 <= expected_gain(chances, causes, likelihoods) <= whole + 1e-9
    alike = [likelihoods[0]] * len(chances)
    assert expected_gain(chances, causes, alike) == pytest.approx(0, abs=1e-9)


@given(channels())
def test_an_answer_moves_chance_between_candidates_and_makes_none(
    channel: tuple[list[float], list[int], list[dict[str, float]]],
) -> None:
    chances, _, likelihoods = channel
    for option in likelihoods[0]:
        moved = updated(chances, [each[option] for each in likelihoods])
        assert math.fsum(moved) == pytest.approx(math.fsum(chances))
        assert all(chance >= 0 for chance in moved)


@given(st.permutations([CLOCK, PROXY, EXPIRED]), st.floats(0.2, 0.6))
def test_the_chances_of_an_inquiry_sum_to_one_for_each_record(records: list[Resolution], chance: float) -> None:
    stated = [conditions(one) for one in records]
    for inquiry in inquiries(prepare(ASKED), stated):
        for one in stated:
            assert math.fsum(inquiry.chance(option, one) for option in inquiry.options) == pytest.approx(1)
        again = inquiry_about(inquiry.about, stated)
        assert again is not None
        assert inquiry.options == again.options
    assert {"R-1", "R-2", "R-3"} == set(order(ask(shown(records, [chance] * 3))))
