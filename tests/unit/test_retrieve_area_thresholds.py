"""Thresholds by product area: learned where there is enough, shrunk to the common one, kept where they help later."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.domain.suggestions import Candidate, Query, SuggestionVerdict
from pipelines.retrieve.area_thresholds import LEAST, LEAST_OF_EACH, Judged, fit, learn
from pipelines.retrieve.rank import answer
from pipelines.retrieve.ranking import shipped_ranking
from tests.unit.test_retrieve_rank import resolution

COMMON = 0.4


def desk(area: str, line: float, count: int, seed: int = 1, area_of: str | None = None) -> list[Judged]:
    """Questions of an area in which what lies above the line was right and what lies below was not."""
    stated = np.random.default_rng(seed).random(count)
    return [Judged(area_of or area, float(p), bool(p >= line)) for p in stated]


def mixed(*desks: list[Judged]) -> list[Judged]:
    order = np.random.default_rng(7).permutation(sum(map(len, desks)))
    every = [one for each in desks for one in each]
    return [every[place] for place in order]


def test_areas_that_differ_get_thresholds_to_both_sides_of_the_common_one() -> None:
    found = learn(mixed(desk("Auth", 0.2, 300), desk("Billing", 0.7, 300, 2)), COMMON)
    assert found is not None
    assert found.thresholds["auth"] < COMMON < found.thresholds["billing"]
    assert (360, 240) == (found.learned_from, found.held_back)
    assert found.better


def test_areas_that_do_not_differ_change_nothing() -> None:
    found = learn(mixed(desk("Auth", COMMON, 300), desk("Billing", COMMON, 300, 2)), COMMON)
    assert found is not None
    assert not found.better


def test_a_difference_that_does_not_last_is_not_kept() -> None:
    earlier = mixed(desk("Auth", 0.2, 180), desk("Billing", 0.7, 180, 2))
    later = mixed(desk("Auth", 0.7, 120, 3), desk("Billing", 0.2, 120, 4))
    found = learn([*earlier, *later], COMMON)
    assert found is not None
    assert not found.better


def test_fewer_questions_move_a_threshold_less() -> None:
    rest = desk("Billing", 0.7, 400, 2)
    few, many = (fit([*rest, *desk("Auth", 0.2, count)], COMMON)["auth"] for count in (100, 400))
    assert many < few < COMMON


@pytest.mark.parametrize(
    "judged",
    [
        [],
        desk("Auth", 0.5, LEAST - 1),
        [Judged("Auth", p, True) for p in np.linspace(0, 1, 100)],
        [Judged("Auth", p, n < LEAST_OF_EACH - 1) for n, p in enumerate(np.linspace(1, 0, 100))],
        [Judged(None, one.probability, one.answered) for one in desk("Auth", 0.5, 200)],
        [Judged(" ", one.probability, one.answered) for one in desk("Auth", 0.5, 200)],
    ],
)
def test_an_area_without_enough_of_both_kinds_has_none(judged: list[Judged]) -> None:
    assert {} == fit(judged, COMMON)
    assert learn(judged, COMMON) is None


@settings(max_examples=25)
@given(st.integers(0, 99), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_threshold_is_a_probability(seed: int, line: float, common: float) -> None:
    found = fit([*desk("Auth", line, 100, seed), *desk("Billing", 0.5, 100, seed + 1)], common)
    assert all(0 < threshold < 1 for threshold in found.values())


def test_the_question_s_area_decides_and_else_that_of_the_likeliest_candidate() -> None:
    near = Candidate(resolution=resolution("R-1", area="Auth"), similarity=0.6, lexical=3.0)
    ranking = shipped_ranking()
    strict = ranking.model_copy(update={"full": ranking.full.model_copy(update={"area_thresholds": {"auth": 0.999}})})
    told = {"subject": "Sign-in loop after a clock change", "body": "SAML-0417 in gateway.log"}
    given_ = [
        answer(Query(**told, product_area=area), [near], ranking=one, only_area=False)
        for area, one in (("AUTH ", ranking), ("AUTH ", strict), (None, strict), ("Billing", strict))
    ]
    yes, no = SuggestionVerdict.SUGGESTED, SuggestionVerdict.ABSTAINED
    assert [yes, no, no] == [one.verdict for one in given_[:3]]
    assert [ranking.full.threshold, 0.999, 0.999, ranking.full.threshold] == [one.threshold for one in given_]


def test_the_shipped_ranking_has_none() -> None:
    assert {} == shipped_ranking().full.area_thresholds
