"""Whether a resolution holds for the asker's version and environment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Applicability, ApplicabilityVerdict, Query
from pipelines.retrieve.applicability import applicability
from pipelines.retrieve.platforms import platforms
from pipelines.retrieve.versions import read_range, read_version

APPLIES = ApplicabilityVerdict.APPLIES
NOT = ApplicabilityVerdict.DOES_NOT_APPLY
UNKNOWN = ApplicabilityVerdict.UNKNOWN


def judge(
    asked: str | None,
    affected: tuple[str, ...] = (),
    fixed_in: tuple[str, ...] = (),
    *,
    state: SettledState = SettledState.STATED,
    environments: tuple[str | None, str | None] = (None, None),
) -> Applicability:
    ours, theirs = environments
    fields = {FieldName.FIX: ResolutionField(state=SettledState.STATED, text="Restart the gateway.")}
    if theirs:
        fields[FieldName.ENVIRONMENT] = ResolutionField(state=SettledState.STATED, text=theirs)
    versions = ResolutionVersions(state=state, affected=affected, fixed_in=fixed_in)
    content = ResolutionContent(title="Sign-in loops", fields=fields, versions=versions)
    return applicability(Query(version=asked, environment=ours), Resolution(id="R-1", version=1, content=content))


@pytest.mark.parametrize(
    ("asked", "affected", "fixed_in", "verdict", "why"),
    [
        ("5.2.1", ("5.0 to 5.2.3",), (), APPLIES, "affects 5.0 to 5.2.3, you have 5.2.1"),
        ("6.0", ("5.0 to 5.2.1",), ("5.2.3",), NOT, "fixed in 5.2.3, you have 6.0"),
        ("4.9", ("5.0 to 5.2.3",), (), NOT, "affects 5.0 to 5.2.3, you have 4.9"),
        ("Release 3.0.0", ("v3.0",), (), APPLIES, "affects v3.0, you have Release 3.0.0"),
        ("2.1.1.GA", (), ("2.1.1",), NOT, "fixed in 2.1.1, you have 2.1.1.GA"),
        ("2.1.1 RC2", (), ("2.1.1",), APPLIES, "fixed in 2.1.1, you have 2.1.1 RC2"),
        ("7.2.0.v20180301", ("7.2.0",), (), APPLIES, "affects 7.2.0, you have 7.2.0.v20180301"),
        ("3.4", ("3.0+",), (), APPLIES, "affects 3.0+, you have 3.4"),
        ("2.9", ("3.0+",), (), NOT, "affects 3.0+, you have 2.9"),
        ("3.1.4", ("3.1.x",), (), APPLIES, "affects 3.1.x, you have 3.1.4"),
        ("5.3", ("up to 5.2.3",), (), NOT, "affects up to 5.2.3, you have 5.3"),
        ("5.1", ("before 5.2",), (), APPLIES, "affects before 5.2, you have 5.1"),
        ("5.2", ("before 5.2",), (), NOT, "affects before 5.2, you have 5.2"),
        ("R12.2", ("R12.1 to R12.3",), (), APPLIES, "affects R12.1 to R12.3, you have R12.2"),
        ("R12.2", (), ("R12.2",), NOT, "fixed in R12.2, you have R12.2"),
        ("build 20180301", (), ("build 20180215",), NOT, "fixed in build 20180215, you have build 20180301"),
        ("2018-02-01", ("before 2018-03-01",), (), APPLIES, "affects before 2018-03-01, you have 2018-02-01"),
        ("Release 3.1.0", ("2.1.1.GA",), ("Release 3.0.0",), NOT, "fixed in Release 3.0.0, you have Release 3.1.0"),
        # Ranges that say of each end whether it belongs to them.
        ("5.2.1", (">=5.1 <5.3",), (), APPLIES, "affects >=5.1 <5.3, you have 5.2.1"),
        ("6.0", (">=5.1 <5.3",), (), NOT, "affects >=5.1 <5.3, you have 6.0"),
        ("5.3", (">= 5.1 and < 5.3",), (), NOT, "affects >= 5.1 and < 5.3, you have 5.3"),
        ("5.1", (">5.1, <=5.3",), (), NOT, "affects >5.1, <=5.3, you have 5.1"),
        ("5.2", ("[5.1, 5.3)",), (), APPLIES, "affects [5.1, 5.3), you have 5.2"),
        ("5.3", ("[5.1, 5.3)",), (), NOT, "affects [5.1, 5.3), you have 5.3"),
        ("6.0", ("(5.1,)",), (), APPLIES, "affects (5.1,), you have 6.0"),
        ("5.4", ("between 5.1 and 5.3",), (), NOT, "affects between 5.1 and 5.3, you have 5.4"),
        ("5.3", ("from 5.1 to before 5.3",), (), NOT, "affects from 5.1 to before 5.3, you have 5.3"),
        ("5.3", ("all versions before 5.3",), (), NOT, "affects all versions before 5.3, you have 5.3"),
        ("5.1", ("prior to 5.3",), (), APPLIES, "affects prior to 5.3, you have 5.1"),
        ("5.4", ("5.2 onwards",), (), APPLIES, "affects 5.2 onwards, you have 5.4"),
        ("5.2b3", (), ("5.2",), APPLIES, "fixed in 5.2, you have 5.2b3"),
        # Digits of other scripts and widths are digits.
        ("\u0665.\u0662", ("5.0 to 5.3",), (), APPLIES, "affects 5.0 to 5.3, you have \u0665.\u0662"),
        ("5.2.1", ("\uff15.\uff12+",), (), APPLIES, "affects \uff15.\uff12+, you have 5.2.1"),
        # A fix in the asker's own branch decides before one in another.
        ("6.0", (), ("5.2.9", "6.0.1"), UNKNOWN, "fixed in 5.2.9 and 6.0.1, you have 6.0"),
        ("6.0.0", (), ("5.2.9", "6.0.1"), APPLIES, "fixed in 5.2.9 and 6.0.1, you have 6.0.0"),
        ("5.2.9", (), ("5.2.9", "6.0.1"), NOT, "fixed in 5.2.9, you have 5.2.9"),
        # Single versions say where it was seen, not where it ends.
        ("5.2.1", ("5.0", "5.3"), (), UNKNOWN, "affects 5.0 and 5.3, you have 5.2.1"),
        # What cannot be compared is unknown.
        ("2013-05-23", ("5.0 to 5.2.3",), (), UNKNOWN, "affects 5.0 to 5.2.3, you have 2013-05-23"),
        ("2024.1", ("5.0 to 5.2.3",), (), UNKNOWN, "affects 5.0 to 5.2.3, you have 2024.1"),
        ("iOS 6.1", ("5.0 to 7",), (), UNKNOWN, "affects 5.0 to 7, you have iOS 6.1"),
        ("latest", ("5.0",), (), UNKNOWN, "affects 5.0; you have latest, which cannot be compared"),
        (None, ("5.0",), (), UNKNOWN, "affects 5.0; your version is not given"),
    ],
)
def test_a_version_is_compared_with_what_the_resolution_states(
    asked: str | None, affected: tuple[str, ...], fixed_in: tuple[str, ...], verdict: ApplicabilityVerdict, why: str
) -> None:
    """Each verdict comes with the versions it rests on, as they were written."""
    assert Applicability(verdict=verdict, why=why) == judge(asked, affected, fixed_in)


RELEASES = st.lists(st.integers(0, 40), min_size=2, max_size=4).map(lambda parts: ".".join(map(str, parts)))
DIFFERS = "and within that the answer differs: give one version"


@pytest.mark.parametrize(
    ("asked", "affected", "fixed_in", "verdict", "why"),
    [
        # Both ends alike, and nothing turns between them.
        ("5.1 - 5.2", ("5.0 to 5.3",), (), APPLIES, "affects 5.0 to 5.3, you have 5.1 - 5.2"),
        ("5.4 to 5.6", ("5.0 to 5.2",), ("5.3",), NOT, "fixed in 5.3, you have 5.4 to 5.6"),
        ("4.1 - 4.9", ("5.0 to 5.2",), (), NOT, "affects 5.0 to 5.2, you have 4.1 - 4.9"),
        ("from 5.1 to before 5.3", ("5.0+",), ("5.3",), APPLIES, None),
        ("5.0 - 5.3", ("5.0", "5.3"), (), APPLIES, None),
        # The lower end would say that it applies, or that it does not.
        (
            "5.1 - 5.3",
            ("5.0 to 5.2",),
            ("5.3",),
            UNKNOWN,
            f"affects 5.0 to 5.2, fixed in 5.3; you have 5.1 - 5.3, {DIFFERS}",
        ),
        ("5.1-5.3", ("5.0 to 5.2",), ("5.3",), UNKNOWN, None),
        ("4.8 - 5.1", ("5.0 to 5.2",), (), UNKNOWN, f"affects 5.0 to 5.2; you have 4.8 - 5.1, {DIFFERS}"),
        ("iOS 5.1 - 6.1", ("iOS 5.0 to 5.9",), ("iOS 6.0",), UNKNOWN, None),
        # The ends agree, but between them it is otherwise.
        ("4.0 - 6.0", ("5.0 to 5.2",), (), UNKNOWN, f"affects 5.0 to 5.2; you have 4.0 - 6.0, {DIFFERS}"),
        ("5.2.9 - 6.0.1", (), ("5.2.9", "6.0.1"), UNKNOWN, None),
        # An open end, or two versions that are no range, are judged as before.
        ("5.1+", ("5.0 to 5.3",), (), APPLIES, "affects 5.0 to 5.3, you have 5.1+"),
        ("5.3 - 5.1", ("5.2 to 5.3",), (), APPLIES, "affects 5.2 to 5.3, you have 5.3 - 5.1"),
    ],
)
def test_a_range_of_the_customers_is_unknown_where_not_all_of_it_is_judged_alike(
    asked: str, affected: tuple[str, ...], fixed_in: tuple[str, ...], verdict: ApplicabilityVerdict, why: str | None
) -> None:
    found = judge(asked, affected, fixed_in)
    assert verdict is found.verdict
    assert why in (None, found.why)


@given(RELEASES, RELEASES, RELEASES, st.lists(RELEASES, max_size=2), st.sampled_from(["{} to {}", "{} - {}"]))
def test_a_verdict_on_a_range_holds_at_both_of_its_ends(
    one: str, two: str, seen: str, fixes: list[str], form: str
) -> None:
    low, high = sorted((v for v in map(read_version, (one, two)) if v), key=lambda v: v.version)
    found = judge(form.format(low.shown, high.shown), (f"{seen}+",), tuple(fixes))
    ends = {judge(end.shown, (f"{seen}+",), tuple(fixes)).verdict for end in (low, high)}
    assert found.verdict is UNKNOWN or {found.verdict} == ends


def test_a_resolution_that_no_version_matters_to_applies() -> None:
    """The agent settled versions as not applicable."""
    assert APPLIES == judge("9.9", state=SettledState.NOT_APPLICABLE).verdict


def test_without_a_version_on_record_nothing_is_claimed() -> None:
    """Unknown is said in words."""
    assert Applicability(verdict=UNKNOWN, why="no version is on record") == judge("5.2", state=SettledState.NOT_KNOWN)


def test_another_platform_puts_a_matching_version_in_doubt() -> None:
    """A fix seen on one operating system is not said to hold on another."""
    found = judge("5.2", ("5.2",), environments=("Android 4.1 phone", "iPad, iOS 6"))
    assert Applicability(verdict=UNKNOWN, why="affects 5.2, you have 5.2; seen on iOS, you have Android") == found


def test_the_same_platform_is_mentioned() -> None:
    """The reason names what both environments share."""
    found = judge("5.2", ("5.2",), environments=("ubuntu 22.04", "Debian with nginx"))
    assert Applicability(verdict=APPLIES, why="affects 5.2, you have 5.2; seen on Linux, as yours") == found


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_may_stand_where_a_version_is_expected(asked: str, affected: list[str], fixed_in: list[str]) -> None:
    """A verdict with a reason comes back, whatever was typed."""
    assert judge(asked, tuple(affected), tuple(fixed_in)).why


@given(RELEASES, st.sampled_from(["{}", "v{}", "Release {}", "{}.GA", "R{}", "version {}", "{}.v20180301", "{} Final"]))
def test_the_ways_of_writing_a_version_read_alike(release: str, form: str) -> None:
    """Decoration changes how a version is shown, not how it compares."""
    plain, decorated = read_version(release), read_version(form.format(release))
    assert plain is not None
    assert decorated is not None
    assert plain.version == decorated.version


@given(RELEASES, RELEASES, RELEASES)
def test_a_range_holds_what_lies_between_its_ends(one: str, two: str, asked: str) -> None:
    """Within is never said of a version below the range, nor above of one that is not."""
    read = [v for v in map(read_version, (one, two, asked)) if v is not None]
    assert len(read) == 3
    low, high = sorted(read[:2], key=lambda v: v.version)
    version = read[2]
    stated = read_range(f"{low.shown} to {high.shown}")
    assert stated is not None
    position = stated.position(version)
    if low.version <= version.version <= high.version:
        assert position == 0
    elif version.version > high.version:
        assert position in (0, 1)
        assert (position == 0) == high.covers(version)
    else:
        assert position in (-1, None)


@pytest.mark.parametrize("text", ["", "abc", "5.3 to 5.1", "5.0 to 2013-05-23", "10.0.0.0.0.0.1", "x" * 5000])
def test_what_is_no_range_is_not_read_as_one(text: str) -> None:
    """None rather than a guess."""
    assert read_range(text) is None


@pytest.mark.parametrize(
    ("environment", "deployment"),
    [
        ("hosted by us on Linux", ("on-premises",)),
        ("Hosted on our own servers", ("on-premises",)),
        ("hosted on-prem", ("on-premises",)),
        ("self-hosted", ("on-premises",)),
        ("hosted, EU region", ("cloud",)),
        ("we use your hosted edition", ("cloud",)),
    ],
)
def test_what_a_customer_hosts_is_not_taken_for_the_cloud(environment: str, deployment: tuple[str, ...]) -> None:
    """A fix for the cloud would else be said to apply."""
    assert deployment == platforms(environment)["deployment"]
