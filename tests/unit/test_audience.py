"""Nothing that rests on internal notes reaches a customer, unless somebody confirmed it for customers."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.audience import rests_on_internal, tells_internal
from pipelines.capture.ground import ground
from pipelines.domain.audience import internal_fields, text_for
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import Claim, Evidence, FieldName, Proposal, Quote, TicketView
from pipelines.domain.resolutions import Audience, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.tickets import Message, Role, Ticket, TicketKey, TicketStatus, Visibility
from tests.contract.summariser_contract import customer, engineer, view

AT = datetime(2026, 3, 2, tzinfo=UTC)
PUBLIC = "The export stops with EXP-2041."
NOTE = "The scheduler on build-host-7 races with the vacuum job."
SEEN: TicketView = view("Export stops", customer(PUBLIC), engineer(NOTE))


def internal(text: str, *quotes: tuple[str, str]) -> bool | None:
    claim = Claim(text=text, quotes=tuple(Quote(message=m, text=t) for m, t in quotes))
    return ground(Proposal(title="t", root_cause=claim), SEEN).fields[FieldName.ROOT_CAUSE].internal


def test_each_quote_keeps_who_could_read_it() -> None:
    """Public and internal evidence can be told apart without the ticket."""
    quotes = (Quote(message="m1", text="export stops"), Quote(message="m2", text="races with the vacuum job"))
    field = ground(Proposal(title="t", symptom=Claim(text="x", quotes=quotes)), SEEN).fields[FieldName.SYMPTOM]
    assert [Visibility.PUBLIC, Visibility.INTERNAL] == [place.visibility for place in field.evidence]


@pytest.mark.parametrize(
    ("text", "quotes", "expected"),
    [
        ("The export stops.", [("m1", "The export stops")], False),
        ("The scheduler races with vacuum.", [("m2", "races with the vacuum job")], True),
        ("The export stops.", [("m1", "The export stops"), ("m2", "The scheduler")], True),
        ("The export stops as the vacuum races.", [("m1", "The export stops")], True),
        ("The export stops on build-host-7.", [("m1", "The export stops")], True),
    ],
)
def test_a_field_rests_on_notes_by_its_quotes_or_by_words_that_only_notes_have(
    text: str, quotes: list[tuple[str, str]], expected: bool
) -> None:
    """A public quote does not make public what is told beside it."""
    assert expected is internal(text, *quotes)


def field(text: str, *, notes: bool | None, cleared: Audience | None = None) -> ResolutionField:
    return ResolutionField(state=SettledState.STATED, text=text, internal=notes, cleared_for=cleared)


def content(**fields: ResolutionField) -> ResolutionContent:
    return ResolutionContent(
        title="Export stops",
        fields={FieldName(name): value for name, value in fields.items()},
        versions=ResolutionVersions(state=SettledState.STATED, affected=("5.2",), internal=False),
    )


RECORD = content(
    symptom=field("It stops.", notes=False), root_cause=field(NOTE, notes=True), fix=field("Upgrade.", notes=None)
)


@pytest.mark.parametrize("audience", [Audience.PARTNER, Audience.CUSTOMER, Audience.PUBLIC])
def test_outside_the_house_only_what_customers_were_told_is_said(audience: Audience) -> None:
    """What rests on notes is left out and named, and so is what is not known to rest on none."""
    safe = text_for(RECORD, audience)
    assert {FieldName.SYMPTOM: "It stops."} == safe.fields
    assert ("root_cause", "fix") == safe.left_out == internal_fields(RECORD)
    assert ("Export stops", ("5.2",)) == (safe.title, safe.affected)


def test_inside_the_house_all_of_it_is_said() -> None:
    """Agents read everything."""
    assert () == text_for(RECORD, Audience.INTERNAL).left_out


def test_a_confirmation_for_partners_is_none_for_customers() -> None:
    """A field is open as wide as somebody confirmed it, no wider."""
    record = content(root_cause=field(NOTE, notes=True, cleared=Audience.PARTNER))
    assert () == text_for(record, Audience.PARTNER).left_out
    assert ("root_cause",) == text_for(record, Audience.CUSTOMER).left_out


def test_the_title_goes_with_the_symptom_that_it_is_made_of() -> None:
    """A title names the symptom, and would tell it."""
    assert text_for(content(symptom=field("x", notes=True)), Audience.CUSTOMER).title is None


@given(st.sets(st.sampled_from(list(FieldName))), st.sampled_from(list(Audience)[1:]))
def test_no_internal_text_is_ever_in_what_customers_read(notes: set[FieldName], audience: Audience) -> None:
    """For any mixture of fields."""
    record = content(**{n.value: field(f"secret {n}" if n in notes else "open", notes=n in notes) for n in FieldName})
    safe = text_for(record, audience)
    assert "secret" not in safe.model_dump_json()
    assert set(safe.left_out) == {name.value for name in notes}


def test_words_of_an_agent_are_judged_against_the_raw_ticket() -> None:
    """Also where the agent rewrote a field, or quotes what is gone by now."""
    messages = (
        Message(id="m1", at=AT, role=Role.CUSTOMER, body=PUBLIC),
        Message(id="m2", at=AT, role=Role.ENGINEER, visibility=Visibility.INTERNAL, body=NOTE),
    )
    ticket = Ticket(
        key=TicketKey(source="t", id="1"), subject="s", status=TicketStatus.CLOSED, created_at=AT, messages=messages
    )
    assert not rests_on_internal("The export stops.", (), ticket)
    assert rests_on_internal("Stop the vacuum.", (), ticket)
    assert rests_on_internal("It stops.", (Evidence(message="gone", start=0, end=2),), ticket)


@given(st.text(max_size=60))
def test_what_was_said_in_public_is_not_internal_for_being_in_a_note_too(text: str) -> None:
    """Words that stand in both give nothing away."""
    assert not tells_internal(text, [text], [text])
