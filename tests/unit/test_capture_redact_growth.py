"""Redaction copes with any text, whatever it is made of."""

import sys

import pytest

from pipelines.capture.redact import Redactor
from pipelines.capture.redaction_ranges import Found, claimed

REPEATED = [
    "a",
    "1",
    " ",
    "@",
    "a.",
    "a-",
    "eyJ",
    "a://b:",
    "a@b.example ",
    "Jane Doe ",
    "hi ",
    "password:",
    "password for a ",
    "key=a ",
    "login ab ",
    "cookie: a=",
    " -u a:",
    "authorization: ",
    "-----BEGIN PRIVATE KEY-----\n",
    "DE89 3704 0044 ",
    "0 1 2 3 4 5 6 7 8 9 ",
    "0123456789abcdef",
    "1.2.3.4 ",
    "1.",
    "10.0.0.1:80 ",
    "ping 10.2.3.4 ",
    "fe80::1:",
    "::",
    "host ",
    "host db-07 ",
    "ssh a ",
    "a.corp ",
    "a-",
    ".com",
    "\\\\srv01\\",
    "http://web-01 ",
    "[a@b ",
    "a@b:~",
    "Mar  5 10:22:31 titan ",
    "user/pass: a ",
    "password to ",
    "password (",
    "password is ",
    "Hi Marek, ",
    "Regards,\nMarek ",
    "a (at) ",
    "jane at a dot ",
    "code 123456 ",
    "::ffff:",
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", REPEATED)
def test_a_long_hostile_text_is_redacted_before_anyone_gives_up(piece: str) -> None:
    """Time that grew with the square of the length would run for many minutes here, and into the limit."""
    redactor = Redactor(["Jane Doe", "Will Baker"], ["Acme GmbH"])
    assert redactor.redact_text(piece * ((1 << 15) // len(piece)))


@pytest.mark.timeout(60)
def test_thousands_of_different_machines_in_one_ticket_are_all_marked() -> None:
    """A log with an address a line, each another one."""
    text = "".join(f"request from 10.{n % 250}.{n // 250}.77 to web-{n}.corp\n" for n in range(2000))
    assert "[host-2000]" in Redactor().redact_text(text)


def work(piece: str, times: int) -> tuple[int, int]:
    """Calls made, and marks written, while a text of nothing but one piece is redacted."""
    redactor = Redactor(["Jane Doe", "Will Baker"], ["Acme GmbH"])
    text = piece * times
    redactor.redact_text(piece)  # what is loaded or compiled once is no part of it
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:  # noqa: ARG001 - as sys.setprofile calls it
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        redacted = redactor.redact_text(text)
    finally:
        sys.setprofile(before)
    return calls, redacted.count("[")


@pytest.mark.parametrize("piece", ["Jane Doe ", "Jane\n", "jane.doe, ", "Hi Marek,\n", "bob@x.example Jane "])
def test_the_work_on_a_text_of_one_repeated_name_grows_with_its_length(piece: str) -> None:
    (few, marks), (many, more) = work(piece, 200), work(piece, 800)
    assert marks >= 200
    assert 4 * marks == more
    assert many <= 4.2 * few


def test_ranges_found_out_of_order_are_merged_in_passes() -> None:
    """An element put among the others moves all after it: a text made of such would take the square of its length."""
    evens = [Found(4 * n, 4 * n + 1, "a", "") for n in range(50)]
    odds = [Found(4 * n + 2, 4 * n + 3, "b", "") for n in range(50)]
    clash = [Found(4 * n, 4 * n + 2, "c", "") for n in range(50)]
    merged = claimed(evens, [*odds, *clash])
    assert sorted([*evens, *odds], key=lambda found: found.start) == merged
