"""A short title that names the problem, from the subject line where that says something."""

import re

from pipelines.capture.extract_wording import shortened
from pipelines.domain.drafts import Claim

MAX_CHARACTERS = 100
_PREFIX = re.compile(
    r"^\s*(?:(?:re|fw|fwd|aw|wg|tr|rv|sv|antw)\s*(?:\[\d+\])?\s*:\s*|\[[^\[\]]{1,30}\]\s*[:\-\u2013]?\s*"
    r"|(?:urgent|important|asap|high priority|escalation|escalated|prio(?:rity)? ?\d|p[0-4]"
    r"|sev(?:erity)? ?[0-4]|help|question|ticket|case|dringend|wichtig)\b\s*[!:\-\u2013\u2014]+\s*"
    r"|(?:ticket|case|inc|sr|req)?\s?[#:]?\s?(?:[A-Z]{2,8}-)?\d{3,10}\s*[:\-\u2013\u2014]\s*|(?:hi|hello"
    r"|dear)\b[^,:]{0,30}[,:]\s*|[!*>\-\u2013\u2014:\s]+)",
    re.IGNORECASE,
)
_EMPTY_WORDS = frozenset(
    "a an the is are was not it its in on of to for with and or please help me us we our your need needed "
    "question issue issues problem problems error urgent "
    "support request ticket case asap broken working work doesn't doesnt does hi hello app system something "
    "bug fix urgently important again still new".split()
)


def clean_subject(subject: str) -> str:
    """The subject without reply marks, tags, urgency and ticket numbers."""
    text = " ".join(subject.split())
    while True:
        match = _PREFIX.match(text)
        if match is None or match.end() == 0 or match.end() >= len(text):
            break
        text = text[match.end() :]
    return text.strip(" .!-\u2013\u2014:;,")


def says_something(subject: str) -> bool:
    """Whether a subject names a problem: at least two words beyond 'help', 'issue', 'urgent' and the like."""
    words = {w for w in re.findall(r"[^\W_][\w'.-]*", subject.lower()) if w not in _EMPTY_WORDS}
    return len(words) >= 2  # noqa: PLR2004 - as the docstring says


def make_title(subject: str, symptom: Claim | None) -> str:
    """At most 100 characters. The symptom stands in for a subject that says nothing."""
    cleaned = clean_subject(subject)
    if not says_something(cleaned) and symptom is not None:
        cleaned = symptom.text.split(". ")[0].rstrip(".")
    cleaned = cleaned or "Untitled problem"
    return shortened(cleaned[:1].upper() + cleaned[1:] if cleaned[:2].islower() else cleaned, MAX_CHARACTERS)
