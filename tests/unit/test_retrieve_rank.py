"""How candidates are fused, ranked, explained, or held back."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import (
    Confidence,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
)
from pipelines.domain.suggestions import Candidate, Query, SuggestionVerdict, TrackRecord
from pipelines.ports import LexicalHit, VectorHit
from pipelines.retrieve.documents import views
from pipelines.retrieve.explain import reasons
from pipelines.retrieve.features import NAMES, Pool, features
from pipelines.retrieve.fit import Example, fit
from pipelines.retrieve.fuse import fuse
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import NEAR_MISSES, answer, held_balance
from pipelines.retrieve.ranking import Coefficients, shipped_ranking


def resolution(
    identifier: str,
    title: str = "Sign-in loop after a clock change",
    *,
    symptom: str = "Users land on the login page again, SAML-0417 in gateway.log.",
    area: str | None = None,
    fixed_in: tuple[str, ...] = (),
    affected: tuple[str, ...] = (),
    confidence: Confidence = Confidence.NOT_VALIDATED,
) -> Resolution:
    stated = SettledState.STATED
    fields = {
        FieldName.SYMPTOM: ResolutionField(state=stated, text=symptom),
        FieldName.FIX: ResolutionField(state=stated, text="Set the clock of the gateway by NTP."),
    }
    versions = ResolutionVersions(
        state=stated if fixed_in or affected else SettledState.NOT_KNOWN, affected=affected, fixed_in=fixed_in
    )
    content = ResolutionContent(title=title, fields=fields, versions=versions, product_area=area)
    return Resolution(id=identifier, version=1, content=content, confidence=confidence)


TITLES = (
    "Sign-in loop",
    "Export stuck at 99 %",
    "Agent offline behind a proxy",
    "Webhook signature does not match",
    "",
)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        resolution=st.builds(
            resolution,
            st.integers(1, 60).map("R-{}".format),
            st.sampled_from(TITLES),
            symptom=st.text(max_size=60),
            area=st.sampled_from([None, "Auth", "Exports"]),
            fixed_in=st.sampled_from([(), ("5.2.3",)]),
            confidence=st.sampled_from(Confidence),
        ),
        similarity=st.none() | st.floats(-1, 1),
        lexical=st.none() | st.floats(0, 50),
        track_record=st.builds(TrackRecord, held=st.integers(0, 9), failed=st.integers(0, 9)),
    ),
    max_size=12,
    unique_by=lambda c: c.resolution.id,
)
QUERIES = st.builds(
    Query,
    subject=st.sampled_from(TITLES) | st.text(max_size=40),
    body=st.text(max_size=80),
    product_area=st.sampled_from([None, "Auth"]),
    version=st.sampled_from([None, "5.2.1", "6.0"]),
    k=st.integers(0, 8),
)


@given(QUERIES, CANDIDATES)
def test_an_answer_keeps_its_promises(query: Query, candidates: list[Candidate]) -> None:
    """At most k, in order, with probabilities in [0, 1], nothing archived, and either suggestions or an abstention."""
    found = answer(query, candidates)
    shown = (*found.suggestions, *found.near_misses)
    assert len(found.suggestions) <= query.k
    assert len(found.near_misses) <= NEAR_MISSES
    assert list(range(1, len(shown) + 1)) == [one.rank for one in shown]
    assert all(0 <= one.probability <= 1 for one in shown)
    assert all(one.candidate.resolution.confidence is not Confidence.ARCHIVED for one in shown)
    if found.verdict is SuggestionVerdict.ABSTAINED:
        assert () == found.suggestions
    else:
        assert () == found.near_misses
    verdicts = [one.applicability.verdict.value == "does_not_apply" for one in shown]
    assert sorted(verdicts) == verdicts


@given(QUERIES, CANDIDATES, st.data())
def test_the_order_of_the_candidates_does_not_matter(
    query: Query, candidates: list[Candidate], data: st.DataObject
) -> None:
    """Two searches that return the same hits in another order give the same answer."""
    assert answer(query, candidates) == answer(query, data.draw(st.permutations(candidates)))


@given(st.integers(0, 4), CANDIDATES.filter(lambda c: len(c) > 4), st.floats(0, 1), st.floats(0, 1))
def test_a_nearer_candidate_is_never_less_probable(
    place: int, candidates: list[Candidate], one: float, two: float
) -> None:
    """With everything else left alone, probability grows with similarity."""
    prepared = prepare(Query(subject="Sign-in loop"))
    coefficients = shipped_ranking().full

    def chance(similarity: float) -> float:
        pool = list(candidates)
        pool[place] = pool[place].model_copy(update={"similarity": similarity})
        scores = [coefficients.score(features(prepared, c, Pool.of(pool))) for c in pool]
        return coefficients.probabilities(scores)[place]

    low, high = sorted((one, two))
    assert chance(low) <= chance(high) + 1e-12


def test_ties_go_by_the_resolution_s_id() -> None:
    """Equal candidates have one order."""
    same = [Candidate(resolution=resolution(i), similarity=0.9, lexical=3.0) for i in ("R-3", "R-1", "R-2")]
    found = answer(Query(subject="Sign-in loop after a clock change"), same)
    shown = (*found.suggestions, *found.near_misses)
    assert ["R-1", "R-2", "R-3"] == [one.candidate.resolution.id for one in shown]


def near_and_far() -> list[Candidate]:
    return [
        Candidate(resolution=resolution("R-1"), similarity=0.85, lexical=12.0),
        Candidate(resolution=resolution("R-2", TITLES[1], symptom="XLSX never ends"), similarity=0.2, lexical=0.5),
        Candidate(resolution=resolution("R-3", TITLES[3], symptom="HMAC differs"), similarity=0.1),
    ]


def test_the_precedent_is_suggested() -> None:
    """A record in the customer's own words comes first."""
    found = answer(
        Query(subject="Login loop, clock change", body="back on the login page with SAML-0417"), near_and_far()
    )
    assert SuggestionVerdict.SUGGESTED is found.verdict
    assert "R-1" == found.suggestions[0].candidate.resolution.id


