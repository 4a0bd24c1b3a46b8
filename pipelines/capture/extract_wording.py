"""How a picked unit is worded for the record: leaders and greetings off, a capital, a full stop, not too long."""

import re

from pipelines.capture.extract_units import Unit
from pipelines.domain.drafts import Claim, Quote, TicketView

_SOMEBODY = (
    r"(?:(?:mr|mrs|ms|dr|prof|professor|herrn?|frau|mme|madame|monsieur|m|sr|sra|señora?)\b\.? ?)*"
    r"(?:@?\[~?[\w -]{1,30}\]|@\w[\w.-]*|[^\W\d_][\w'-]*)(?: \[[\w -]{1,30}\]| [^\W\d_][\w'-]*)?"
)
_ADDRESS = re.compile(
    r"^(?:(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte[rs]?|guten (?:tag|morgen|abend)|moin|bonjour|bonsoir|salut"
    r"|ch[eè]re?|hola|buen[oa]s (?:d[ií]as|tardes|noches)|estimad[oa]s?|(?:good )?(?:morning|afternoon|evening|day)"
    rf"|greetings)\b(?: (?:again|all|there|everyone|everybody|team|support|zusammen|{_SOMEBODY}))?\s?[,.!:\u2013-]+\s*"
    r"|@?\[(?:person-\d+|~\w+)\]\s?[,:.!\u2013-]+\s+|@\w[\w.-]*[,:]?\s+"
    r"|(?:mr|mrs|ms|dr|prof|herrn?|frau|mme|madame|monsieur|sra?)\b\.? (?:\[person-\d+\]|[^\W\d_][\w'-]+)\s?[,:]\s+)+",
    re.IGNORECASE,
)
"""A greeting or a form of address at the start: it is said to one person, and not to the next reader."""
_LEADER = re.compile(
    r"^(?:\[~?\w+\][:,]?\s*"
    r"|(?:ok(?:ay)?|so|well|but|and|also|basically|actually|anyway|anyhow|yes|no|yeah|yep|update|fyi|note|btw"
    r"|just to say|just so we're clear|thanks?|thank you|sorry|confirmed|danke|merci|gracias)\s*[,:;.!-]+\s*"
    r"|(?:however|therefore|in fact|as it turns out|it turns out|turns out)(?:,| that)\s+|(?:i (?:think"
    r"|believe|guess|found(?: out)?)|we (?:think|believe|found(?: out)?)) (?:that )?(?=\w+ )"
    r"|(?:it (?:looks|seems|appears) (?:like|that) )(?=\w+ ))+",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\s*[,;!\u2013-]\s*(?:(?:many )?thanks|thank you|thx|cheers|danke|merci|gracias|please|ta)"
    r"(?: (?:again|a lot|in advance|\[person-\d+\]))?\s*[.!]*$",
    re.IGNORECASE,
)
_LINKS = re.compile(r"\s*https?://\S+")
MAX_CHARACTERS = 320


def worded(text: str) -> str:
    """A unit's text as a sentence of a record. Never empty for a text that holds a word."""
    trimmed = _LEADER.sub("", addressed_to_nobody(text), count=1).strip(" -\u2013\u2014:;,")
    trimmed = addressed_to_nobody(trimmed)
    trimmed = trimmed if re.search(r"\w", trimmed) else text.strip()
    trimmed = shortened(trimmed, MAX_CHARACTERS)
    trimmed = trimmed[:1].upper() + trimmed[1:] if trimmed[:2].islower() else trimmed
    return trimmed if trimmed.endswith((".", "!", "?", "…", '."')) else trimmed + "."


def addressed_to_nobody(text: str) -> str:
    """The text without a greeting or form of address before it and thanks after it, where something is left."""
    bare = _FAREWELL.sub("", _ADDRESS.sub("", text, count=1))
    return bare if re.search(r"\w{2}", bare) else text


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
        quotes=tuple(Quote(message=view.messages[u.message].id, text=quoted(u)) for u in units),
    )


def quoted(unit: Unit) -> str:
    """What of a unit is quoted: all of it but the form of address, as it stands in the message."""
    return unit.raw if unit.code else addressed_to_nobody(unit.raw)
