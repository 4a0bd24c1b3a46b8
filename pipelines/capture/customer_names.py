"""Finds short names of customers in a text: what people say for an account or a reporter instead of the full name."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.capture.ground_words import telling
from pipelines.capture.redaction_names import is_ordinary, without_legal_form
from pipelines.domain.tickets import Ticket

_GENERIC = frozenset(
    "academy agency air alliance american and associates association authority authorities bancorp bank banking "
    "board brothers business capital care center centre central chamber church city clinic clinics club college "
    "commercial commission communications community company consulting cooperative corporation council county credit "
    "de department der des design die digital direct distribution district division eastern electric electronics "
    "energy enterprise enterprises european experts express federal federation finance financial first foods for "
    "foundation freight fund general global government group health healthcare holding holdings home hospital "
    "hospitals hotel hotels house industrial industries industry information institute insurance international "
    "investment investments la labs le library logistics machines management manufacturing marketing media medical "
    "metal metals ministry municipal museum mutual national net network networks new northern of office online "
    "partners people pharma pharmaceuticals post power printing private professional public publishing railways "
    "regional research retail royal saint school schools science sciences security service services shipping shop "
    "society software solutions southern state states station store stores studio studios supply systems tech "
    "technical technologies technology telecom the trade trading transport travel trust und union united universal "
    "university utilities van von water western wholesale works world".split()
)
"""What many companies call themselves: no reader knows a customer by one of these words alone."""

_WORD = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")  # noqa: RUF001 - the typographic apostrophe
_LOWER = re.compile(r"(?<![\w@./\\-])[^\W\d_]+(?![\w@/\\]|[.-]\w)")
_LEFT, _BETWEEN, _RIGHT = r"(?<![^\W_])", r"[\s-]*", r"(?![^\W_])"
_SHORTEST = 3  # letters of a single word that names somebody


class CustomerNames:
    """The short names of the customers of some tickets, except words that the product and other customers use too.

    Warns too often rather than too seldom: a given name may be a word, a person decides which it is.
    """

    def __init__(self, tickets: Iterable[Ticket]) -> None:
        given = list(tickets)
        areas = {ticket.product_area for ticket in given if ticket.product_area}
        self._areas = {word.casefold() for area in areas for word in _WORD.findall(area)}
        self._lower = {ticket.key: _small_words(ticket) for ticket in given}
        forms: set[str] = set()
        for ticket in given:
            forms.update(self._of_account(ticket, given))
            forms.update(self._of_reporter(ticket, given))
        longest = sorted(forms, key=lambda form: (-len(form), form))
        self._any = re.compile("|".join(map(_as_said, longest))) if longest else None

    def find(self, text: str) -> list[str]:
        """The names in a text as they stand there, each once."""
        return list(dict.fromkeys(match.group() for match in self._any.finditer(text))) if self._any else []

    def _of_account(self, ticket: Ticket, given: Sequence[Ticket]) -> Iterator[str]:
        words = _WORD.findall(without_legal_form(ticket.account.name or ""))
        start = next((n for n, word in enumerate(words) if word.casefold() not in _GENERIC), None)
        if start is None:
            return
        first, *rest = words[start:]
        if rest and not {first.casefold(), rest[0].casefold()} <= self._areas:
            yield f"{first} {rest[0]}"
        if self._distinct(first, ticket, given):
            yield first

    def _of_reporter(self, ticket: Ticket, given: Sequence[Ticket]) -> Iterator[str]:
        name = ticket.reporter or ""
        yield from (w for w in _WORD.findall(name) if "@" not in name and self._distinct(w, ticket, given))

    def _distinct(self, word: str, ticket: Ticket, given: Sequence[Ticket]) -> bool:
        low = word.casefold()
        if len(word) < _SHORTEST or not word[0].isupper() or low in _GENERIC | self._areas:
            return False
        others = (one.key for one in given if one.account.name != ticket.account.name)
        return bool(telling(word)) and not is_ordinary(word) and not any(low in self._lower[key] for key in others)


def _small_words(ticket: Ticket) -> frozenset[str]:
    """The words that stand in small letters in a thread, outside addresses and paths: no name of anybody."""
    texts = (ticket.subject, *(message.body for message in ticket.messages))
    return frozenset(word for text in texts for word in _LOWER.findall(text) if word.islower())


def _as_said(form: str) -> str:
    """A name of two words in any spelling of theirs; a single word in capitals, as a name is written."""
    words = [re.escape(word) for word in form.split()]
    if len(words) > 1:
        return f"{_LEFT}(?i:{_BETWEEN.join(words)}){_RIGHT}"
    return f"{_LEFT}(?:{words[0]}|{re.escape(form.upper())}){_RIGHT}"