def test_without_vector_search_words_carry_the_answer() -> None:
    """A degraded answer still finds the record, and says that it is degraded."""
    candidates = [c.model_copy(update={"similarity": None}) for c in near_and_far()]
    query = Query(subject="Sign-in loop after a clock change", body="login page again, SAML-0417 in gateway.log")
    found = answer(query, candidates, degraded=("index",))
    assert ("index",) == found.degraded
    assert "R-1" == (found.suggestions or found.near_misses)[0].candidate.resolution.id


def test_a_question_that_nothing_resembles_is_not_answered() -> None:
    """Near misses are shown as such."""
    unlike = [
        Candidate(resolution=resolution(f"R-{n}", title, symptom="x"), similarity=0.12)
        for n, title in enumerate(TITLES[:4], start=1)
    ]
    found = answer(Query(subject="How do I change the invoice address?"), unlike)
    assert SuggestionVerdict.ABSTAINED is found.verdict
    assert NEAR_MISSES == len(found.near_misses)


def test_nothing_to_search_is_an_abstention() -> None:
    """An empty installation answers, too."""
    assert SuggestionVerdict.ABSTAINED is answer(Query(subject="Sign-in loop"), []).verdict


def test_what_is_fixed_in_the_asker_s_version_comes_last() -> None:
    """However near it is."""
    fixed = Candidate(resolution=resolution("R-1", fixed_in=("5.2.3",)), similarity=0.95, lexical=9.0)
    other = Candidate(resolution=resolution("R-2"), similarity=0.8, lexical=8.0)
    query = Query(subject="Sign-in loop after a clock change", version="6.0")
    found = answer(query, [fixed, other])
    assert "R-2" == (found.suggestions or found.near_misses)[0].candidate.resolution.id
    only = answer(query, [fixed, other], only_version=True)
    assert ["R-2"] == [one.candidate.resolution.id for one in (*only.suggestions, *only.near_misses)]


def test_another_area_is_left_out_and_no_area_stays() -> None:
    """The filter takes out what states another area, and can be switched off."""
    areas = ((1, "Auth"), (2, "Exports"), (3, None))
    candidates = [Candidate(resolution=resolution(f"R-{n}", area=a), similarity=0.8, lexical=5.0) for n, a in areas]
    query = Query(subject="Sign-in loop after a clock change", product_area="auth")

    def shown(*, only_area: bool) -> set[str]:
        found = answer(query, candidates, only_area=only_area)
        return {one.candidate.resolution.id for one in (*found.suggestions, *found.near_misses)}

    assert {"R-1", "R-3"} == shown(only_area=True)
    assert "R-1" in shown(only_area=False)


def test_a_fix_that_held_goes_before_one_that_failed() -> None:
    """Of two alike records the one with the better record leads, and a single outcome moves little."""
    held, failed = TrackRecord(held=8), TrackRecord(failed=8)
    candidates = [
        Candidate(resolution=resolution(i), similarity=0.8, lexical=5.0, track_record=r)
        for i, r in (("R-1", failed), ("R-2", held))
    ]
    found = answer(Query(subject="Sign-in loop after a clock change"), candidates)
    assert "R-2" == (found.suggestions or found.near_misses)[0].candidate.resolution.id
    assert held_balance(TrackRecord(held=1)) < held_balance(held) < 1


@given(CANDIDATES.filter(bool), QUERIES)
def test_features_are_bounded_and_complete(candidates: Sequence[Candidate], query: Query) -> None:
    """Each in [-1, 1], every name there."""
    found = features(prepare(query), candidates[0], Pool.of(candidates))
    assert NAMES == tuple(found)
    assert all(-1 <= value <= 1 for value in found.values())


