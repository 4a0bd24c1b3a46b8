"""Edits of a text that keep the way back to the raw message. Used by condense, redact and ground."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.domain.drafts import MappedText, Segment, Span

CUT_KINDS = frozenset({"quoted", "signature", "log", "budget"})
"""Kinds of segments that stand for left-out text; every other kind is a redaction."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `mark` in the place of view range [start, end); an empty mark removes the range."""

    start: int
    end: int
    mark: str = ""
    kind: str | None = None


def apply(text: MappedText, edits: Iterable[Edit]) -> MappedText:
    """The text with every edit done, in time linear in text and edits.

    A range that begins or ends inside an earlier mark takes that whole mark. Raises ValueError on edits that
    overlap, are empty, or lie outside the text.
    """
    ordered = _whole_marks(text, sorted(edits, key=lambda e: (e.start, e.end)))
    if not ordered:
        return text
    pieces: list[str] = []
    segments: list[Segment] = []
    written = 0
    last = 0
    spans = _Cursor(text.segments)
    for edit in [*ordered, Edit(len(text.text), len(text.text))]:
        for kept in spans.between(last, edit.start):
            length = kept.view.end - kept.view.start
            segments.append(kept.model_copy(update={"view": Span(start=written, end=written + length)}))
            pieces.append(text.text[kept.view.start : kept.view.end])
            written += length
        if edit.mark:
            raw = spans.hull(edit.start, edit.end)
            view = Span(start=written, end=written + len(edit.mark))
            segments.append(Segment(view=view, raw=raw, verbatim=False, kind=edit.kind or "cut"))
            pieces.append(edit.mark)
            written += len(edit.mark)
        last = edit.end
    return MappedText(text="".join(pieces), segments=tuple(segments))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """A text that has no raw message behind it with edits done that are in order and do not overlap."""
    pieces: list[str] = []
    last = 0
    for edit in edits:
        pieces += [text[last : edit.start], edit.mark]
        last = edit.end
    return "".join((*pieces, text[last:]))


def raw_pieces(text: MappedText, start: int, end: int) -> tuple[Span, ...]:
    """The raw ranges that view range [start, end) stands for, in order.

    Redaction marks count as their raw range. What was left out between two parts is in none of the pieces.
    """
    found: list[Span] = []
    for segment in text.segments:
        if segment.view.end <= start or segment.view.start >= end or segment.kind in CUT_KINDS:
            continue
        raw = _narrow(segment, max(start, segment.view.start), min(end, segment.view.end)).raw
        if found and found[-1].end == raw.start:
            found[-1] = Span(start=found[-1].start, end=raw.end)
        else:
            found.append(raw)
    return tuple(found)


def joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of half-open ranges: sorted, not touching one another."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


class _Cursor:
    """Walks segments once, for ranges asked for in ascending order."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._at = 0

    def between(self, start: int, end: int) -> Iterator[Segment]:
        """The segments of view range [start, end), the outer ones narrowed to it."""
        if start >= end:
            return
        while self._segments[self._at].view.end <= start:
            self._at += 1
        for index in range(self._at, len(self._segments)):
            segment = self._segments[index]
            if segment.view.start >= end:
                return
            self._at = index
            yield _narrow(segment, max(start, segment.view.start), min(end, segment.view.end))

    def hull(self, start: int, end: int) -> Span:
        """The smallest raw range around view range [start, end)."""
        parts = [segment.raw for segment in self.between(start, end)]
        return Span(start=parts[0].start, end=parts[-1].end)


def _narrow(segment: Segment, start: int, end: int) -> Segment:
    """The part of a segment in view range [start, end); a mark cannot be divided and keeps its raw range."""
    if not segment.verbatim or (start, end) == (segment.view.start, segment.view.end):
        return segment
    shift = segment.raw.start - segment.view.start
    return Segment(view=Span(start=start, end=end), raw=Span(start=start + shift, end=end + shift))


def _whole_marks(text: MappedText, edits: Sequence[Edit]) -> list[Edit]:
    """The edits widened over the marks that they cut into, checked for order and range."""
    marks = [s.view for s in text.segments if not s.verbatim]
    widened: list[Edit] = []
    at = 0
    for edit in edits:
        if not 0 <= edit.start < edit.end <= len(text.text):
            raise ValueError(f"edit {edit.start}:{edit.end} is not within a text of {len(text.text)} characters")
        start, end = edit.start, edit.end
        while at < len(marks) and marks[at].end <= start:
            at += 1
        if at < len(marks) and marks[at].start < start:
            start = marks[at].start
        reach = at
        while reach < len(marks) and marks[reach].start < end:
            end = max(end, marks[reach].end)
            reach += 1
        if widened and start < widened[-1].end:
            raise ValueError(f"edit {edit.start}:{edit.end} overlaps the one before it")
        widened.append(Edit(start, end, edit.mark, edit.kind))
    return widened
