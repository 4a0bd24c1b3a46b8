"""Capture strings its steps together: noise out, names out, summarised, held to the thread."""

from datetime import UTC, datetime

import pytest

from pipelines.capture.capture import capture, prepare
from pipelines.domain.drafts import Claim, FieldName, Proposal, Provenance, Quote, Summary, TicketView
from pipelines.domain.errors import SummariserFailed
from pipelines.domain.tickets import Message, Ticket, TicketKey, TicketStatus

AT = datetime(2024, 3, 5, tzinfo=UTC)
BODY = "Jane Doe (jane@x.example) says the export stops.\n\nBest regards,\nJane"
TICKET = Ticket(
    key=TicketKey(source="t", id="1"),
    subject="Jane Doe: export stops",
    status=TicketStatus.CLOSED,
    created_at=AT,
    messages=(Message(id="m1", at=AT, author="Jane Doe", body=BODY),),
)


class Scripted:
    """A summariser that answers what the test gave it, and keeps what it saw."""

    def __init__(self, name: str, answer: Proposal | SummariserFailed) -> None:
        self.name = name
        self.seen: list[TicketView] = []
        self._answer = answer

    def summarise(self, view: TicketView) -> Summary:
        self.seen.append(view)
        if isinstance(self._answer, SummariserFailed):
            raise self._answer
        return Summary(proposals=(self._answer,), provenance=Provenance(summariser=self.name))


def proposal(text: str = "The export stops.") -> Proposal:
    quote = Quote(message="m1", text="the export stops")
    return Proposal(title="Export stops", symptom=Claim(text=text, quotes=(quote,)))


def failure(*, permanent: bool) -> SummariserFailed:
    return SummariserFailed("refused", "the model refused", permanent=permanent)


def test_a_summariser_sees_neither_names_nor_addresses_nor_signatures() -> None:
    llm = Scripted("llm", proposal())
    captured = capture(TICKET, llm, None, budget=1000, count_tokens=len)
    [seen] = llm.seen
    assert seen == prepare(TICKET, budget=1000, count_tokens=len)
    assert seen.subject.text == "[person-1]: export stops"
    assert seen.messages[0].text.text.strip() == "[person-1] ([email-1]) says the export stops."
    assert [cut.why for cut in captured.provenance.cuts] == ["signature"]


def test_evidence_points_at_the_raw_message() -> None:
    [draft] = capture(TICKET, Scripted("llm", proposal()), None, budget=1000, count_tokens=len).drafts
    [evidence] = draft.fields[FieldName.SYMPTOM].evidence
    assert BODY[evidence.start : evidence.end] == "the export stops"


def test_texts_of_a_draft_are_redacted_with_the_numbers_of_the_thread() -> None:
    llm = Scripted("llm", proposal("Jane Doe of jane@x.example could not export."))
    [draft] = capture(TICKET, llm, None, budget=1000, count_tokens=len).drafts
    assert draft.fields[FieldName.SYMPTOM].text == "[person-1] of [email-1] could not export."


def test_a_permanent_failure_is_made_good_by_the_fallback_and_said() -> None:
    offline = Scripted("offline", proposal())
    captured = capture(TICKET, Scripted("llm", failure(permanent=True)), offline, budget=1000, count_tokens=len)
    assert captured.provenance.summariser == "offline"
    assert captured.provenance.fallback_reason == "refused"
    assert len(captured.drafts) == 1


def test_a_passing_failure_is_left_to_the_next_try_until_the_last() -> None:
    llm, offline = Scripted("llm", failure(permanent=False)), Scripted("offline", proposal())
    with pytest.raises(SummariserFailed):
        capture(TICKET, llm, offline, budget=1000, count_tokens=len)
    assert offline.seen == []
    last = capture(TICKET, llm, offline, budget=1000, count_tokens=len, last_try=True)
    assert last.provenance.fallback_reason == "refused"


def test_without_a_fallback_every_failure_is_told() -> None:
    with pytest.raises(SummariserFailed):
        capture(TICKET, Scripted("llm", failure(permanent=True)), None, budget=1000, count_tokens=len, last_try=True)


def test_a_summariser_that_succeeds_leaves_no_fallback_reason() -> None:
    offline = Scripted("offline", proposal())
    captured = capture(TICKET, Scripted("llm", proposal()), offline, budget=1000, count_tokens=len)
    assert captured.provenance.fallback_reason is None
    assert offline.seen == []
