"""What redaction took out comes back for those who have the raw messages, and for nobody else. Samples are invented."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.capture.redact import Redactor
from pipelines.capture.redaction_marks import MARK, marks_in
from pipelines.capture.redaction_reveal import originals, parts
from pipelines.capture.redaction_thread import Thread
from pipelines.domain.drafts import MarkPlace
from pipelines.domain.tickets import Message, Ticket, TicketKey, TicketStatus

AT = datetime(2024, 3, 5, tzinfo=UTC)
SUBJECT = "Mail to ann@x.example fails"
BODIES = (
    "Write to Ann@x.example or call +1 415 555 2671.",
    "bob@x.example answered from 10.2.3.4:8080, password: Tr0ub4dor&3",
)


def ticket_of(subject: str, *bodies: str | tuple[str, int, str]) -> Ticket:
    """Messages by body, or as id, revision and body."""
    named = [body if isinstance(body, tuple) else (f"m{i}", 1, body) for i, body in enumerate(bodies)]
    return Ticket(
        key=TicketKey(source="t", id="1"),
        subject=subject,
        status=TicketStatus.CLOSED,
        created_at=AT,
        messages=tuple(Message(id=name, revision=revision, at=AT, body=body) for name, revision, body in named),
    )


TICKET = ticket_of(SUBJECT, *BODIES)
TEXTS = ("[email-1] and [email-2], [ip-1], [secret-1]", "[phone-1] [email-9]")


def test_each_mark_of_a_text_has_its_original_and_an_unknown_one_has_none() -> None:
    """As the thread first writes it; only places are kept, so that without the messages there is no way back."""
    places = Redactor.for_ticket(TICKET).places(TEXTS)
    expected = {
        "[email-1]": "ann@x.example",
        "[email-2]": "bob@x.example",
        "[ip-1]": "10.2.3.4",
        "[secret-1]": "Tr0ub4dor&3",
        "[phone-1]": "+1 415 555 2671",
    }
    assert expected == originals(places, Thread.of(TICKET).bodies)
    assert {} == originals(places, {})


def test_a_place_in_another_revision_or_another_wording_of_the_subject_uncovers_nothing() -> None:
    """Offsets of one text would uncover arbitrary characters of another."""
    places = Redactor.for_ticket(TICKET).places(TEXTS)
    edited = ticket_of("Mail to eve@x.example fails", ("m0", 2, "nothing"), ("m1", 2, "to see here, nor anywhere else"))
    assert {} == originals(places, Thread.of(edited).bodies)


@settings(deadline=None)  # the library of phone numbers is loaded by the first that needs it
@given(st.lists(st.sampled_from([*BODIES, "plain", "[email-1]", "Hi Marek,\n", "ssh root@db-07 "]), max_size=6))
def test_every_mark_of_a_redacted_thread_leads_back_and_no_other_does(bodies: list[str]) -> None:
    """Also where the thread itself holds something that looks like a mark."""
    ticket = ticket_of(SUBJECT, *bodies)
    redactor = Redactor.for_ticket(ticket)
    redacted = [redactor.redact_text(body) for body in bodies]
    known = originals(redactor.places(redacted), Thread.of(ticket).bodies)
    assert set(marks_in(redacted)) - set(marks_in(bodies)) == set(known)
    assert all(any(original in text for text in (SUBJECT, *bodies)) for original in known.values())


def test_draft_and_what_is_typed_later_have_one_numbering_whatever_is_redacted_first() -> None:
    """The order of the thread counts, not that of the texts."""
    later = Redactor.for_ticket(TICKET)
    assert "tell [email-2], not [email-1]" == later.redact_text("tell bob@x.example, not ANN@x.example")
    assert "a new one: [email-3]" == later.redact_text("a new one: zoe@x.example")


def test_a_mark_that_a_thread_holds_as_text_is_given_to_nothing_else() -> None:
    """A reply pasted from a resolution says [email-1] and means another ticket's."""
    redactor = Redactor.for_ticket(ticket_of("s", "as [email-1] wrote", "ask ann@x.example"))
    assert "[email-1] is not [email-2]" == redactor.redact_text("[email-1] is not ann@x.example")
    assert ["[email-2]"] == [place.mark for place in redactor.places(["[email-1] [email-2]"])]


def kept(ticket: Ticket, texts: tuple[str, ...], places: tuple[MarkPlace, ...], former: Ticket) -> Redactor:
    redactor = Redactor.for_ticket(ticket)
    redactor.keep(places, Thread.of(former).bodies, texts)
    return redactor


def test_marks_of_a_record_keep_their_meaning_when_the_thread_changes() -> None:
    """A message put before the others would count first; the record's marks are older."""
    places = Redactor.for_ticket(TICKET).places(TEXTS)
    grown = ticket_of("another subject", ("m7", 1, "from zoe@x.example"), ("m0", 1, BODIES[0]), ("m1", 1, BODIES[1]))
    assert "[email-1] zoe" == Redactor.for_ticket(grown).redact_text("zoe@x.example zoe")
    redactor = kept(grown, TEXTS, places, TICKET)
    assert "[email-2] [phone-1]" == redactor.redact_text("bob@x.example +1 415 555 2671")
    assert "[email-3]" == redactor.redact_text("zoe@x.example")


def test_the_number_of_a_mark_whose_text_is_gone_is_not_given_out_again() -> None:
    """What it stood for nobody can tell, so that nothing else may stand there."""
    places = Redactor.for_ticket(TICKET).places(TEXTS)
    other = ticket_of("s", ("m9", 1, "zoe@x.example"))
    redactor = kept(other, TEXTS, places, other)
    assert "[email-3]" == redactor.redact_text("zoe@x.example")  # one and two are taken; nine is further on


def test_a_part_of_a_message_is_redacted_by_what_stands_around_it() -> None:
    """The word that makes a password of the next one may lie outside the quote."""
    redactor = Redactor.for_ticket(TICKET)
    start = BODIES[1].index("Tr0")
    assert "[secret-1]" == redactor.redact_part(BODIES[1], start, len(BODIES[1]))
    assert "[ip-1]:8080" == redactor.redact_part(BODIES[1], BODIES[1].index("10."), BODIES[1].index(","))


def test_a_text_is_cut_at_its_marks() -> None:
    assert [("to ", None), ("[email-1]", "email"), ("!", None)] == parts("to [email-1]!")


def test_marks_of_every_kind_are_known() -> None:
    """Machines have marks like everything else."""
    assert all(MARK.fullmatch(mark) for mark in ("[ip-1]", "[host-12]", "[url-secret-3]"))
