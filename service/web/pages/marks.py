"""Raw message text cut for showing: where evidence is marked, and which long stretches are folded away."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

LOG_RUN = 10
"""Consecutive log-like lines from which a stretch folds."""
LOG_GAP = 5
"""Other lines that may stand between two log-like ones of a run."""
LONG_LINES, HEAD_LINES, TAIL_LINES = 60, 24, 10
LONG_CHARACTERS, HEAD_CHARACTERS, TAIL_CHARACTERS = 8_000, 2_400, 800

# What a line of a log, a stack trace or a dump begins with. Anchored and without nested repeats: linear on any line.
_LOG_LINE = re.compile(
    r"\s*(?:\[?\d{4}-\d\d-\d\d[T ]|\[?\d\d:\d\d:\d\d|at [\w.$<>]+\(|Caused by:|\.\.\. \d+ more|File \""
    r"|Traceback |(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)\b|[0-9a-f]{8}:? "
    r"|\"?[\w.-]+\"?\s?[:=]\s?[\[{\"\d]|[\]})]+[,;]?\s*$)"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Code points [start, end) of a text that prove the named fields."""

    anchor: str
    start: int
    end: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text under the same marks. `anchors` begin here; `fields` are those that this run helps to prove."""

    text: str
    fields: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a message, folded or not. A folded one that holds evidence is shown open."""

    pieces: tuple[Piece, ...]
    folded: bool = False
    lines: int = 0

    @property
    def holds_evidence(self) -> bool:
        return any(piece.fields for piece in self.pieces)


@dataclass(slots=True)
class _Stretch:
    start: int
    end: int
    folded: bool
    lines: int = field(default=0)


def marked(text: str, marks: Iterable[Mark]) -> tuple[Section, ...]:
    """The whole text in order, cut at every mark and fold; marks may overlap, and are clipped to the text."""
    within = [m for m in (_clipped(mark, len(text)) for mark in marks) if m.start < m.end]
    return tuple(
        Section(pieces=_pieces(text, s.start, s.end, within), folded=s.folded, lines=s.lines) for s in _stretches(text)
    )


def _clipped(mark: Mark, length: int) -> Mark:
    return Mark(mark.anchor, max(0, min(mark.start, length)), max(0, min(mark.end, length)), mark.fields)


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[Piece, ...]:
    touching = [m for m in marks if m.start < end and m.end > start]
    cuts = {start, end}
    cuts.update(at for m in touching for at in (m.start, m.end) if start < at < end)
    ordered = sorted(cuts)
    made = []
    for left, right in pairwise(ordered):
        over = [m for m in touching if m.start <= left and m.end >= right]
        proves = dict.fromkeys(name for m in over for name in m.fields)
        made.append(Piece(text[left:right], tuple(proves), tuple(m.anchor for m in over if m.start == left)))
    return tuple(made)


def _stretches(text: str) -> list[_Stretch]:
    """Folded and open stretches that tile the text: runs of log lines fold, and so does the middle of what is long."""
    made: list[_Stretch] = []
    at = 0
    for start, end, lines in _log_runs(text):
        made += _folded_middle(text, at, start)
        made.append(_Stretch(start, end, folded=True, lines=lines))
        at = end
    return made + _folded_middle(text, at, len(text))


def _log_runs(text: str) -> list[tuple[int, int, int]]:
    """(start, end, lines) of each run of at least LOG_RUN lines that begins and ends with a log-like one.

    A few other lines may stand between: the details of an entry are not dated again.
    """
    runs: list[tuple[int, int, int]] = []
    at = start = end = lines = between = 0
    for line in text.splitlines(keepends=True):
        after = at + len(line)
        if _LOG_LINE.match(line):
            start = at if lines == 0 else start
            lines, between, end = lines + between + 1, 0, after
        elif lines and between < LOG_GAP:
            between += 1
        else:
            runs.append((start, end, lines))
            lines = between = 0
        at = after
    runs.append((start, end, lines))
    return [run for run in runs if run[2] >= LOG_RUN]


def _folded_middle(text: str, start: int, end: int) -> list[_Stretch]:
    if start == end:
        return []
    part = text[start:end]
    lines = part.splitlines(keepends=True)
    if len(lines) <= LONG_LINES and len(part) <= LONG_CHARACTERS:
        return [_Stretch(start, end, folded=False)]
    head = min(sum(map(len, lines[:HEAD_LINES])), HEAD_CHARACTERS)
    tail = min(sum(map(len, lines[-TAIL_LINES:])), TAIL_CHARACTERS)
    middle = part[head : len(part) - tail]
    return [
        _Stretch(start, start + head, folded=False),
        _Stretch(start + head, end - tail, folded=True, lines=max(1, middle.count("\n"))),
        _Stretch(end - tail, end, folded=False),
    ]
