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
