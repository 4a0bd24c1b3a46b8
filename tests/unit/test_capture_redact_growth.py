"""Redaction copes with any text, whatever it is made of."""

import pytest

from pipelines.capture.redact import Redactor

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
