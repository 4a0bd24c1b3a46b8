"""A ticket view as the text of one chat message: fenced, so that nothing typed in a ticket can pass for structure."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.domain.drafts import SUBJECT, Cut, TicketView, ViewMessage

_HARMLESS_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


class ThreadTooLong(Exception):
    """A thread that does not fit, even with the messages between its first and its last left out."""


@dataclass(frozen=True, slots=True)
class FencedThread:
    """The text to send, the fence in it, the message behind each id that the text shows, and what was left out."""

    text: str
    fence: str
    shown: dict[str, str]
    cuts: tuple[Cut, ...] = ()


def fenced(view: TicketView, *, room: int, count_tokens: Callable[[str], int]) -> FencedThread:
    """Render a view into at most `room` tokens. Raises ThreadTooLong where no cutting of whole messages can do it.

    The steps before cut long messages to size; this is the last guard, for what the frame around many messages adds.
    """
    fence = _fence_unlike(view)
    names = _shown_names(view.messages)
    blocks = [_block(fence, name, message) for name, message in zip(names, view.messages, strict=True)]
    frame = [f"[{fence} thread begins]", f"[{fence} message {SUBJECT}]", view.subject.text, f"[{fence} thread ends]"]
    left = room - count_tokens("\n".join(frame))
    kept = _kept([count_tokens(block) for block in blocks], left)
    dropped = [message for index, message in enumerate(view.messages) if index not in kept]
    if dropped:
        place = min(set(range(len(blocks))) - kept)
        blocks[place] = f"[{fence} left out: {len(dropped)} messages]"
        kept = kept | {place}
    body = [block for index, block in enumerate(blocks) if index in kept]
    return FencedThread(
        text="\n".join([*frame[:3], *body, frame[3]]),
        fence=fence,
        shown={SUBJECT: SUBJECT} | {name: m.id for name, m in zip(names, view.messages, strict=True)},
        cuts=tuple(Cut(message=m.id, characters=len(m.text.text), why="budget") for m in dropped),
    )


def _fence_unlike(view: TicketView) -> str:
    """A word that nobody can guess, and that stands nowhere in the ticket."""
    texts = [view.subject.text, *(message.text.text for message in view.messages)]
    while True:
        fence = secrets.token_hex(8)
        if not any(fence in text for text in texts):
            return fence


def _shown_names(messages: Sequence[ViewMessage]) -> list[str]:
    """The ids as they are where they are plain words, else positions.

    An id may be an e-mail's Message-ID, which names the sender's domain, or hold line breaks; neither goes to a model.
    """
    ids = [message.id for message in messages]
    if all(_HARMLESS_ID.fullmatch(name) for name in ids) and SUBJECT not in ids:
        return ids
    return [f"m{position}" for position in range(1, len(ids) + 1)]


def _block(fence: str, name: str, message: ViewMessage) -> str:
    time = message.at.isoformat(timespec="minutes")
    heading = f"[{fence} message {name} | {message.role.value} | {message.visibility.value} | {time}]"
    return f"{heading}\n{message.text.text}"


def _kept(costs: Sequence[int], room: int) -> set[int]:
    """The positions that stay: messages go from the middle outwards, never the first and never the last."""
    kept = list(range(len(costs)))
    note = 30 if sum(costs) > room else 0
    total = sum(costs) + note
    while total > room and len(kept) > 2:  # noqa: PLR2004 - the first and the last
        total -= costs[kept.pop(len(kept) // 2)]
    if total > room:
        raise ThreadTooLong
    return set(kept)