def test_reasons_show_what_matched_as_the_query_has_it() -> None:
    """Codes, words in the asker's spelling, closeness of meaning, area and version."""
    query = Query(subject="LOGIN page keeps returning", body="saml-0417 again", product_area="Auth", version="5.2.1")
    candidate = Candidate(resolution=resolution("R-1", area="Auth", affected=("5.2.1",)), similarity=0.6)
    found = {reason.kind: reason.text for reason in reasons(prepare(query), candidate)}
    assert {
        "code": "saml-0417",
        "words": "LOGIN, page",
        "meaning": "close in meaning",
        "area": "Auth",
        "version": "also seen on 5.2.1",
    } == found


def test_hits_are_brought_together_by_resolution() -> None:
    """Views of one record make one candidate, unknown records are left out, both kinds of hit count."""
    known = {i: resolution(i) for i in ("R-1", "R-2", "R-3")}
    vectors = [VectorHit("R-1:title", 0.9), VectorHit("R-1:problem", 0.7), VectorHit("R-9:title", 0.9)]
    words = [LexicalHit("R-2", 4.0, ("loop",)), LexicalHit("R-1", 2.0, ("loop",))]
    found = {c.resolution.id: c for c in fuse(vectors, words, known)}
    assert {"R-1", "R-2"} == set(found)
    assert pytest.approx(0.8) == found["R-1"].similarity
    assert found["R-2"].similarity is None
    assert 4.0 == found["R-2"].lexical


HITS = st.lists(
    st.builds(
        VectorHit,
        st.tuples(st.integers(1, 5), st.sampled_from(["", ":title", ":problem", ":answer"])).map(
            lambda t: f"R-{t[0]}{t[1]}"
        ),
        st.floats(-1, 1),
    ),
    max_size=12,
)


@given(HITS, st.data())
def test_fusing_does_not_depend_on_the_order_of_hits(hits: list[VectorHit], data: st.DataObject) -> None:
    """Every similarity stays a cosine."""
    known = {f"R-{n}": resolution(f"R-{n}") for n in range(1, 6)}
    found = fuse(hits, [], known)
    assert found == fuse(data.draw(st.permutations(hits)), [], known)
    assert all(c.similarity is not None and -1 <= c.similarity <= 1 for c in found)


def test_views_hold_problem_and_answer_apart() -> None:
    """The fix is searched in its own view."""
    found = views(resolution("R-1").content)
    assert ["title", "problem", "answer"] == list(found)
    assert "NTP" not in found["problem"]
    assert "NTP" in found["answer"]


def example(*rows: tuple[float, bool]) -> Example:
    blank = dict.fromkeys(NAMES, 0.0)
    return Example([{**blank, "meaning": meaning} for meaning, _ in rows], [right for _, right in rows])


def test_fitting_learns_what_tells_right_from_wrong() -> None:
    """The feature that separates gets the weight, twice the same, and the rest gets none."""
    examples = [example((0.8, True), (0.4, False), (0.3, False)), example((0.4, False), (0.2, False))] * 20
    fitted = fit(examples)
    assert fitted == fit(examples)
    assert fitted.weights["meaning"] > 1
    assert 0 == fitted.weights["codes"]
    sure, unsure = (max(fitted.probabilities([fitted.score(row) for row in one.features])) for one in examples[:2])
    assert unsure < fitted.threshold <= sure


def test_the_threshold_does_not_hang_on_single_questions() -> None:
    """Where questions with and without an answer overlap, a few questions less leave it about where it was."""
    draw = random.Random(1)
    known = [example((draw.uniform(0.3, 0.9), True), (0.2, False)) for _ in range(60)]
    unknown = [example((draw.uniform(0.1, 0.7), False), (0.1, False)) for _ in range(60)]
    whole = fit([*known, *unknown]).threshold
    without = [fit([*known[:n], *known[n + 5 :], *unknown[:n], *unknown[n + 5 :]]).threshold for n in range(0, 60, 6)]
    assert max(abs(one - whole) for one in without) < 0.05


def test_nothing_right_cannot_be_fitted() -> None:
    """It says so instead of returning noise."""
    with pytest.raises(ValueError, match="no example has a right candidate"):
        fit([example((0.4, False))])


def test_a_weight_for_an_unknown_feature_is_refused() -> None:
    """A stale file does not go unnoticed."""
    with pytest.raises(ValueError, match="do not exist: charm"):
        Coefficients(weights={"charm": 1.0}, slope=1, share=0, offset=0, threshold=0.5)


def test_the_shipped_weights_only_reward_likeness() -> None:
    """The file that ships satisfies the signs that monotone probabilities rest on."""
    for coefficients in (shipped_ranking().full, shipped_ranking().lexical_only):
        assert all(weight >= 0 for name, weight in coefficients.weights.items() if name != "other_area")
        assert coefficients.weights["other_area"] <= 0
        assert 0 < coefficients.threshold < 1
