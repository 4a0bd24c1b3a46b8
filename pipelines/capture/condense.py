"""Takes out of a thread what teaches nothing: quoted mail, signatures, the bulk of logs, and what passes the budget.

First step of capture. Everything taken out is recorded as a cut, and every place left leads back to the raw message.
"""

from collections.abc import Callable

from pipelines.capture.budget import count, trims
from pipelines.capture.logs import log_folds
from pipelines.capture.offsets import Edit, apply
from pipelines.capture.quoted_mail import Seen, quoted_ranges
from pipelines.capture.signatures import signature_start
from pipelines.domain.drafts import Cut, MappedText, ViewMessage
from pipelines.domain.tickets import Ticket
from pipelines.domain.value import Value

_SOMETHING = 2  # letters or digits: fewer say nothing


class Condensed(Value):
    """A ticket without its noise. Not yet redacted: no model may see it."""

    subject: MappedText
    messages: tuple[ViewMessage, ...]
    cuts: tuple[Cut, ...] = ()


def condense(ticket: Ticket, *, budget: int, count_tokens: Callable[[str], int]) -> Condensed:
    """The thread within about `budget` tokens, subject included. A message that goes whole is among the cuts only."""
    texts: list[MappedText] = []
    cuts: list[Cut] = []
    seen = Seen()
    for index, message in enumerate(ticket.messages):
        text, cut = _without_noise(message.id, message.body, seen, first=index == 0)
        texts.append(text)
        cuts += cut
        seen.add(message.body)
    room = budget - count(ticket.subject, count_tokens)
    gone: set[int] = {i for i, text in enumerate(texts) if not text.text.strip()}
    present = [i for i in range(len(texts)) if i not in gone]
    for trim in trims([texts[i].text for i in present], room, count_tokens):
        index = present[trim.message]
        length = len(texts[index].text)
        if trim.whole:
            gone.add(index)
        elif trim.edit:
            length = trim.edit.end - trim.edit.start
            texts[index] = apply(texts[index], [trim.edit])
        cuts.append(Cut(message=ticket.messages[index].id, characters=length, why="budget"))
    messages = tuple(
        ViewMessage(id=m.id, revision=m.revision, at=m.at, role=m.role, visibility=m.visibility, text=texts[i])
        for i, m in enumerate(ticket.messages)
        if i not in gone
    )
    return Condensed(subject=MappedText.verbatim(ticket.subject), messages=messages, cuts=tuple(cuts))


def _without_noise(message: str, body: str, seen: Seen, *, first: bool) -> tuple[MappedText, list[Cut]]:
    """One message without quoted mail, signature and the bulk of its logs. What would leave no words is not done."""
    text = MappedText.verbatim(body)
    cuts: list[Cut] = []

    def take_out(edits: list[Edit], why: str) -> None:
        nonlocal text
        shorter = apply(text, edits)
        characters = sum(edit.end - edit.start for edit in edits)
        if characters and _says_something(shorter.text):
            text = shorter
            cuts.append(Cut(message=message, characters=characters, why=why))

    take_out([Edit(start, end) for start, end in quoted_ranges(body, seen, first=first)], "quoted")
    signature = signature_start(text.text)
    if signature is not None:
        take_out([Edit(signature, len(text.text))], "signature")
    take_out(log_folds(text.text), "log")
    return text, cuts


def _says_something(text: str) -> bool:
    """Whether a text holds letters or digits enough for a word."""
    found = 0
    for character in text:
        found += character.isalnum()
        if found >= _SOMETHING:
            return True
    return False
