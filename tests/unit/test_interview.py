"""An agent is asked what the evidence cannot answer, most valuable first, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import VERSION, Confirmed, SettledField, SettledState, SettledVersions, unsettled
from pipelines.domain.drafts import DraftContent, DraftField, DraftVersions, FieldName, FixKind
from pipelines.domain.interview import QUESTIONS, Doubt, asked, doubt

SOUND = DraftField(text="It is so.", supported=True)
UNPROVED = DraftField(text="It is so.", supported=False)
FLAGGED = DraftField(text="It is so.", supported=True, flags=('"9" is not in the thread',))
CLAIMS = st.none() | st.sampled_from([SOUND, UNPROVED, FLAGGED])


@st.composite
def contents(draw: st.DrawFn) -> DraftContent:
    fields = {name: claim for name in FieldName if (claim := draw(CLAIMS)) is not None}
    named = draw(st.sampled_from([(), ("5.2",)]))
    versions = DraftVersions(affected=named, supported=draw(st.booleans()))
    return DraftContent(title="T", fields=fields, fix_kind=draw(st.none() | st.just(FixKind.FIX)), versions=versions)


def drafted(**claims: DraftField | None) -> DraftContent:
    """A draft that proves everything but what is named."""
    kept = {name: claims.get(name.value, SOUND) for name in FieldName}
    fields = {name: claim for name, claim in kept.items() if claim is not None}
    return DraftContent(title="T", fields=fields, fix_kind=FixKind.FIX, versions=DraftVersions(affected=("5.2",)))


def test_nothing_is_asked_where_the_evidence_answers_everything() -> None:
    assert () == asked(drafted())


def test_cause_and_fix_are_asked_first_and_environment_and_versions_last() -> None:
    assert ("root_cause", "fix", "symptom", "environment", VERSION) == asked(DraftContent(title="T"))


@pytest.mark.parametrize(
    ("claims", "order"),
    [
        ({"root_cause": None, "fix": FLAGGED}, ("fix", "root_cause")),
        ({"root_cause": None, "fix": UNPROVED}, ("fix", "root_cause")),
        ({"root_cause": UNPROVED, "fix": FLAGGED}, ("fix", "root_cause")),
        ({"root_cause": FLAGGED, "fix": FLAGGED}, ("root_cause", "fix")),
        ({"environment": FLAGGED, "root_cause": None}, ("root_cause", "environment")),
        ({"environment": FLAGGED, "symptom": None}, ("symptom", "environment")),
    ],
)
def test_of_equal_worth_a_claim_in_doubt_is_asked_before_an_absent_one(
    claims: dict[str, DraftField | None], order: tuple[str, ...]
) -> None:
    assert order == asked(drafted(**claims))


def test_a_proved_fix_of_unknown_kind_is_asked_for_its_kind_alone() -> None:
    content = drafted().model_copy(update={"fix_kind": None})
    assert (("fix",), Doubt.KIND) == (asked(content), doubt(content, "fix"))


@given(contents())
def test_what_is_not_asked_can_be_confirmed_as_it_stands(content: DraftContent) -> None:
    """The interview and the rule for a complete decision cannot disagree."""
    silent = set(QUESTIONS) - set(asked(content))
    decision = Confirmed(
        title="T",
        fields={n: SettledField(state=SettledState.STATED, text=f.text) for n, f in content.fields.items()},
        fix_kind=content.fix_kind,
        versions=SettledVersions(state=SettledState.STATED, affected=content.versions.affected),
    )
    left = {"fix" if name == "fix_kind" else name for name, _ in unsettled(content, decision)}
    assert set() == silent & left
    assert left <= set(asked(content))
