"""What redaction took out comes back for those who have the raw messages, and for nobody else. Samples are invented."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.capture.condense import condense
from pipelines.capture.redact import MARK, Redactor, redact_ticket
from pipelines.capture.redaction_reveal import originals, reveal, reveal_text
from pipelines.domain.drafts import SUBJECT, MappedText, TicketView
from pipelines.domain.tickets import Message, Ticket, TicketKey, TicketStatus

BODIES = (
    "Write to Ann@x.example or call +1 415 555 2671.",
    "ann@x.example answered from 10.2.3.4:8080, password: Tr0ub4dor&3",
)
RAW = {"m0": BODIES[0], "m1": BODIES[1], SUBJECT: "Mail to ann@x.example fails"}


def view_of(subject: str, *bodies: str) -> TicketView:
    at = datetime(2024, 3, 5, tzinfo=UTC)
    ticket = Ticket(
        key=TicketKey(source="t", id="1"),
        subject=subject,
        status=TicketStatus.CLOSED,
        created_at=at,
        messages=tuple(Message(id=f"m{i}", at=at, body=body) for i, body in enumerate(bodies)),
    )
    return redact_ticket(ticket, condense(ticket, budget=1000, count_tokens=len))


VIEW = view_of(RAW[SUBJECT], *BODIES)


def test_each_mark_has_its_original() -> None:
    """One entry a mark, as it is first written in the thread."""
    expected = {
        "[email-1]": "ann@x.example",
        "[phone-1]": "+1 415 555 2671",
        "[ip-1]": "10.2.3.4",
        "[secret-1]": "Tr0ub4dor&3",
    }
    assert expected == originals(VIEW, RAW)


def test_a_text_made_from_the_view_is_revealed() -> None:
    """A field of a draft carries the view's marks; a mark that the view does not have stays a mark."""
    assert "ann@x.example cannot reach 10.2.3.4" == reveal("[email-1] cannot reach [ip-1]", VIEW, RAW)
    assert "[email-9] and [note-1] stay" == reveal("[email-9] and [note-1] stay", VIEW, RAW)


def test_a_text_without_marks_needs_no_raw_messages() -> None:
    """Nothing is looked up where nothing was taken out."""
    assert "nothing to see" == reveal("nothing to see", VIEW, {})


def test_without_the_raw_message_nothing_is_revealed() -> None:
    """The view alone leads nowhere."""
    with pytest.raises(KeyError):
        reveal("[email-1]", VIEW, {})


def test_another_revision_of_a_message_is_refused() -> None:
    """Places of one revision would uncover arbitrary characters of another."""
    with pytest.raises(ValueError, match="not the one"):
        reveal("[ip-1]", VIEW, RAW | {"m1": "edited: " + BODIES[1]})
    with pytest.raises(ValueError, match="not the one"):
        reveal("[ip-1]", VIEW, RAW | {"m1": BODIES[1][:20]})


def test_a_message_is_revealed_as_it_was_written() -> None:
    """Spelling is that of the place, not of the first mention."""
    assert BODIES[0] == reveal_text(VIEW.messages[0].text, BODIES[0])


def test_what_was_cut_is_not_put_back() -> None:
    """Revealing undoes redaction; a quoted mail that condensing left out stays out."""
    body = "Thanks, ann@x.example\n\nOn Tue, Bo wrote:\n> call me\n> or do not\n"
    view = view_of("s", "hello", body)
    assert "On Tue" not in view.messages[1].text.text
    assert "Thanks, ann@x.example" == reveal_text(view.messages[1].text, body).strip()


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.lists(st.sampled_from([*BODIES, "plain", "[email-1]", "é\n", "ssh root@db-07 ", "10.2.3.4"]), max_size=6))
def test_revealing_undoes_redacting(parts: list[str]) -> None:
    """Whatever the text, its redacted form leads back to it."""
    raw = " ".join(parts)
    assert raw == reveal_text(Redactor(["Ann Lee"]).redact(MappedText.verbatim(raw)), raw)


def test_marks_of_every_kind_are_known() -> None:
    """Machines have marks like everything else."""
    assert all(MARK.fullmatch(mark) for mark in ("[ip-1]", "[host-12]", "[url-secret-3]"))
