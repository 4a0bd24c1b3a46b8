# ruff: noqa: E501, RUF001 - samples stand on one line, and some are typographic
"""Noise goes, knowledge stays, and what went is on record."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.capture.condense import Condensed, condense
from pipelines.domain.drafts import Cut
from pipelines.domain.tickets import Message, Ticket, TicketKey, TicketStatus

AT = datetime(2024, 3, 5, tzinfo=UTC)
PROBLEM = "The nightly export stops at row forty thousand and the file on the share is empty afterwards."


def tokens(text: str) -> int:
    return (len(text) + 3) // 4


def ticket(*bodies: str, subject: str = "export stops") -> Ticket:
    messages = tuple(Message(id=f"m{i + 1}", at=AT, body=body) for i, body in enumerate(bodies))
    key = TicketKey(source="t", id="1")
    return Ticket(key=key, subject=subject, status=TicketStatus.CLOSED, created_at=AT, messages=messages)


def condensed(*bodies: str, budget: int = 100_000) -> Condensed:
    return condense(ticket(*bodies), budget=budget, count_tokens=tokens)


def texts(result: Condensed) -> list[str]:
    return [message.text.text for message in result.messages]


def whys(result: Condensed) -> list[str]:
    return [cut.why for cut in result.cuts]


ATTRIBUTIONS = [
    "On Tue, Mar 5, 2024 at 10:12 AM Ann Lee <ann@x.example> wrote:",
    "On Tue, Mar 5, 2024 at 10:12 AM Ann Lee\n<ann@x.example> wrote:",
    "Am 05.03.2024 um 10:12 schrieb Ann Lee <ann@x.example>:",
    "El mar, 5 mar 2024 a las 10:12, Ann Lee (<ann@x.example>) escribió:",
    "Le mar. 5 mars 2024 à 10:12, Ann Lee <ann@x.example> a écrit :",
    "Il giorno mar 5 mar 2024 alle ore 10:12 Ann Lee ha scritto:",
    "Em ter., 5 de mar. de 2024 às 10:12, Ann Lee escreveu:",
    "Op di 5 mrt 2024 om 10:12 schreef Ann Lee:",
    "2024年3月5日(火) 10:12 Ann Lee <ann@x.example>:",
    "在 2024年3月5日 10:12, Ann Lee 写道：",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_earlier_mail_quoted_below_an_answer_goes(attribution: str) -> None:
    answer = "Raise the row limit to 100000 in export.conf."
    result = condensed(PROBLEM, f"{answer}\n\n{attribution}\n> {PROBLEM}\n> It began on Monday.\n")
    assert texts(result)[1].strip() == answer
    assert whys(result) == ["quoted"]


@pytest.mark.parametrize(
    "headers",
    [
        "-----Original Message-----\nFrom: Ann Lee\nSent: Tuesday, March 5, 2024 10:12\nTo: Support\nSubject: export",
        "________________________________\nFrom: Ann Lee\nSent: Tuesday 10:12\nTo: Support\nSubject: RE: export",
        "*From:* Ann Lee\n*Sent:* Tuesday 10:12\n*To:* Support\n*Subject:* RE: export",
        "Von: Ann Lee\nGesendet: Dienstag, 5. März 2024 10:12\nAn: Support\nBetreff: AW: Export",
        "De: Ann Lee\nEnviado el: martes, 5 de marzo de 2024\nPara: Soporte\nAsunto: RE: export",
        "差出人: Ann Lee\n送信日時: 2024年3月5日 10:12\n宛先: Support\n件名: RE: export",
    ],
)
def test_a_mail_with_its_header_lines_below_an_answer_goes(headers: str) -> None:
    result = condensed(PROBLEM, f"Raise the limit.\n\n{headers}\n\n{PROBLEM}\n")
    assert texts(result)[1].strip() == "Raise the limit."


def test_a_forwarded_mail_that_the_thread_has_not_seen_stays() -> None:
    forwarded = "FYI\n\nFrom: Vendor\nSent: Tuesday\nTo: Us\nSubject: FW: limit\n\nThe cause is a counter of sixteen bits in the driver."
    assert texts(condensed(PROBLEM, forwarded))[1] == forwarded


def test_the_mail_that_opens_the_thread_keeps_the_history_below_it() -> None:
    body = f"Still broken.\n\nOn Mon, Mar 4, 2024 Ann Lee wrote:\n> {PROBLEM}\n> We restarted it twice."
    assert texts(condensed(body)) == [body]


def test_short_quotes_between_answers_stay_as_their_context() -> None:
    body = "> The nightly export stops at row forty thousand\nYes, the limit.\n> and the file on the share is empty afterwards\nThat too."
    assert texts(condensed(PROBLEM, body))[1] == body


def test_a_console_prompt_is_not_a_quote() -> None:
    body = "{code}\n> SELECT 1;\nERROR: relation does not exist\n{code}\nand curl shows\n> POST /export HTTP/1.1\n> Host: x"
    assert texts(condensed(PROBLEM, body))[1] == body


def test_a_patch_with_mail_headers_is_not_an_earlier_mail() -> None:
    body = "From: Dev\nDate: Thu, 8 Dec 2011\nSubject: [PATCH] raise the limit\n---\n-limit = 4\n+limit = 8"
    assert texts(condensed(PROBLEM, body))[1] == body


SIGNATURES = [
    "-- \nAnn Lee\nSenior Support Engineer\nNorthwind Inc.\n+1 415 555 2671 | ann@northwind.example",
    "Best regards,\nAnn",
    "Kind regards\n\nAnn Lee\nNorthwind GmbH",
    "Thanks!\nAnn",
    "Thanks,",
    "Mit freundlichen Grüßen\nAnn Lee",
    "Saludos cordiales,\nAna",
    "Cordialement,\nAnne",
    "よろしくお願いいたします。\n田中",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    (
        "Best regards,\nAnn\n\nThis e-mail and any attachments are confidential and intended solely for the addressee. "
        "If you are not the intended recipient, please delete it and notify the sender."
    ),
    "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind: die unbefugte Weitergabe ist nicht gestattet.",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_goes(signature: str) -> None:
    result = condensed(f"{PROBLEM}\n\n{signature}\n")
    assert texts(result)[0].strip() == PROBLEM
    assert whys(result) == ["signature"]


@pytest.mark.parametrize(
    "tail",
    [
        "--\n\nOSX 10.8.2\nTitan SDK Version: 3.0.1",
        "--\nIt works again after I cleared the cache",
        "Thanks\nIt works after I cleared the cache",
        "Thanks.\nCould you also look at the other queue?",
        "Regards,\nAnn\nPS: the fix was to raise the limit",
        "Thanks\nscreenshot: https://files.example/a/b.png",
        "Thanks for the patch, it solved the problem",
        "The message is confidential.",
        "Best option is to restart the driver",
    ],
)
def test_a_tail_that_says_something_stays(tail: str) -> None:
    body = f"{PROBLEM}\n\n{tail}"
    assert texts(condensed(body)) == [body]


@pytest.mark.parametrize("body", ["Thanks", "-- \nAnn", "Best regards,\nAnn", "> quoted only", "Sent from my iPhone", "On Monday Ann wrote:\n> hi there"])  # fmt: skip
def test_a_message_never_loses_its_only_content(body: str) -> None:
    assert texts(condensed(PROBLEM, body))[1] == body


def _trace(frames: int) -> str:
    return "\n".join(f"\tat com.example.export.Step{i}.run(Step{i}.java:{i})" for i in range(frames))


def test_a_long_stack_trace_keeps_its_exceptions_and_loses_its_frames() -> None:
    body = f"It fails:\njava.lang.IllegalStateException: no slot\n{_trace(60)}\nCaused by: java.io.IOException: disk full\n{_trace(60)}\nAny idea?"
    text = texts(condensed(body))[0]
    assert "IllegalStateException: no slot" in text
    assert "Caused by: java.io.IOException: disk full" in text
    assert text.endswith("Any idea?")
    assert "lines left out" in text
    assert len(text) < len(body) / 2


def test_a_long_log_keeps_its_first_and_last_lines_and_its_errors() -> None:
    lines = [f"2024-03-05 10:00:{i % 60:02} INFO worker {i} polled" for i in range(400)]
    lines[200] = (
        "2024-03-05 10:03:20 ERROR connection refused by share\n  Detail: 1\n  Hint: 2\n  Where: 3\n  Context: 4"
    )
    text = texts(condensed("See\n" + "\n".join(lines)))[0]
    for kept in (lines[0], lines[200].splitlines()[0], lines[-1]):
        assert kept in text
    assert lines[100] not in text


def test_prose_is_never_folded_however_long() -> None:
    body = "\n".join(f"Step {i}: I pressed the button and then waited for it." for i in range(200))
    assert texts(condensed(body)) == [body]


def test_a_packed_line_loses_its_middle() -> None:
    body = "payload:\n" + "eyJhIjox" * 2000 + "\nend"
    result = condensed(body)
    assert len(texts(result)[0]) < 1200
    assert texts(result)[0].endswith("end")
    assert [cut.why for cut in result.cuts] == ["log"]


def test_over_budget_the_middle_of_the_thread_goes_and_is_recorded() -> None:
    bodies = [
        f"START {PROBLEM}",
        *(f"message {i}: " + PROBLEM * 3 for i in range(60)),
        "RESOLVED by raising the limit END",
    ]
    result = condensed(*bodies, budget=1500)
    kept = texts(result)
    assert kept[0] == bodies[0]
    assert kept[-1] == bodies[-1]
    assert kept[-2] == bodies[-2]
    gone = {f"m{i + 1}" for i in range(len(bodies))} - {m.id for m in result.messages}
    assert gone == {cut.message for cut in result.cuts if cut.why == "budget"}
    assert sum(map(tokens, kept)) <= 1500


def test_one_long_message_loses_its_middle_and_keeps_both_ends() -> None:
    body = "BEGIN " + " ".join(f"word{i}" for i in range(20_000)) + " the fix was to raise the limit END"
    result = condensed(body, budget=800)
    text = texts(result)[0]
    assert text.startswith("BEGIN word0")
    assert text.endswith("raise the limit END")
    assert tokens(text) <= 800
    [cut] = result.cuts
    assert Cut(message="m1", characters=cut.characters, why="budget") == cut
    assert len(body) - cut.characters < len(text)


BODY = st.lists(
    st.sampled_from([PROBLEM, "short.", "Thanks,\nAnn", "> a quote", "x" * 700, _trace(50), "2024-03-05 10:00:00 INFO a\n" * 60, "日本語の説明です。" * 9]),
    min_size=1,
    max_size=5,
).map("\n".join)  # fmt: skip


@given(st.lists(BODY, min_size=1, max_size=12), st.integers(300, 3000))
def test_a_condensed_thread_fits_keeps_its_ends_and_leads_back(bodies: list[str], budget: int) -> None:
    result = condense(ticket(*bodies), budget=budget, count_tokens=tokens)
    free = condense(ticket(*bodies), budget=10**9, count_tokens=tokens)
    assert sum(tokens(m.text.text) for m in result.messages) <= budget
    assert result.messages[0].text.text[:20] == free.messages[0].text.text[:20]
    assert result.messages[-1].text.text[-20:] == free.messages[-1].text.text[-20:]
    raw = {f"m{i + 1}": body for i, body in enumerate(bodies)}
    for message in result.messages:
        assert message.text.text.strip()
        for segment in message.text.segments:
            if segment.verbatim:
                view = message.text.text[segment.view.start : segment.view.end]
                assert raw[message.id][segment.raw.start : segment.raw.end] == view


@given(st.lists(st.text(max_size=120), min_size=1, max_size=6), st.integers(0, 500))
def test_any_text_and_any_budget_are_taken(bodies: list[str], budget: int) -> None:
    result = condense(ticket(*bodies), budget=budget, count_tokens=tokens)
    assert {m.id for m in result.messages} <= {f"m{i + 1}" for i in range(len(bodies))}


HARD = {
    "one word": lambda n: "a" * n,
    "spaces": lambda n: " " * n,
    "line ends": lambda n: "\n" * n,
    "quote marks": lambda n: ">" * n,
    "quoted lines": lambda n: "> a b c\n" * (n // 8),
    "attributions": lambda n: "On 1 Ann wrote:\n" * (n // 16),
    "openings": lambda n: "On \n" * (n // 4),
    "headers": lambda n: "From: a\nSent: b\nTo: c\n\n" * (n // 23),
    "dashes": lambda n: "--\n" * (n // 3),
    "fences": lambda n: "{code}\n" * (n // 7),
    "frames": lambda n: "\tat a.b.C.d(C.java:1)\n" * (n // 22),
    "digits": lambda n: "12345 " * (n // 6),
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("kind", HARD)
def test_a_long_hostile_text_is_condensed_before_anyone_gives_up(kind: str) -> None:
    """Time that grew with the square of the length would run for many minutes here, and into the limit."""
    make: Callable[[int], str] = HARD[kind]
    body = make(1 << 17)
    condensed = condense(ticket(PROBLEM, body, body), budget=2000, count_tokens=tokens)
    assert "m1" == condensed.messages[0].id
