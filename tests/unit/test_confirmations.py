"""When an agent's decision on a draft is complete, and what in it differs from the draft."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import (
    MANDATORY,
    Confirmed,
    SettledField,
    SettledState,
    SettledVersions,
    unsettled,
    was_edited,
)
from pipelines.domain.drafts import DraftContent, DraftField, DraftVersions, Evidence, FieldName, FixKind

STATED, UNKNOWN = SettledState.STATED, SettledState.NOT_KNOWN
QUOTE = Evidence(message="m1", start=0, end=5)


def proved(text: str) -> DraftField:
    return DraftField(text=text, evidence=(QUOTE,), supported=True)


DRAFT = DraftContent(
    title="Export stops",
    fields={
        FieldName.SYMPTOM: proved("The export stops."),
        FieldName.ROOT_CAUSE: proved("A lock is held."),
        FieldName.FIX: DraftField(text="Restart it.", supported=False),
        FieldName.ENVIRONMENT: DraftField(
            text="Debian 13", evidence=(QUOTE,), supported=True, flags=('"13" is not in the thread',)
        ),
    },
    fix_kind=FixKind.WORKAROUND,
    versions=DraftVersions(affected=("5.2.1",), fixed_in=("5.2.3",), evidence=(QUOTE,)),
)


def taken_over(draft: DraftContent, *, affirmed: bool = False) -> Confirmed:
    """The decision of an agent who presses confirm without typing."""
    return Confirmed(
        title=draft.title,
        fields={
            name: SettledField(state=STATED, text=draft.fields[name].text, affirmed=affirmed)
            if name in draft.fields
            else SettledField(state=UNKNOWN)
            for name in FieldName
        },
        fix_kind=draft.fix_kind,
        versions=SettledVersions(
            state=STATED if draft.versions.stated else UNKNOWN,
            affected=draft.versions.affected,
            fixed_in=draft.versions.fixed_in,
            affirmed=affirmed,
        ),
    )


def with_field(decision: Confirmed, name: FieldName, field: SettledField | None) -> Confirmed:
    fields: Mapping[FieldName, SettledField] = {
        key: value for key, value in {**decision.fields, name: field}.items() if value is not None
    }
    return decision.model_copy(update={"fields": fields})


def names(decision: Confirmed, draft: DraftContent = DRAFT) -> list[str]:
    return [name for name, _ in unsettled(draft, decision)]


def test_an_unproved_claim_and_a_flagged_one_cannot_be_taken_over_as_they_stand() -> None:
    assert ["fix", "environment"] == names(taken_over(DRAFT))


def test_affirming_settles_what_the_thread_does_not_prove() -> None:
    assert [] == unsettled(DRAFT, taken_over(DRAFT, affirmed=True))


def test_blanks_around_a_claim_are_no_edit_of_it() -> None:
    padded = with_field(
        taken_over(DRAFT, affirmed=True), FieldName.FIX, SettledField(state=STATED, text=" Restart it.\n")
    )
    assert ["fix"] == names(padded)


def test_an_edited_claim_is_the_agents_own() -> None:
    edited = with_field(
        taken_over(DRAFT, affirmed=True), FieldName.FIX, SettledField(state=STATED, text="Restart the job.")
    )
    assert [] == names(edited)
    assert ["fix"] == was_edited(DRAFT, edited)


@pytest.mark.parametrize("name", FieldName)
def test_every_field_but_the_symptom_must_be_settled(name: FieldName) -> None:
    left_out = with_field(taken_over(DRAFT, affirmed=True), name, None)
    assert ([] if name is FieldName.SYMPTOM else [name.value]) == names(left_out)


def test_versions_must_be_settled() -> None:
    assert ["version"] == names(taken_over(DRAFT, affirmed=True).model_copy(update={"versions": None}))


def test_nothing_decided_leaves_all_that_is_mandatory_open() -> None:
    assert ["title", *MANDATORY] == names(Confirmed(title=" ", fields={}))


@pytest.mark.parametrize("state", [SettledState.NOT_KNOWN, SettledState.NOT_APPLICABLE])
def test_saying_that_something_is_not_known_settles_it(state: SettledState) -> None:
    fields = {name: SettledField(state=state) for name in FieldName}
    assert [] == names(Confirmed(title="t", fields=fields, versions=SettledVersions(state=state)))


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_stated_field_has_a_text(text: str) -> None:
    empty = with_field(taken_over(DRAFT, affirmed=True), FieldName.ROOT_CAUSE, SettledField(state=STATED, text=text))
    assert ["root_cause"] == names(empty)


@pytest.mark.parametrize("affected", [(), ("",), (" ",)])
def test_stated_versions_name_one(affected: tuple[str, ...]) -> None:
    versions = SettledVersions(state=STATED, affected=affected)
    assert ["version"] == names(taken_over(DRAFT, affirmed=True).model_copy(update={"versions": versions}))


def test_a_stated_fix_has_a_kind() -> None:
    kindless = taken_over(DRAFT, affirmed=True).model_copy(update={"fix_kind": None})
    assert ["fix_kind"] == names(kindless)
    assert [] == names(with_field(kindless, FieldName.FIX, SettledField(state=UNKNOWN)))


@pytest.mark.parametrize("affected", [("9.9",), (" 9.9 ",), ("9.9", "")])
def test_versions_that_the_thread_does_not_name_must_be_affirmed_or_changed(affected: tuple[str, ...]) -> None:
    draft = DRAFT.model_copy(update={"versions": DraftVersions(affected=("9.9",), supported=False)})
    decision = taken_over(DRAFT, affirmed=True)
    as_proposed = decision.model_copy(update={"versions": SettledVersions(state=STATED, affected=affected)})
    affirmed = decision.model_copy(update={"versions": SettledVersions(state=STATED, affected=affected, affirmed=True)})
    changed = decision.model_copy(update={"versions": SettledVersions(state=STATED, affected=("9.8",))})
    assert (["version"], [], []) == (names(as_proposed, draft), names(affirmed, draft), names(changed, draft))


def test_a_draft_that_nobody_could_make_is_confirmed_by_hand() -> None:
    by_hand = Confirmed(
        title="Export stops",
        fields={name: SettledField(state=STATED, text=name.value) for name in FieldName},
        fix_kind=FixKind.FIX,
        versions=SettledVersions(state=STATED, affected=("5.2.1",)),
    )
    empty = DraftContent(title="desk/T-1")
    assert [] == unsettled(empty, by_hand)
    assert ["title", *FieldName, "fix_kind", "version"] == was_edited(empty, by_hand)


def test_a_field_marked_not_known_differs_from_a_draft_that_states_it() -> None:
    assert [] == was_edited(DRAFT, taken_over(DRAFT))
    assert ["root_cause"] == was_edited(
        DRAFT, with_field(taken_over(DRAFT), FieldName.ROOT_CAUSE, SettledField(state=UNKNOWN))
    )


words = st.sampled_from(["", " ", "Restart it.", " Restart it. ", "Upgrade."])
settled = st.none() | st.builds(SettledField, state=st.sampled_from(SettledState), text=words, affirmed=st.booleans())
proposed = st.none() | st.builds(
    DraftField,
    text=words.filter(str.strip),
    supported=st.booleans(),
    flags=st.sampled_from([(), ("5.2 is not in the thread",)]),
)


@given(proposed, settled)
def test_no_claim_gets_through_that_neither_the_thread_nor_an_agent_vouches_for(
    claim: DraftField | None, field: SettledField | None
) -> None:
    """The dangerous error, for every mandatory field and whatever was typed."""
    for name in (FieldName.ROOT_CAUSE, FieldName.FIX, FieldName.ENVIRONMENT):
        draft = DraftContent(title="t", fields={name: claim} if claim else {})
        fields = {other: SettledField(state=UNKNOWN) for other in FieldName} | ({name: field} if field else {})
        if field is None:
            del fields[name]
        decision = Confirmed(
            title="t", fields=fields, fix_kind=FixKind.FIX, versions=SettledVersions(state=SettledState.NOT_KNOWN)
        )
        typed = field.text.strip() if field and field.state is STATED else None
        same = claim is not None and typed == claim.text.strip()
        vouched = field is not None and (
            typed is None
            or (
                typed != ""
                and (not same or field.affirmed or (claim is not None and claim.supported and not claim.flags))
            )
        )
        assert vouched == (names(decision, draft) == [])
