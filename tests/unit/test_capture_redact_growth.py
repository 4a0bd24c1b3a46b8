"""Redaction takes time in proportion to the text, whatever the text is made of."""

import time

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


@pytest.mark.parametrize("piece", REPEATED)
def test_time_grows_no_faster_than_the_text(piece: str) -> None:
    def seconds(size: int) -> float:
        redactor = Redactor(["Jane Doe", "Will Baker"], ["Acme GmbH"])
        text = piece * (size // len(piece))
        begin = time.process_time()
        redactor.redact_text(text)
        return time.process_time() - begin

    small = min(seconds(1 << 12) for _ in range(3))
    large = min(seconds(1 << 15) for _ in range(2))
    assert large < 8 * 4 * max(small, 0.002)


def test_thousands_of_different_machines_in_one_ticket_cost_no_more_than_their_text() -> None:
    """A log with an address a line, each another one, is looked through in linear time."""

    def seconds(count: int) -> float:
        redactor = Redactor()
        text = "".join(f"request from 10.{n % 250}.{n // 250}.77 to web-{n}.corp\n" for n in range(count))
        begin = time.process_time()
        assert f"[host-{count}]" in redactor.redact_text(text)
        return time.process_time() - begin

    small, large = min(seconds(250) for _ in range(3)), min(seconds(2000) for _ in range(2))
    assert large < 8 * 4 * max(small, 0.002)
