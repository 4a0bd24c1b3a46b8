"""Whether a text rests on internal notes: by what it quotes, or by words that stand in such notes alone.

Asked by ground for drafts and by the confirmation for what an agent wrote, so that both are judged alike.
"""

import re
from collections.abc import Iterable

from pipelines.capture.ground_words import Vocabulary, telling
from pipelines.domain.drafts import SUBJECT, Evidence
from pipelines.domain.tickets import Ticket, Visibility

_TOKEN = re.compile(r"[\w.:/@-]*\d[\w.:/@-]*\w|\w*[_/]\w[\w./-]*")
"""Numbers, codes, paths and host names, which no stem tells apart."""


def seen_by_customer(ticket: Ticket, evidence: Iterable[Evidence]) -> bool:
    """Whether every quote stands where the customer could read it. A message that is gone counts as internal."""
    public = {m.id for m in ticket.messages if m.visibility is Visibility.PUBLIC} | {SUBJECT}
    return all(
        quote.visibility is Visibility.PUBLIC or (quote.visibility is None and quote.message in public)
        for quote in evidence
    )


class InternalNotes:
    """What internal notes hold that was told nowhere else, to ask it of many texts."""

    def __init__(self, public: Iterable[str], internal: Iterable[str]) -> None:
        told, notes = list(public), list(internal)
        self._empty = not notes
        self._known, self._hidden = Vocabulary(told), Vocabulary(notes)
        self._open_text, self._hidden_text = "\n".join(told).casefold(), "\n".join(notes).casefold()

    def tell(self, text: str) -> bool:
        """Whether a text has words, numbers or names that these notes hold and nothing else does."""
        if self._empty:
            return False
        if any(self._hidden.holds(word) and not self._known.holds(word) for word in telling(text)):
            return True
        tokens = (token.casefold() for token in _TOKEN.findall(text))
        return any(token in self._hidden_text and token not in self._open_text for token in tokens)


def tells_internal(text: str, public: Iterable[str], internal: Iterable[str]) -> bool:
    """Whether a text has words, numbers or names that internal notes hold and nothing else in the thread does."""
    return InternalNotes(public, internal).tell(text)


def rests_on_internal(text: str, evidence: Iterable[Evidence], ticket: Ticket) -> bool:
    """Whether a field of a resolution from this ticket must not reach a customer as it stands."""
    if not seen_by_customer(ticket, evidence):
        return True
    notes = [m.body for m in ticket.messages if m.visibility is Visibility.INTERNAL]
    public = [ticket.subject, *(m.body for m in ticket.messages if m.visibility is Visibility.PUBLIC)]
    return tells_internal(text, public, notes)
