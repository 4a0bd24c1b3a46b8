"""The confirmation form says the same as the domain's rule, whatever stands in it."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.confirmations import VERSION, unsettled
from pipelines.domain.drafts import DraftContent, DraftField, DraftVersions, FieldName, FixKind
from pipelines.domain.interview import QUESTIONS
from service.web.pages.confirm_changes import changes
from service.web.pages.confirm_form import kept, posted, proposed, says_the_same
from service.web.pages.forms import Form

TEXTS = st.sampled_from(["", "It broke.", "It broke.\nTwice.", " padded "])
VERSIONS = st.sampled_from([(), ("5.2",), ("5.2", "5.3")])


@st.composite
def contents(draw: st.DrawFn) -> DraftContent:
    fields = {}
    for name in FieldName:
        if draw(st.booleans()):
            text = draw(TEXTS.filter(str.strip))
            flags = draw(st.sampled_from([(), ('"9" is not in the thread',)]))
            fields[name] = DraftField(text=text, supported=draw(st.booleans()), flags=flags)
    versions = DraftVersions(affected=draw(VERSIONS), fixed_in=draw(VERSIONS), supported=draw(st.booleans()))
    kind = draw(st.none() | st.sampled_from(FixKind))
    return DraftContent(title=draw(TEXTS), fields=fields, fix_kind=kind, versions=versions)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    sent = {"title": draw(TEXTS), "fix_kind": draw(st.sampled_from(["", "fix", "nonsense"])), "version": "1"}
    for name in QUESTIONS:
        sent[f"{name}_state"] = draw(st.sampled_from(["", "stated", "not_known", "not_applicable", "nonsense"]))
        sent[f"{name}_text"] = draw(TEXTS)
        if draw(st.booleans()):
            sent[f"{name}_affirmed"] = "yes"
    sent["affected"] = draw(st.sampled_from(["", "5.2", "5.2, 5.3"]))
    sent["fixed_in"] = draw(st.sampled_from(["", "5.4"]))
    return Form(sent)


@given(contents(), forms())
def test_five_settled_questions_and_a_title_are_a_complete_decision(content: DraftContent, sent: Form) -> None:
    form = posted(sent)
    left = dict(unsettled(content, form.decision(None)))
    if form.settled(content) == set(QUESTIONS) and form.title:
        assert {} == left
    assert not (form.settled(content) & set(left))


@given(contents())
def test_a_draft_is_proposed_as_it_stands(content: DraftContent) -> None:
    """Nothing that the agent leaves alone counts as edited, and nothing unproved opens as settled."""
    form = proposed(content, "Printing", opened=7)
    decision = form.decision(None)
    for name, claim in content.fields.items():
        assert claim.text == decision.fields[name].text
        assert (claim.supported and not claim.flags) or name.value not in form.settled(content)
    assert (content.versions.affected, content.versions.fixed_in) == (
        (decision.versions.affected, decision.versions.fixed_in) if decision.versions else ((), ())
    )


def test_typing_alone_states_a_field_and_a_choice_overrules_text() -> None:
    """Without scripts nobody ticks `stated` for the agent."""
    typed = posted(Form({"environment_text": "RHEL 8", "fix_text": "x", "fix_state": "not_known"})).decision(None)
    assert ("stated", "not_known") == (
        typed.fields[FieldName.ENVIRONMENT].state.value,
        typed.fields[FieldName.FIX].state.value,
    )
    assert typed.versions is None


def test_a_hint_fills_its_own_question_alone() -> None:
    form = posted(Form({"environment_text": "", "symptom_text": "kept"}))
    filled = form.filled_from("environment", {"environment": "RHEL 8"}).filled_from("nonsense", {"nonsense": "x"})
    assert ("RHEL 8", "stated") == (filled.answers["environment"].text, filled.answers["environment"].state)
    assert "kept" == filled.answers["symptom"].text
    versions = form.filled_from(VERSION, {VERSION: "5.2, 5.3"}).answers[VERSION]
    assert "5.2, 5.3" == versions.affected


@given(contents(), forms())
def test_a_form_reads_the_same_after_it_was_kept(content: DraftContent, sent: Form) -> None:
    form = posted(sent)
    again = posted(Form(kept(sent)))
    assert says_the_same(form, again)
    draft = proposed(content, None, opened=1)
    assert says_the_same(draft, proposed(content, None, opened=2))


@given(contents(), forms())
def test_the_way_back_to_the_draft_leaves_no_change(content: DraftContent, sent: Form) -> None:
    """Each field can be put back on its own, and only what differs from the draft is shown as changed."""
    draft, form = proposed(content, None, opened=1), posted(sent)
    assert {} == changes(draft, draft)
    for name in changes(draft, form):
        assert name not in changes(draft, form.back_to(name, draft))
    for name in (*QUESTIONS, "title"):
        form = form.back_to(name, draft)
    assert {} == changes(draft, form)
