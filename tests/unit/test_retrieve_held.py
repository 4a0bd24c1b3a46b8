"""Whether a fix held: survival, the posterior share, and what an outcome teaches a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.kcs import ReviewReason, after_reuse, after_review
from pipelines.domain.resolutions import (
    Confidence,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
)
from pipelines.retrieve.growth import fixed_on_fixed, grown, wrong_on
from pipelines.retrieve.held import Span, beta_cdf, holds, survival
from pipelines.retrieve.reply import customer_reply

SPANS = st.lists(st.builds(Span, days=st.floats(0, 200), failed=st.booleans()), max_size=12)


def record(
    affected: tuple[str, ...] = (),
    fixed_in: tuple[str, ...] = (),
    *,
    state: SettledState | None = None,
) -> Resolution:
    fix = ResolutionField(state=SettledState.STATED, text="Undo the change.")
    known = state or (SettledState.STATED if affected or fixed_in else SettledState.NOT_KNOWN)
    versions = ResolutionVersions(state=known, affected=affected, fixed_in=fixed_in)
    content = ResolutionContent(title="Loops", fields={FieldName.FIX: fix}, versions=versions)
    return Resolution(id="R-1", version=1, content=content)


def test_survival_follows_the_textbook() -> None:
    """At 10 days one of 4 fails, one leaves at 20, at 30 one of the 2 left fails."""
    spans = [Span(days=d, failed=f) for d, f in ((10, True), (20, False), (30, True), (90, False))]
    assert [1.0, 0.75, 0.375] == [survival(spans, day).share for day in (7, 29, 90)]
    assert [4, 2, 1] == [survival(spans, day).at_risk for day in (7, 29, 90)]


@given(SPANS, st.floats(1, 100), st.floats(0, 100))
def test_survival_falls_with_time_and_stays_within_its_interval(spans: list[Span], day: float, more: float) -> None:
    early, late = survival(spans, day), survival(spans, day + more)
    assert 0 <= late.share <= early.share <= 1
    if early.low is not None and early.high is not None:
        assert 0 <= early.low <= early.share <= early.high <= 1


def test_without_a_failure_no_interval_is_made_up() -> None:
    found = survival([Span(days=5, failed=False)], 90)
    assert (1.0, None, 0) == (found.share, found.low, found.at_risk)


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_share_that_holds_lies_in_its_interval_and_more_reuses_narrow_it(held: int, failed: int) -> None:
    share = holds(held, failed)
    more = holds(held * 10 + 9, failed * 10 + 9)
    assert 0 <= share.low < share.mean < share.high <= 1
    assert more.high - more.low < share.high - share.low


def test_the_beta_distribution_is_the_known_one() -> None:
    assert [0.25, 0.5, 0.6875] == [
        pytest.approx(beta_cdf(x, a, b)) for x, a, b in ((0.25, 1, 1), (0.5, 3, 3), (0.5, 2, 3))
    ]


def test_a_fix_that_worked_on_a_further_version_is_known_for_it() -> None:
    assert ("5.2.1", "5.3") == grown(record(("5.2.1",)), "5.3").affected
    assert (SettledState.STATED, ("5.3",)) == (grown(record(), "5.3").state, grown(record(), "5.3").affected)


@pytest.mark.parametrize(
    ("known", "version"),
    [
        (record(("5.2.1",)), "5.2.1"),
        (record(("5.0 to 5.4",)), "5.3"),
        (record(("5.2.1",), ("5.2.3",)), "6.0"),
        (record(state=SettledState.NOT_APPLICABLE), "5.3"),
        (record(("5.2.1",)), "the newest one"),
        (record(("5.2.1",)), "5.2.2 to 5.4"),
        (record(("5.2.1",)), "5.3 or later"),
    ],
)
def test_versions_do_not_grow_where_nothing_new_is_said(known: Resolution, version: str) -> None:
    assert known.content.versions == grown(known, version)


def test_what_speaks_against_a_record_has_its_name() -> None:
    assert fixed_on_fixed(record(("5.2.1",), ("5.2.3",)), "6.0")
    assert not fixed_on_fixed(record(("5.2.1",), ("5.2.3",)), "5.2.1")
    assert [ReviewReason.STALE, ReviewReason.WRONG, ReviewReason.WRONG, ReviewReason.WRONG] == [
        wrong_on(record(("5.2.1",)), version) for version in ("6.0", "5.2.1", None, "2013-05-23")
    ]


@given(st.sampled_from(Confidence), st.lists(st.sampled_from(["Ada", "Ben", "Cem"])), st.booleans())
def test_only_different_agents_validate_and_only_what_waited_for_it(
    confidence: Confidence, agents: list[str], under_review: bool
) -> None:
    moved = after_reuse(confidence, agents, under_review=under_review)
    earned = confidence is Confidence.NOT_VALIDATED and len(set(agents)) > 1 and not under_review
    assert (Confidence.VALIDATED if earned else confidence) == moved
    assert Confidence.VALIDATED is not after_review(moved)


@pytest.mark.parametrize(("internal", "sent"), [(False, True), (True, False), (None, False)])
def test_a_reply_holds_nothing_that_rests_on_an_internal_note(internal: bool | None, sent: bool) -> None:
    """Nor what nobody knows the source of."""
    content = record(fixed_in=("5.2.3",)).content
    fix = content.fields[FieldName.FIX].model_copy(update={"internal": internal})
    reply = customer_reply(content.model_copy(update={"fields": {FieldName.FIX: fix}}))
    assert sent is (reply is not None and "Undo the change." in reply)
    assert "5.2.3" not in (reply or "")
