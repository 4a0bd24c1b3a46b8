"""What of a redacted sentence an article may say: marks never survive, and what needs one to be said is left out."""

import re
from collections.abc import Callable, Sequence

Cut = Callable[[str], Sequence[tuple[str, str | None]]]
"""Cuts a text at its redaction marks: plain words with None, marks with their kind."""

_INSTEAD = {"host": "the host", "ip": "the IP address", "account": "the organisation"}
"""Marks of things that every reader has one of. People, addresses and secrets are nobody's business."""

_THE = re.compile(r"\b(?:the|this|that|their|your|our|its|an?)\s+$", re.IGNORECASE)


def sayable(sentence: str, cut: Cut) -> str | None:
    """The sentence without marks, in general words where that can be done; None where it has to be left out."""
    said = ""
    for words, kind in cut(sentence):
        if kind is None:
            said += words
            continue
        instead = _INSTEAD.get(kind)
        if instead is None:
            return None
        if _THE.search(said):
            instead = instead.removeprefix("the ")
        said += instead if said.strip() else instead[0].upper() + instead[1:]
    return said if any(c.isalnum() for c in said) else None
