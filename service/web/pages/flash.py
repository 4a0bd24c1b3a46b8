"""One message carried over a redirect, in a short-lived cookie that names it; the words stand here."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from litestar.datastructures import Cookie

from service.web.pages.words import record_path

COOKIE = "precedent_flash"
_SECONDS_KEPT = 60
_NUMBER = re.compile(r"[A-Z]-\d{1,18}")
_DURATION = re.compile(r"[\d a-z]{1,20}")


@dataclass(frozen=True, slots=True)
class Flash:
    """A message, how it is meant, and where it leads."""

    text: str
    tone: str = "good"
    href: str | None = None
    link: str | None = None


_TEXTS = {
    "confirmed": "Confirmed{took}. It can be found at triage within seconds.",
    "linked": "Linked{took}. The recurrence is counted, and the customer's words are kept.",
    "rejected": "Rejected{took}. Nothing is kept of this draft.",
    "confirmed_next": "Confirmed{took}. The same ticket taught something else as well: here it is.",
    "linked_next": "Linked{took}. The same ticket taught something else as well: here it is.",
    "rejected_next": "Rejected{took}. The same ticket taught something else as well: here it is.",
    "kept": "What you typed is kept; the draft waits for you.",
    "later": "The draft waits for you as it was.",
    "fixed": "Recorded: it fixed this.",
    "helped": "Recorded: it helped.",
    "not_relevant": "Recorded: not relevant here.",
    "wrong": "Recorded: wrong. Its owner will see it.",
    "article_wrong": "Recorded: wrong. The question counts as demand, and on a ticket as a failed use of the article.",
    "rebuilt": "The gap report is built anew.",
    "rebuilding": "There is much to read: a worker builds the report, which takes minutes.",
    "gap_closed": "Closed. From now on its demand is watched against that of gaps that stay open.",
    "merged": "The two are one gap now, and stay so in later reports.",
    "split": "The chosen tickets are a gap of their own now, and stay so in later reports.",
    "added": "The chosen tickets are part of this gap now, and stay so in later reports.",
    "started": "The chosen tickets are a gap now, and stay so in later reports.",
    "added_later": "The chosen tickets are part of this gap now. The report follows.",
    "started_later": "The chosen tickets are a gap now. The report follows.",
    "merged_later": "The two are one gap now. The report follows.",
    "split_later": "The chosen tickets are a gap of their own now. The report follows.",
    "saved": "Saved.",
    "article_drafted": "Drafted. Read it, fill in what is missing, then hand it to review.",
    "article_submitted": "Handed to review.",
    "article_returned": "It is a draft again.",
    "article_published": "Published. Its readers have this version from now on.",
    "article_archived": "Archived. Nobody is served it any more.",
    "settled": "Settled. It stays on record with your name.",
}

_HALF_DONE = ("merged_later", "split_later", "added_later", "started_later")


def cookie(message: str, number: str = "", took: str = "", merged: str = "", *, secure: bool = False) -> Cookie:
    """The cookie for a message named in the table, with a record's number and how long it took.

    merged: the number of the record that was meant, where it has been merged into the other.
    """
    if message not in _TEXTS:
        raise KeyError(message)
    value = urlencode({"m": message, "n": number, "t": took, "o": merged})
    return Cookie(
        key=COOKIE, value=value, path="/", max_age=_SECONDS_KEPT, httponly=True, samesite="lax", secure=secure
    )


def read(value: str | None) -> Flash | None:
    """The message of a cookie; None for none, or for one that this program did not write."""
    given = dict(parse_qsl(value or ""))
    text = _TEXTS.get(given.get("m", ""))
    if text is None:
        return None
    took = given.get("t", "")
    number = given.get("n", "")
    known = bool(_NUMBER.fullmatch(number)) and number.startswith(("R-", "A-"))
    merged = given.get("o", "")
    moved = f" {merged} was merged into {number} meanwhile: it counts for {number}."
    return Flash(
        text=text.format(took=f" in {took}" if _DURATION.fullmatch(took) else "")
        + (moved if known and _NUMBER.fullmatch(merged) else ""),
        tone="warn" if given["m"] in _HALF_DONE else "good",
        href=record_path(number) if known else None,
        link=f"See {number}" if known else None,
    )
