"""The generic webhook takes what was signed with its secret, lately, and nothing else."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.errors import InvalidTicket, WebhookNotConfigured, WebhookRefused
from service.helpdesk.generic import MAX_AGE, parse, sign, verify

SECRET = "shared secret"
NOW = 1_770_000_000
BODY = b'{"id": "T-1", "subject": "s", "status": "open", "created_at": "2026-01-31T09:30:00Z", "messages": []}'


def headers(body: bytes = BODY, at: int | str = NOW, secret: str = SECRET, **changes: str | None) -> dict[str, str]:
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    signed = {
        "x-precedent-timestamp": str(at),
        "x-precedent-delivery": "d-1",
        "x-precedent-signature": f"sha256={mac}",
    }
    changed = signed | {f"x-precedent-{name}": value for name, value in changes.items()}
    return {name: value for name, value in changed.items() if value is not None}


def test_a_signed_delivery_is_taken_by_its_id() -> None:
    assert "d-1" == verify(headers(), BODY, SECRET, NOW)


def test_the_signature_is_over_timestamp_and_raw_body() -> None:
    assert headers()["x-precedent-signature"] == sign(str(NOW), BODY, SECRET)


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_taken(secret: str | None) -> None:
    with pytest.raises(WebhookNotConfigured):
        verify(headers(secret=""), BODY, secret, NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": None},
        {"signature": ""},
        {"signature": "sha256="},
        {"signature": "md5=" + "0" * 64},
        {"signature": headers()["x-precedent-signature"].removeprefix("sha256=")},
        {"signature": headers()["x-precedent-signature"].upper()},
        {"signature": "sha256=é"},
        {"timestamp": None},
        {"timestamp": str(NOW + 1)},
        {"timestamp": f" {NOW}"},
        {"timestamp": f"+{NOW}"},
        {"timestamp": f"{NOW}.0"},
        {"timestamp": "-1"},
        {"timestamp": "٣" * 10},
        {"timestamp": "9" * 400},
    ],
)
def test_anything_amiss_with_signature_or_time_is_refused(changes: Any) -> None:
    with pytest.raises(WebhookRefused) as refused:
        verify(headers(**changes), BODY, SECRET, NOW)
    assert headers()["x-precedent-signature"] not in str(refused.value)


def test_another_secret_does_not_open() -> None:
    with pytest.raises(WebhookRefused):
        verify(headers(secret="other"), BODY, SECRET, NOW)


@pytest.mark.parametrize("off", [-MAX_AGE, MAX_AGE])
def test_a_delivery_is_good_for_its_time_and_refused_a_second_after(off: int) -> None:
    assert "d-1" == verify(headers(), BODY, SECRET, NOW + off)
    beyond = off + (1 if off > 0 else -1)
    with pytest.raises(WebhookRefused, match="sign anew"):
        verify(headers(), BODY, SECRET, NOW + beyond)


@pytest.mark.parametrize("delivery", [None, "", "x" * 201])
def test_a_delivery_is_named(delivery: str | None) -> None:
    with pytest.raises(InvalidTicket, match="must name the delivery"):
        verify(headers(delivery=delivery), BODY, SECRET, NOW)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_signature_fits_one_body_alone(signed: bytes, sent: bytes) -> None:
    if signed == sent:
        assert "d-1" == verify(headers(signed), sent, SECRET, NOW)
    else:
        with pytest.raises(WebhookRefused):
            verify(headers(signed), sent, SECRET, NOW)


def test_a_ticket_that_names_no_source_is_the_webhooks() -> None:
    assert "generic/T-1" == str(parse(BODY).key)
    assert "jira/T-1" == str(parse(BODY.replace(b'{"id"', b'{"source": "jira", "id"')).key)


def test_a_body_that_is_no_ticket_is_refused() -> None:
    with pytest.raises(InvalidTicket):
        parse(b"payload=%7B%7D")
