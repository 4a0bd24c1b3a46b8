"""The `generic` webhook: any program that can sign a ticket with HMAC-SHA256."""

import hashlib
import hmac
from collections.abc import Mapping

from pipelines.domain.errors import InvalidTicket, WebhookNotConfigured, WebhookRefused
from pipelines.domain.ticket_file import parse_line
from pipelines.domain.tickets import Ticket

SOURCE = "generic"
MAX_AGE = 300
"""Seconds a signed timestamp may lie from now, in either direction: a replayed delivery is refused after that."""

MAX_DELIVERY = 200


def verify(headers: Mapping[str, str], body: bytes, secret: str | None, now: float) -> str:
    """The delivery's id, once the signature over timestamp and raw body holds.

    Header names are lower case. Raises WebhookNotConfigured without a secret, WebhookRefused for anything amiss:
    the message names the header, never the expected value.
    """
    if not secret:
        raise WebhookNotConfigured("No secret is configured for this webhook; set PRECEDENT_WEBHOOK_SECRET_GENERIC.")
    timestamp = headers.get("x-precedent-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):  # noqa: PLR2004 (seconds)
        raise WebhookRefused("X-Precedent-Timestamp must be the unix time in whole seconds.")
    given = headers.get("x-precedent-signature", "").encode("utf-8", "replace")
    expected = sign(timestamp, body, secret).encode("ascii")
    if not hmac.compare_digest(given, expected):
        raise WebhookRefused("X-Precedent-Signature does not match the timestamp and the body.")
    if abs(now - int(timestamp)) > MAX_AGE:
        raise WebhookRefused(f"X-Precedent-Timestamp is more than {MAX_AGE} s from now; sign anew.")
    delivery = headers.get("x-precedent-delivery", "")
    if not delivery or len(delivery) > MAX_DELIVERY:
        raise InvalidTicket(f"X-Precedent-Delivery must name the delivery, in 1 to {MAX_DELIVERY} characters")
    return delivery


def sign(timestamp: str, body: bytes, secret: str) -> str:
    """The signature header's value for a delivery."""
    mac = hmac.new(secret.encode(), timestamp.encode("ascii") + b"." + body, hashlib.sha256)
    return f"sha256={mac.hexdigest()}"


def parse(body: bytes) -> Ticket:
    """The ticket in a delivery's body. Raises InvalidTicket."""
    return parse_line(body, default_source=SOURCE)
