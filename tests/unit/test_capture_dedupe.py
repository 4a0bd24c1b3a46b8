"""Is this new? Judged on symptom, cause and fix apart, with reasons that a person can check."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.dedupe import Thresholds, judge, known, nearest_problem, recurrences
from pipelines.capture.likeness import Likeness, tells
from pipelines.domain.confirmations import LinkAddition, SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.recurrences import Added, DedupeVerdict
from pipelines.domain.resolutions import Addition, Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.ports import Vectors
from pipelines.retrieve.covers import covers

COSINE = st.none() | st.floats(-1, 1, allow_nan=False)


def embed(texts: Any) -> Vectors:
    """Vectors of words: the same words in whatever order are the same."""
    rows = np.zeros((len(texts), 512), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        for word in text.lower().replace(".", " ").split():
            row[sum(map(ord, word)) * 7 % 512] += 1
    unit: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


def record(affected: tuple[str, ...] = ("5.2.1",), **texts: Any) -> ResolutionContent:
    told = {
        "symptom": "The nightly export stops with EXP-2041.",
        "root_cause": "The exporter opens the file before the lock is released.",
        "fix": "Upgrade to 5.2.3, where the exporter waits for the lock.",
        "environment": "Debian 12",
    } | texts
    fields = {FieldName(n): ResolutionField(state=SettledState.STATED, text=t) for n, t in told.items() if t}
    versions = ResolutionVersions(state=SettledState.STATED, affected=affected)
    return ResolutionContent(title="Export stops at night", fields=fields, versions=versions)


def found(draft: ResolutionContent, **known_one: Any) -> Any:
    resolution = Resolution(id="R-1", version=1, content=record(**known_one))
    answers = recurrences(draft, [resolution], embed, covers)
    return answers[0] if answers else None


def test_a_draft_that_says_nothing_else_is_the_same() -> None:
    same = found(record())
    assert (DedupeVerdict.SAME_AS, ()) == (same.verdict, same.adds)
    assert {"same error code EXP-2041", "same cause", "same fix"} <= {reason.text for reason in same.reasons}


def test_what_a_draft_adds_makes_it_an_update_and_is_named() -> None:
    update = found(record(affected=("5.2.1", "5.3.0"), environment="Windows Server behind Citrix"))
    assert DedupeVerdict.UPDATE_OF is update.verdict
    assert [LinkAddition.ENVIRONMENT, LinkAddition.VERSIONS] == [added.part for added in update.adds]
    assert "adds version 5.3.0" in update.why


def test_a_version_within_a_range_on_record_adds_nothing() -> None:
    assert DedupeVerdict.SAME_AS is found(record(affected=("5.2.1",)), affected=("5.2.0 to 5.2.4",)).verdict


def test_another_fix_for_the_same_condition_is_a_contradiction() -> None:
    against = found(record(fix="Delete every partial archive by hand and restart the node twice."))
    assert (DedupeVerdict.CONTRADICTS, True) == (against.verdict, "other fix" in against.why)


OPEN = {
    "symptom": "alpha beta gamma delta",
    "root_cause": "first second third fourth fifth",
    "fix": "purge shrink archive mount label",
}
OTHER = {
    "symptom": "alpha beta epsilon zeta",
    "root_cause": "first second sixth seventh eighth",
    "fix": "purge shrink dance whistle crawl",
}
"""Nearly the same problem, a cause that is told differently, another fix."""

APART = {"root_cause": "magnets", "fix": "paint every single wall yellow"}


def verdicts(*known_ones: dict[str, str]) -> dict[str, DedupeVerdict]:
    kept = [
        Resolution(id=f"R-{n}", version=1, content=record((), environment="", **one))
        for n, one in enumerate(known_ones, 1)
    ]
    answers = recurrences(record((), environment="", **OPEN), kept, embed, covers)
    return {one.resolution_id: one.verdict for one in answers}


def test_two_records_that_are_nearest_to_one_another_contradict_although_the_cause_is_told_differently() -> None:
    nearer_to_the_other = {**APART, "symptom": OTHER["symptom"]}
    assert {"R-1": DedupeVerdict.CONTRADICTS} == verdicts(OTHER)
    assert {"R-1": DedupeVerdict.CONTRADICTS} == verdicts(OTHER, nearer_to_the_other)


def test_words_that_two_problems_share_with_nearer_ones_make_no_contradiction() -> None:
    nearer_to_ours, nearer_to_theirs = ({**APART, "symptom": one["symptom"]} for one in (OPEN, OTHER))
    assert {} == verdicts(OTHER, nearer_to_ours, nearer_to_theirs)


def test_the_same_cause_with_another_fix_is_a_contradiction_whatever_is_nearer() -> None:
    nearer_to_ours, nearer_to_theirs = ({**APART, "symptom": one["symptom"]} for one in (OPEN, OTHER))
    same_cause = {**OTHER, "root_cause": OPEN["root_cause"]}
    assert {"R-1": DedupeVerdict.CONTRADICTS} == verdicts(same_cause, nearer_to_ours, nearer_to_theirs)


@given(COSINE, COSINE, COSINE, COSINE)
def test_where_others_are_nearer_only_the_same_cause_contradicts_and_nothing_that_did_not_before(
    problem: float | None, cause: float | None, fix: float | None, answer: float | None
) -> None:
    alike = Likeness(problem=problem, cause=cause, fix=fix, answer=answer)
    if judge(alike, nearest=False) is DedupeVerdict.CONTRADICTS:
        assert DedupeVerdict.CONTRADICTS is judge(alike)
        assert cause is None or cause >= Thresholds().cause


@given(COSINE, st.lists(COSINE), st.lists(COSINE))
def test_which_of_two_records_is_called_the_other_changes_nothing(
    own: float | None, ours: list[float | None], theirs: list[float | None]
) -> None:
    one, mine, its = Likeness(problem=own), *([Likeness(symptom=c) for c in some] for some in (ours, theirs))
    assert nearest_problem(one, mine, its) == nearest_problem(one, its, mine)
    assert nearest_problem(one, mine, [])


def test_another_error_code_of_the_family_is_another_problem() -> None:
    assert found(record(symptom="The nightly export stops with EXP-2042.")) is None


def test_a_ticket_number_is_no_error_code() -> None:
    draft = record(symptom="The nightly export stops as in OPS-12.")
    other = Resolution(id="R-1", version=1, content=record(symptom="The nightly export stops as in OPS-77."))
    assert () == recurrences(draft, [other], embed, covers)
    assert 1 == len(recurrences(draft, [other], embed, covers, no_codes=frozenset({"OPS"})))


def test_reasons_never_quote_the_other_record() -> None:
    """They are kept with the draft, and would outlive what an erasure takes out of the record."""
    canary = found(record(), root_cause="The exporter opens the file before the zanzibar lock is released.")
    assert "zanzibar" not in canary.model_dump_json()


def test_a_fix_that_any_ticket_could_have_says_nothing() -> None:
    assert not tells("Fixed by a code change, pull request merged.")
    assert tells("Restart the gateway after the clock was set.")


@given(COSINE, COSINE, COSINE, COSINE)
def test_a_contradiction_needs_two_fixes_and_a_repeat_needs_a_near_problem(
    problem: float | None, cause: float | None, fix: float | None, answer: float | None
) -> None:
    verdict = judge(Likeness(problem=problem, cause=cause, fix=fix, answer=answer))
    if verdict is DedupeVerdict.CONTRADICTS:
        assert fix is not None
    if verdict is not DedupeVerdict.NEW:
        assert (problem or 0.0) >= Thresholds().near


@given(COSINE, COSINE)
def test_what_is_added_never_makes_a_repeat_new(problem: float | None, cause: float | None) -> None:
    alike = Likeness(problem=problem, cause=cause, answer=cause)
    added = (Added(part=LinkAddition.VERSIONS, text="9"),)
    assert (judge(alike) is DedupeVerdict.NEW) == (judge(alike, added) is DedupeVerdict.NEW)


@pytest.mark.parametrize(("text", "expected"), [("the EXPORT, stops", True), ("export stop", False)])
def test_words_are_known_whatever_their_case_and_marks(text: str, expected: bool) -> None:
    assert expected is known(text, ["At night the export stops."])


def test_a_wording_that_a_customer_added_counts_as_on_record() -> None:
    told = Addition(ticket="desk/T-2", part=LinkAddition.SYMPTOM, text="Payroll file arrives empty since Monday")
    content = record().model_copy(update={"additions": (told,)})
    draft = record(symptom="Payroll file arrives empty since Monday")
    (one,) = recurrences(draft, [Resolution(id="R-1", version=1, content=content)], embed, covers)
    assert DedupeVerdict.SAME_AS is one.verdict
