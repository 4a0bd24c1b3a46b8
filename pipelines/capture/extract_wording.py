"""How a picked unit is worded for the record: leaders and greetings off, a capital, a full stop, not too long."""

import re

from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import Claim, Quote, TicketView

_LEADER = re.compile(
    r"^(?:(?:hi|hello|hey|dear)\b[^,.!:]{0,30}[,.!:]+\s*|@\w+[:,]?\s+|\[~?\w+\][:,]?\s*"
    r"|(?:ok(?:ay)?|so|well|but|and|also|basically|actually|anyway|anyhow|yes|no|yeah|yep|update|fyi|note|btw"
    r"|just to say|thanks?|thank you|sorry)\s*[,:;.!-]+\s*"
    r"|(?:however|therefore|in fact|as it turns out|it turns out|turns out)(?:,| that)\s+|(?:i (?:think"
    r"|believe|guess|found(?: out)?)|we (?:think|believe|found(?: out)?)) (?:that )?(?=\w+ )"
    r"|(?:it (?:looks|seems|appears) (?:like|that) )(?=\w+ ))+",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\s*https?://\S+")
MAX_CHARACTERS = 320


def worded(text: str) -> str:
    """A unit's text as a sentence of a record. Never empty for a text that holds a word."""
    trimmed = _LEADER.sub("", text, count=1).strip(" -\u2013\u2014:;,")
    trimmed = trimmed if re.search(r"\w", trimmed) else text.strip()
    trimmed = shortened(trimmed, MAX_CHARACTERS)
    trimmed = trimmed[:1].upper() + trimmed[1:] if trimmed[:2].islower() else trimmed
    return trimmed if trimmed.endswith((".", "!", "?", "…", '."')) else trimmed + "."


def without_links(text: str) -> str:
    return _LINKS.sub("", text).strip()


def shortened(text: str, limit: int) -> str:
    """The text itself, or as many whole words of it as fit, with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(",;:- ") + "…"


def claim_of(view: TicketView, units: list[Unit], text: str | None = None) -> Claim:
    """A claim that quotes the units, worded from them unless a text is given."""
    return Claim(
        text=text if text is not None else " ".join(worded(u.text) for u in units),
        quotes=tuple(Quote(message=view.messages[u.message].id, text=u.raw) for u in units),
    )
