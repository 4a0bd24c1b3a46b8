"""The KCS content standard, thin tickets and the figures of confirming: pure rules with their reasons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.checklist import checklist
from pipelines.capture.figures import LEAST, Decided, figures
from pipelines.capture.thin import thin_reasons
from pipelines.domain.checklist import ItemState
from pipelines.domain.drafts import DraftContent, DraftField, FieldName
from pipelines.domain.recurrences import DedupeVerdict, Recurrence
from pipelines.domain.resolutions import ResolutionContent
from tests.unit.test_capture_dedupe import record
from tests.usecases.cases import case


def states(content: ResolutionContent, alike: list[Recurrence] | None = None) -> dict[str, ItemState]:
    customer = ["The nightly export stops with EXP-2041 since Monday."]
    found = checklist(content, alike=alike, customer=customer, redact=lambda text: text.replace("Greta", "[person-1]"))
    return {item.key: item.state for item in found}


def test_a_good_record_meets_all_that_can_be_told() -> None:
    assert {ItemState.MET} == set(states(record(), []).values())
    assert ItemState.CANNOT_TELL is states(record())["unique"]


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({"root_cause": ""}, "complete"),
        ({"symptom": "Batch processing terminates prematurely."}, "customers_words"),
        ({"fix": "Ask Greta to upgrade to 5.2.3."}, "nothing_personal"),
        ({"fix": "Follow https://wiki.corp.internal/export and upgrade."}, "links"),
        ({"fix": "Open http://192.168.4.7:8080/admin and upgrade."}, "links"),
        ({"fix": "See https://ada:secret@docs.example.com/export."}, "links"),
        ({"fix": "See https://docs..example/ for the upgrade."}, "links"),
    ],
)
def test_what_is_amiss_is_not_met(texts: dict[str, Any], key: str) -> None:
    assert ItemState.NOT_MET is states(record(**texts), [])[key]


def test_a_link_is_judged_by_its_form_alone() -> None:
    assert (
        ItemState.MET is states(record(fix="Follow https://docs.example.com/export#lock, then upgrade."), [])["links"]
    )


def test_a_title_that_the_content_does_not_bear_out_is_not_met() -> None:
    content = record().model_copy(update={"title": "Printer spooler crashes on Tuesdays"})
    assert ItemState.NOT_MET is states(content, [])["title"]


def test_a_record_that_another_one_repeats_is_not_unique() -> None:
    same = Recurrence(resolution_id="R-7", verdict=DedupeVerdict.SAME_AS, similarity=0.9, why="")
    assert ItemState.NOT_MET is states(record(), [same])["unique"]


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    assert 6 == len(states(record(fix=f"See https://{text}", symptom=text)))


def thin(**texts: str) -> tuple[str, ...]:
    fields = {FieldName(n): DraftField(text=t, supported=True) for n, t in texts.items()}
    return thin_reasons(DraftContent(title="x", fields=fields), case())


@pytest.mark.parametrize(
    "fix", ["I have sent you a password reset link.", "Reset the user's password.", "Closing, no response."]
)
def test_an_action_on_one_account_is_thin(fix: str) -> None:
    assert thin(fix=fix)


@pytest.mark.parametrize(
    "fix",
    [
        "Set saml.allowed_skew_seconds to 120 and restart the gateway.",
        "Reset the password under Admin > Accounts > Policy.",
        "Create a new token with both scopes.",
    ],
)
def test_what_the_next_agent_can_follow_is_not_thin(fix: str) -> None:
    assert () == thin(fix=fix)


def test_a_stated_cause_is_knowledge_whatever_was_done() -> None:
    assert () == thin(fix="Reset the user's password.", root_cause="Passwords expire after 90 days.")
    assert "the thread states neither a cause nor a fix" in thin()


def decided(agent: str, summariser: str = "offline") -> Decided:
    return Decided(agent=agent, seconds=40.0, edited=("fix",), affirmed=(), summariser=summariser)


def test_figures_name_nobody_and_are_refused_where_one_person_could_be_read_off() -> None:
    enough = [decided(agent) for agent in ("Ada", "Ben", "Cleo", "Dan")] * 3
    shown = figures(enough)
    assert shown.all is not None
    assert (12, 40.0, 12) == (shown.all.decisions, shown.all.seconds.median, shown.all.fields[3].edited)
    assert not any(name in shown.model_dump_json() for name in ("Ada", "Ben", "Cleo", "Dan"))
    assert figures(enough[: LEAST - 1]).all is None
    assert figures([decided("Ada"), decided("Ben")] * 10).all is None
    assert figures([decided("Ada")] * 20 + [decided("Ben"), decided("Cleo")]).all is None


def test_a_group_that_could_be_had_by_subtraction_takes_another_with_it() -> None:
    many = [decided(agent, "llm") for agent in ("Ada", "Ben", "Cleo", "Dan")] * 5
    more = [decided(agent, "offline") for agent in ("Ada", "Ben", "Cleo", "Dan")] * 4
    few = [decided("Ada", "llm, v2")] * 2
    shown = figures([*many, *more, *few])
    assert (["llm"], 2) == ([group.name for group in shown.groups], shown.withheld)
