# ruff: noqa: E501 - samples stand on one line, and some are typographic
"""A claim is supported by words that stand in the thread, and its evidence is the place of those words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.condense import condense
from pipelines.capture.ground import ground
from pipelines.capture.redact import redact_ticket
from pipelines.domain.drafts import (
    Claim,
    DraftField,
    Evidence,
    FieldName,
    FixKind,
    MappedText,
    Proposal,
    ProposedVersions,
    Quote,
    TicketView,
    ViewMessage,
)
from pipelines.domain.tickets import Message, Role, Ticket, TicketKey, TicketStatus, Visibility

AT = datetime(2024, 3, 5, tzinfo=UTC)


def view(*bodies: str, subject: str = "Export stops", revision: int = 1) -> TicketView:
    messages = tuple(
        ViewMessage(
            id=f"m{i + 1}",
            revision=revision,
            at=AT,
            role=Role.OTHER,
            visibility=Visibility.PUBLIC,
            text=MappedText.verbatim(body),
        )
        for i, body in enumerate(bodies)
    )
    return TicketView(subject=MappedText.verbatim(subject), messages=messages)


def grounded(seen: TicketView, text: str, *quotes: tuple[str, str]) -> DraftField:
    claim = Claim(text=text, quotes=tuple(Quote(message=m, text=q) for m, q in quotes))
    return ground(Proposal(title="t", symptom=claim), seen).fields[FieldName.SYMPTOM]


def test_an_exact_quote_becomes_its_place() -> None:
    field = grounded(view("First.", "The driver holds a counter.", revision=3), "x", ("m2", "holds a counter"))
    assert field.supported
    assert field.evidence == (Evidence(message="m2", revision=3, start=11, end=26, visibility=Visibility.PUBLIC),)


def test_the_subject_can_be_quoted() -> None:
    field = grounded(view("First."), "x", ("subject", "Export stops"))
    assert field.evidence == (Evidence(message="subject", start=0, end=12, visibility=Visibility.PUBLIC),)


@pytest.mark.parametrize(
    ("body", "quote", "cited"),
    [
        ("it stops\n   at row 40", "it stops at row 40", "it stops\n   at row 40"),
        ("it *stops* at _row_ 40", "it stops at row 40", "it *stops* at _row_ 40"),
        ("it stops at row 40", "it **stops** at `row 40`", "it stops at row 40"),
        ("set {{max_rows}} to 0", "set max_rows to 0", "set {{max_rows}} to 0"),
        ("he said \u201cit\u2019s the cache\u201d \u2013 done", "said \"it's the cache\" - done", "said \u201cit\u2019s the cache\u201d \u2013 done"),
        ("run {code:sql}SELECT 1{code} first", "run SELECT 1 first", "run {code:sql}SELECT 1{code} first"),
        ("a\u00a0b c\u200bd stops", "a b cd stops", "a\u00a0b c\u200bd stops"),
        ("wait\u2026 then retry", "wait... then retry", "wait\u2026 then retry"),
    ],
)  # fmt: skip
def test_white_space_markup_and_typography_are_forgiven(body: str, quote: str, cited: str) -> None:
    field = grounded(view(body), "x", ("m1", quote))
    [evidence] = field.evidence
    assert cited == body[evidence.start : evidence.end]


@pytest.mark.parametrize(
    ("body", "quote"),
    [
        ("the driver holds a counter", "The Driver holds"),
        ("the driver holds a counter", "the driver keeps"),
        ("set max_rows to 0", "set maxrows to 0"),
        ("works in 11.2.5 only", "1.2"),
        ("works in 11.2.5 only", "11.2"),
        ("restart it", "art"),
        ("a 5*3 grid", "53 grid"),
        ("anything", ""),
        ("anything", "  "),
        ("so it is", "it"),
        ("well ... --- !!!", "..."),
        ("mail [email-1] now", "[email-1]"),
    ],
)
def test_other_words_fragments_and_signs_are_no_evidence(body: str, quote: str) -> None:
    field = grounded(view(body), "x", ("m1", quote))
    assert not field.supported
    assert field.evidence == ()


def test_a_long_exact_quote_is_found_in_another_message_than_the_one_named() -> None:
    seen = view("First.", "The driver holds a counter of sixteen bits.")
    assert grounded(seen, "x", ("m1", "a counter of sixteen bits")).evidence[0].message == "m2"
    assert grounded(seen, "x", ("m99", "a counter of sixteen bits")).evidence[0].message == "m2"
    assert not grounded(seen, "x", ("m1", "sixteen bits")).supported


def test_a_quote_over_a_redaction_mark_points_at_the_raw_words() -> None:
    at_raw = "Write to ann@x.example when it stops."
    message = Message(id="m1", at=AT, body=at_raw)
    ticket = Ticket(
        key=TicketKey(source="t", id="1"), subject="s", status=TicketStatus.CLOSED, created_at=AT, messages=(message,)
    )
    seen = redact_ticket(ticket, condense(ticket, budget=1000, count_tokens=len))
    [evidence] = grounded(seen, "x", ("m1", "Write to [email-1] when")).evidence
    assert at_raw[evidence.start : evidence.end] == "Write to ann@x.example when"


def test_a_quote_over_a_cut_is_cited_in_parts_without_what_was_cut() -> None:
    raw = "start of it\n" + "2024-03-05 10:00:00 INFO poll\n" * 100 + "end of it"
    message = Message(id="m1", at=AT, body=raw)
    ticket = Ticket(
        key=TicketKey(source="t", id="1"), subject="s", status=TicketStatus.CLOSED, created_at=AT, messages=(message,)
    )
    seen = redact_ticket(ticket, condense(ticket, budget=5000, count_tokens=len))
    field = grounded(seen, "x", ("m1", seen.messages[0].text.text))
    assert len(field.evidence) == 2
    assert raw[field.evidence[0].start : field.evidence[0].end].startswith("start of it")
    assert raw[field.evidence[1].start : field.evidence[1].end].endswith("end of it")
    assert sum(e.end - e.start for e in field.evidence) < len(raw) / 2


def test_the_same_place_is_cited_once() -> None:
    field = grounded(view("it stops at row 40"), "x", ("m1", "stops at row"), ("m1", "stops at row"), ("m1", "nowhere"))
    assert len(field.evidence) == 1


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Upgrade to 5.2.2", ["5.2.2"]),
        ("Upgrade to v7.2.0", []),
        ("Upgrade to 7.2", ["7.2"]),
        ("Error 0x80070005 and 0xDEADBEEF", ["0xDEADBEEF"]),
        ("ORA-00600 came with ORA-07445", ["ORA-07445"]),
        ("Edit export.conf, not import.conf", ["import.conf"]),
        ("Rows 40000, 40,000 and 50000", ["50000"]),
        ("After 30 s or 31 s", ["31"]),
        ("Step 1 of 9", []),
        ("Seen by [person-12]", []),
        ("No numbers at all", []),
    ],
)
def test_numbers_codes_and_files_that_the_thread_lacks_are_flagged(text: str, tokens: list[str]) -> None:
    seen = view("v7.2.0.GA gives 0x80070005 and ORA-00600.", "See Export.conf: 40000 rows, 30s.")
    assert tuple(f'"{token}" is not in the thread' for token in tokens) == grounded(seen, text).flags


@pytest.mark.parametrize("version", ["7.2.0", "v7.2.0", "Release 7.2.0", "7.2.0.GA", "version 7.2.0"])
def test_versions_are_found_whatever_stands_around_them(version: str) -> None:
    draft = ground(Proposal(title="t", versions=ProposedVersions(affected=(version,))), view("It is v7.2.0.v20180301."))
    assert draft.versions.supported
    assert draft.versions.flags == ()
    assert draft.versions.evidence == (Evidence(message="m1", start=7, end=12, visibility=Visibility.PUBLIC),)


@pytest.mark.parametrize("version", ["7.2", "7.2.0.1", "17.2.0", "2.0", "7.2.01", "?"])
def test_a_version_that_the_thread_lacks_is_flagged_and_not_supported(version: str) -> None:
    draft = ground(Proposal(title="t", versions=ProposedVersions(fixed_in=(version,))), view("It is v7.2.0.v20180301."))
    assert not draft.versions.supported
    assert draft.versions.flags == (f'"{version}" is not in the thread',)


def test_no_versions_need_no_evidence() -> None:
    quotes = (Quote(message="m1", text="It is v7.2.0"),)
    versions = ground(Proposal(title="t", versions=ProposedVersions(quotes=quotes)), view("It is v7.2.0.")).versions
    assert (versions.supported, versions.evidence, versions.stated) == (True, (), False)


def test_absent_and_empty_claims_stay_absent_and_tried_steps_are_grounded() -> None:
    tried = (Claim(text="restarted it", quotes=(Quote(message="m1", text="restarted"),)), Claim(text=" "))
    proposal = Proposal(title="t", root_cause=Claim(text=""), fix_kind=FixKind.FIX, tried=tried)
    draft = ground(proposal, view("We restarted it."))
    assert draft.fields == {}
    assert draft.fix_kind is None
    assert [step.supported for step in draft.tried] == [True]


WORDS = st.lists(st.sampled_from(["driver", "*holds*", "a", "\u201ccounter\u201d", "_of_", "16", "bits\n", "{{x}}", "\u2013", "行"]), min_size=3)  # fmt: skip


@given(WORDS, st.data())
def test_every_run_of_whole_words_is_found_where_the_thread_has_it(words: list[str], data: st.DataObject) -> None:
    body = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    quote = " ".join(words[first:last])
    field = grounded(view(body), "x", ("m1", quote))
    for evidence in field.evidence:
        assert quote.strip() == body[evidence.start : evidence.end]
    assert field.supported == (len(quote.strip()) >= 3 and any(c.isalnum() for c in quote))


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=40))
def test_any_text_is_taken_and_evidence_lies_within_the_message(body: str, quote: str, text: str) -> None:
    claim = Claim(text=text, quotes=(Quote(message="m1", text=quote),))
    proposal = Proposal(title="t", fix=claim, versions=ProposedVersions(affected=(quote,)))
    draft = ground(proposal, view(body))
    places = [e for f in draft.fields.values() for e in f.evidence] + list(draft.versions.evidence)
    for place in places:
        length = len(body) if place.message == "m1" else len("Export stops")
        assert 0 <= place.start < place.end <= length
