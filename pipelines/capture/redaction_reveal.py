"""Puts back what redaction took out, for those who may see the ticket as it is.

Nothing taken out is kept: the segments of a view lead to the raw bodies, and who has those may have the originals.
Called where a draft or a resolution is shown beside its ticket.
"""

from collections.abc import Iterator, Mapping

from pipelines.capture.redact import MARK
from pipelines.domain.drafts import SUBJECT, MappedText, TicketView


def originals(view: TicketView, raw: Mapping[str, str]) -> dict[str, str]:
    """What each mark of a view stands for, as it is first written in the thread.

    `raw`: bodies by message id, of the revisions that the view was made of, and the subject under its own name.
    Raises KeyError where a body is missing, ValueError where one is not the text that the view was made of.
    """
    found: dict[str, str] = {}
    for name, text in ((SUBJECT, view.subject), *((message.id, message.text) for message in view.messages)):
        for mark, original in _marked(text, raw[name]):
            found.setdefault(mark, original)
    return found


def reveal(marked: str, view: TicketView, raw: Mapping[str, str]) -> str:
    """A text made from a view, a draft's field for one, with what its marks stand for; an unknown mark stays."""
    known = originals(view, raw) if MARK.search(marked) else {}
    return MARK.sub(lambda match: known.get(match.group(), match.group()), marked)


def reveal_text(text: MappedText, raw: str) -> str:
    """A view's text with each mark as it is written at that place of the raw message; what was cut stays cut.

    Raises ValueError where the raw message is not the text that this was made of.
    """
    _check(text, raw)
    return "".join(
        raw[s.raw.start : s.raw.end]
        if _is_mark(text, s.view.start, s.view.end)
        else text.text[s.view.start : s.view.end]
        for s in text.segments
    )


def _marked(text: MappedText, raw: str) -> Iterator[tuple[str, str]]:
    _check(text, raw)
    for segment in text.segments:
        if not segment.verbatim and _is_mark(text, segment.view.start, segment.view.end):
            yield text.text[segment.view.start : segment.view.end], raw[segment.raw.start : segment.raw.end]


def _is_mark(text: MappedText, start: int, end: int) -> bool:
    return MARK.fullmatch(text.text, start, end) is not None


def _check(text: MappedText, raw: str) -> None:
    """Verbatim runs must stand in the raw message: otherwise the places are those of another revision."""
    for segment in text.segments:
        shown = text.text[segment.view.start : segment.view.end]
        if segment.raw.end > len(raw) or (segment.verbatim and raw[segment.raw.start : segment.raw.end] != shown):
            raise ValueError("the raw message is not the one that the view was made of")
