"""Assembling an article offline: only what records say, merged, each fix under its condition, nobody named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.articles.assemble import INTERNAL, NAMES_SOMEBODY, WORKAROUND, Assembled, Assembly
from pipelines.articles.enough import missing_from, still_missing
from pipelines.articles.evidence import RecordEvidence, Told, evidence_of
from pipelines.articles.merge import alike
from pipelines.articles.sayable import sayable
from pipelines.articles.text import lines_of, sentences_of
from pipelines.capture.redaction_marks import MARK
from pipelines.capture.redaction_reveal import parts
from pipelines.domain.articles import ArticlePart, SentenceOrigin
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import (
    Audience,
    Resolution,
    ResolutionContent,
    ResolutionField,
    ResolutionVersions,
)


def record(
    name: str = "R-1",
    fix: str = "Upgrade to 5.2.3.",
    cause: str = "",
    environment: str = "",
    symptom: str = "The export stops.",
    **more: object,
) -> RecordEvidence:
    given_ = {
        FieldName.FIX: fix,
        FieldName.ROOT_CAUSE: cause,
        FieldName.ENVIRONMENT: environment,
        FieldName.SYMPTOM: symptom,
    }
    return RecordEvidence.model_validate(
        {
            "id": name,
            "version": 1,
            "title": f"Title of {name}",
            "fields": {field: text for field, text in given_.items() if text},
            "fix_kind": FixKind.FIX,
            **more,
        }
    )


def write(*records: RecordEvidence, told: tuple[Told, ...] = (), title: str | None = None) -> Assembled:
    return Assembly(records, told, parts).write(title)


def texts(made: Assembled, part: ArticlePart) -> list[str]:
    return [sentence.text for sentence in made.content.part(part)]


def test_one_record_becomes_its_four_parts_and_each_sentence_names_the_field_it_is_from() -> None:
    made = write(record(cause="The lock is held.", environment="Debian 12", affected=("5.2.1",), fixed_in=("5.2.3",)))
    assert ["The export stops."] == texts(made, ArticlePart.ISSUE)
    assert ["Debian 12"] == texts(made, ArticlePart.ENVIRONMENT)
    assert ["Upgrade to 5.2.3."] == texts(made, ArticlePart.RESOLUTION)
    assert ["The lock is held."] == texts(made, ArticlePart.CAUSE)
    (sentence,) = made.content.part(ArticlePart.CAUSE)
    assert [("R-1", 1, "root_cause")] == [(ref.record, ref.version, ref.field) for ref in sentence.sources]
    (line,) = made.content.versions
    assert ("R-1", ("5.2.1",), ("5.2.3",)) == (line.record, line.affected, line.fixed_in)


def test_what_two_records_say_is_said_once_and_rests_on_both() -> None:
    made = write(record("R-1"), record("R-2", fix="Upgrade to 5.2.3"))
    (fix,) = made.content.part(ArticlePart.RESOLUTION)
    assert (None, {"R-1", "R-2"}) == (fix.when, {ref.record for ref in fix.sources})


def test_different_fixes_stand_side_by_side_under_the_condition_each_was_confirmed_for() -> None:
    made = write(
        record("R-1", environment="Okta.", affected=("5.0", "5.1"), cause="Clock skew."),
        record("R-2", fix="Restart the proxy.", environment="Behind a proxy", cause="Cookies are rewritten."),
    )
    assert ["Okta; versions 5.0, 5.1", "Behind a proxy"] == [s.when for s in made.content.part(ArticlePart.RESOLUTION)]
    assert ["Okta; versions 5.0, 5.1", "Behind a proxy"] == [s.when for s in made.content.part(ArticlePart.CAUSE)]
    fields = {ref.field for ref in made.content.part(ArticlePart.RESOLUTION)[0].sources}
    assert {"fix", "environment", "version"} == fields
    assert ["The export stops."] == texts(made, ArticlePart.ISSUE)


def test_where_records_state_no_condition_their_title_tells_them_apart() -> None:
    made = write(record("R-1"), record("R-2", fix="Restart the proxy."))
    assert ["Title of R-1", "Title of R-2"] == [s.when for s in made.content.part(ArticlePart.RESOLUTION)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Set the limit to 60.", "Set the limit to 120."),
        ("Upgrade to 5.2.1.", "Upgrade to 5.2.2."),
        ("Restart the node after the change.", "Do not restart the node after the change."),
        ("Edit /etc/a.conf.", "Edit /etc/b.conf."),
    ],
)
def test_sentences_that_differ_in_a_number_a_name_or_a_not_are_never_taken_for_one(one: str, other: str) -> None:
    assert not alike(one, other)
    assert 2 == len(write(record("R-1", fix=one), record("R-2", fix=other)).content.part(ArticlePart.RESOLUTION))


def test_a_workaround_is_called_one() -> None:
    made = write(record(fix_kind=FixKind.WORKAROUND))
    assert [WORKAROUND, "Upgrade to 5.2.3."] == texts(made, ArticlePart.RESOLUTION)


def test_customers_words_come_first_and_a_few_of_them_are_enough() -> None:
    told = tuple(Told(ticket=f"desk/T-{n}", text=f"Export number {n} fails. It hangs at {n} %.") for n in range(9))
    made = write(record(wordings=("Night job dies.",)), told=told)
    assert "Export number 0 fails." == texts(made, ArticlePart.ISSUE)[0]
    origins = [sentence.origin for sentence in made.content.part(ArticlePart.ISSUE)]
    assert [SentenceOrigin.CUSTOMER] * 6 + [SentenceOrigin.RECORD] == origins


def test_a_sentence_that_names_somebody_is_left_out_and_said_to_be() -> None:
    made = write(record(fix="[person-1] enabled NTP. Restart [host-2]. Write to [email-1]."))
    assert ["Restart the host."] == texts(made, ArticlePart.RESOLUTION)
    assert [("R-1", "fix", NAMES_SOMEBODY)] == [(o.record, o.field, o.why) for o in made.left_out]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The [host-1] is slow.", "The host is slow."),
        ("[host-1] is slow.", "The host is slow."),
        ("Ask [account-1] for the [ip-1].", "Ask the organisation for the IP address."),
        ("Call [phone-1].", None),
        ("The key is [secret-1].", None),
        ("...", None),
    ],
)
def test_marks_are_put_into_general_words_where_there_are_any(sentence: str, said: str | None) -> None:
    assert said == sayable(sentence, parts)


def test_withheld_fields_are_named_and_their_words_are_nowhere() -> None:
    made = write(record(withheld=("root_cause",)))
    assert [("R-1", "root_cause", INTERNAL)] == [(o.record, o.field, o.why) for o in made.left_out]


def test_the_title_of_the_gap_comes_first_and_an_article_is_never_without_one() -> None:
    assert "Login loops" == write(record(), title="Login loops").content.title
    assert "The export stops." == write(record(title=None), title="[person-1] asks").content.title
    assert write(record(title=None, symptom="")).content.title
    assert 121 >= len(write(record(), title="word " * 80).content.title)


def test_what_is_missing_is_named_and_only_a_fix_is_needed() -> None:
    assert [("resolution", True), ("cause", False), ("environment", False), ("versions", False)] == [
        (one.part, one.needed) for one in missing_from([])
    ]
    assert [] == list(missing_from([record(cause="c", environment="e", affected=("1",))]))
    (cause, *_) = missing_from([record(withheld=("root_cause",))])
    assert "R-1 knows it from internal notes" in cause.why
    assert ["environment", "cause", "versions"] == [one.part for one in still_missing(write(record()).content)]


def field(text: str, *, internal: bool | None) -> ResolutionField:
    return ResolutionField(state=SettledState.STATED, text=text, internal=internal)


TEXT = st.text(st.sampled_from("ab .\n#`<*_-[]1"), max_size=40)
INTERNAL_OR_NOT = st.sampled_from([True, False, None])


@given(
    st.lists(
        st.fixed_dictionaries({name: st.tuples(TEXT, INTERNAL_OR_NOT) for name in FieldName}), min_size=1, max_size=3
    ),
    st.sampled_from([Audience.PARTNER, Audience.CUSTOMER, Audience.PUBLIC]),
    st.booleans(),
)
def test_nothing_internal_and_no_mark_reaches_readers_outside_whatever_records_hold(
    records: list[dict[FieldName, tuple[str, bool | None]]], audience: Audience, versions_internal: bool
) -> None:
    made = []
    for number, fields in enumerate(records, start=1):
        content = ResolutionContent(
            title="T[person-1]",
            fields={
                name: field(
                    f"{text}. {'CANARY' if internal is not False else 'open'} [email-1]. End", internal=internal
                )
                for name, (text, internal) in fields.items()
            },
            fix_kind=FixKind.FIX,
            versions=ResolutionVersions(
                state=SettledState.STATED,
                affected=("CANARY-9" if versions_internal else "1.0",),
                internal=versions_internal,
            ),
        )
        made.append(evidence_of(Resolution(id=f"R-{number}", version=1, content=content), audience))
    written = Assembly(made, (), parts).write().content.model_dump_json()
    assert "CANARY" not in written
    assert not MARK.search(written)


@given(st.lists(st.sampled_from(["Stop it.", "Start it again.", "Set x=1", "Wait 5 s."]), min_size=1, max_size=6))
def test_no_step_is_invented_and_none_is_lost(steps: list[str]) -> None:
    fix = "\n".join(steps)
    said = texts(write(record(fix=fix)), ArticlePart.RESOLUTION)
    there = [sentence for line in lines_of(fix) for sentence in sentences_of(line)]
    assert there == said
