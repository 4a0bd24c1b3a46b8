"""How advice turned out: what the asker says after it, and whether a sentence takes itself back.

Used for picking a fix (advice that failed is none) and by `ground`, which does not believe a fix that the thread says
did not help, whoever wrote the draft.
"""

import re
from collections.abc import Sequence

from pipelines.capture.cue_tones import ATTEMPT, FAILED, RECOVERED
from pipelines.capture.extract_units import Unit, read_units
from pipelines.domain.drafts import Claim, TicketView
from pipelines.domain.tickets import Role

_BUT = re.compile(r"\b(?:but|however|although|though|unfortunately|leider|mais|pero|aber)\b")
_NEGATED = re.compile(
    r"\b(?:do(?:es)?|did|will|would|can|could|should|is|was|were|has|have|had)(?: not|n't|n\u2019t) (?:\w+ ){0,2}"
    r"(?:help|fix|solve|resolve|work|cure|change anything|change the|make (?:a|any)|be (?:fixed|resolved|solved))\w*"
    r"|\b(?:cannot|can't|won't) (?:be )?(?:fix|solve|resolve|work)\w*|\b(?:not|never|neither|nor|no longer) (?:yet )?"
    r"(?:the )?(?:fix\w*|help\w*|solv\w*|resolv\w*|solution|remedy|workaround)\b|\bno (?:fix|workaround|solution"
    r"|remedy)\b"
    r"|\bmade (?:it|things|no|matters) (?:worse|difference)\b|\b(?:half|hilft|löst|behebt) (?:leider )?nicht\b"
    r"|\bne (?:résout|corrige|fonctionne|marche) pas\b|\bno (?:ayudó|funcionó|funciona|resuelve|sirvió)\b"
)
_UNTIL = re.compile(
    r"\b(?:until|unless|not only|instead|otherwise|if (?:that|this|it)|in case|should (?:that|this|it))\b"
)
_TRIED_ELSE = re.compile(r"^(?:if|in case|should|otherwise|falls|wenn|si|without|before|until)\b")
_LAST_WORD = 2
"""A reply is judged by its first and last sentences; what stands between describes."""


def contradicted(claim: Claim, view: TicketView) -> bool:
    """Whether the thread takes back what a fix quotes: the quoted sentence is negated, the next one says that it did
    not help, or so does the asker's next message. A quote of a later message that stands settles it.
    """
    units = read_units(view)
    order = {message.id: index for index, message in enumerate(view.messages)}
    failed = failed_messages(view, units)
    quoted = [
        (order[quote.message], _taken_back(units, order[quote.message], quote.text, failed))
        for quote in claim.quotes
        if quote.message in order
    ]
    denied = [index for index, back in quoted if back]
    stands = [index for index, back in quoted if not back]
    return bool(denied) and max(stands, default=-1) <= max(denied)


def _taken_back(units: Sequence[Unit], message: int, quote: str, failed: set[int]) -> bool:
    if message in failed:
        return True
    words = " ".join(quote.lower().split())
    for at, unit in enumerate(units):
        if unit.message != message or unit.code:
            continue
        said = " ".join(unit.raw.lower().split())
        if (words in said or said in words) and (negated(unit.low) or fails_next(units, at)):
            return True
    return False


def fails_next(units: Sequence[Unit], at: int) -> bool:
    """Whether the next sentence of the same paragraph says that it did not help."""
    unit = units[at]
    after = units[at + 1] if at + 1 < len(units) else None
    same = after is not None and (after.message, after.paragraph) == (unit.message, unit.paragraph)
    return same and after is not None and bool(FAILED.search(after.low)) and not _TRIED_ELSE.search(after.low)


def negated(text: str) -> bool:
    """Whether a sentence about a remedy says itself that it did not or does not help. `text` in lower case."""
    if _UNTIL.search(text):
        return False
    return bool(_NEGATED.search(text)) or (bool(FAILED.search(text)) and not RECOVERED.search(text))


def failing(sentences: Sequence[str]) -> bool:
    """Whether a reply says that the problem is still there. Good news that it does not take back outweighs that."""
    bad = [at for at, text in enumerate(sentences) if FAILED.search(text) or _NEGATED.search(text)]
    good = [at for at, text in enumerate(sentences) if RECOVERED.search(text) and at not in bad]
    if not bad:
        return False
    return not good or (bad[-1] > good[-1] and bool(_BUT.search(sentences[bad[-1]])))


def failed_messages(view: TicketView, units: Sequence[Unit]) -> set[int]:
    """The messages of others than the asker whose advice the asker's next message says did not help."""
    said: dict[int, list[str]] = {}
    for unit in units:
        if not unit.code:
            said.setdefault(unit.message, []).append(unit.low)
    failed: set[int] = set()
    since: list[int] = []
    for index, message in enumerate(view.messages):
        if message.role is not Role.CUSTOMER or not index:
            since.append(index)
            continue
        opening = said.get(index, [])[:_LAST_WORD]
        if failing(opening) and index not in _reports_anew(said, index):
            failed.update(at for at in since if at)
        since = []
    return failed


def _reports_anew(said: dict[int, list[str]], index: int) -> set[int]:
    """A reply that tells of a new attempt and its failure speaks of that attempt, not of what was said before it."""
    opening = said.get(index, [])[:1]
    return {index} if any(ATTEMPT.search(t) and FAILED.search(t) and RECOVERED.search(t) for t in opening) else set()
