"""Folds long logs, stack traces and code blocks to the lines that say what went wrong. Used by condense."""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipelines.capture.lines import Line, code_blocks, lines_of
from pipelines.capture.offsets import Edit

HEAD = 10
TAIL = 8
LONG_BLOCK = 40  # lines: a block up to this long stays whole
TELLING = 16  # telling lines kept between head and tail
LONG_LINE = 1_500
_GAP = 2  # lines of another kind that a run of log lines may hold between two of them
_LINE_HEAD, _LINE_TAIL = 600, 300

_LOG_LINE = re.compile(
    r"""^\s{0,80}(?:
      \[?\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d | \[?\d\d:\d\d:\d\d | [A-Z][a-z]{2}\s+\d{1,2}\s\d\d:\d\d:\d\d
    | \d\d[-/]\d\d\s\d\d:\d\d:\d\d | \d\d?/\d\d?/\d{2,4}\s\d\d:\d\d
    | \[\s?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE)\s?\]\s
    | (?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|SEVERE)\b[\s:|-]
    | [VDIWEF]/[\w.$ -]{1,60}\(\s*\d+\): | at\s[\w.$<>/ \[\]-]{2,200}\( | at\s\S{3,200}:\d+
    | \.\.\.\s\d+\smore | Caused\sby:
    | \#?\d{1,3}\s+(?:0x[0-9a-f]+|[\w.]{2,60}\s+0x[0-9a-f]+)
    | File\s"[^"]{1,200}",\sline\s\d+ | [0-9a-f]{8}[:\s]\s?(?:[0-9a-f]{2,4}\s){4}
    )""",
    re.VERBOSE,
)
_TELLING = re.compile(
    r"Caused by:|\b(?:ERROR|FATAL|SEVERE|CRITICAL|PANIC)\b|(?:Exception|Error)\b(?!\.java)|Traceback|\bORA-\d"
    r"|\b(?:fatal|panic|fault|segfault|abort(?:ed)?|denied|refused|failed|timed out|exit code|SIG[A-Z]{3,5})\b"
)
_FRAME = re.compile(r"^\s*(?:at\s|\.\.\.\s\d+\smore|File \")|[\]:)]\s{1,8}at\s[\w.$<>/]{3,200}[(:]")
_PROGRAM = (";", "{", "}", ",", "(")  # what lines of program text end with, and telling lines of a log do not
_DIGITS = re.compile(r"0x[0-9a-fA-F]+|\d+")


def log_folds(body: str) -> list[Edit]:
    """Edits that fold the long logs and code blocks of a body, in order."""
    if len(body) <= LONG_LINE and body.count("\n") <= LONG_BLOCK:
        return []
    lines = lines_of(body)
    edits: list[Edit] = []
    for first, after in _blocks(body, lines):
        edits += _fold(lines[first:after])
    return edits


def _blocks(body: str, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Index ranges of lines that belong together: the inside of a code block, or a run of log lines outside any."""
    blocks: list[tuple[int, int]] = []
    fenced = code_blocks(body)
    at = fence = 0
    while at < len(lines):
        if not lines[at].text:
            at += 1
            continue
        while fence < len(fenced) and fenced[fence][1] <= lines[at].start:
            fence += 1
        end = at
        if fence < len(fenced) and lines[at].end > fenced[fence][0]:
            while end < len(lines) and lines[end].start < fenced[fence][1]:
                end += 1
        else:
            limit = fenced[fence][0] if fence < len(fenced) else len(body) + 1
            end = _run_end(lines, at, limit)
        if end > at:
            blocks.append((at, end))
        at = max(end, at + 1)
    return blocks


def _run_end(lines: Sequence[Line], at: int, limit: int) -> int:
    """The index after a run of log lines, with indented lines and a few others between; `at` where there is none."""
    end, gap = at, 0
    for index in range(at, len(lines)):
        if lines[index].end > limit:
            break
        text = lines[index].text
        continued = end > at and text[:1] in (" ", "\t") and not lines[index].blank
        if continued or _LOG_LINE.match(text) or (len(text) > LONG_LINE and _is_data(text)):
            end, gap = index + 1, 0
        else:
            gap += 1
            if gap > _GAP or end == at:
                break
    return end


def _is_data(text: str) -> bool:
    """Whether a long line is data (base64, packed JSON) and not a paragraph."""
    return text.count(" ") * 12 < len(text)


def _fold(block: Sequence[Line]) -> list[Edit]:
    kept = _kept(block)
    edits: list[Edit] = []
    left_out: list[Line] = []
    for index, line in enumerate(block):
        if index not in kept:
            left_out.append(line)
            continue
        edits += _lines_edit(left_out)
        left_out = []
        if len(line.text) > LONG_LINE:
            start, end = line.start + _LINE_HEAD, line.end - _LINE_TAIL
            edits.append(Edit(start, end, f" [... {end - start} characters left out ...] ", "log"))
    return edits + _lines_edit(left_out)


def _lines_edit(lines: Sequence[Line]) -> list[Edit]:
    if not lines:
        return []
    return [Edit(lines[0].start, lines[-1].after, f"[... {len(lines)} lines left out ...]\n", "log")]


def _kept(block: Sequence[Line]) -> set[int]:
    """Which lines of a block stay: the first, the last, and the telling ones between them with their next frame.

    Lines that differ in numbers alone count as one. Causes come before plain errors, since the last cause is the root.
    """
    if len(block) <= LONG_BLOCK:
        return set(range(len(block)))
    kept = {*range(HEAD), *range(len(block) - TAIL, len(block))}
    shapes: set[str] = set()
    causes: list[int] = []
    errors: list[int] = []
    for index in range(HEAD, len(block) - TAIL):
        text = block[index].text[:400]
        if _FRAME.search(text) or not _TELLING.search(text):
            continue
        if "Caused by" not in text and text.rstrip().endswith(_PROGRAM):
            continue
        shape = _DIGITS.sub("0", text)
        if shape not in shapes:
            shapes.add(shape)
            (causes if "Caused by" in text else errors).append(index)
    for index in [*causes[-TELLING // 2 :], *errors][:TELLING]:
        kept.update({index, index + 1} if _FRAME.search(block[index + 1].text) else {index})
    places = sorted(kept)
    for before, after in pairwise(places):
        if after - before - 1 <= _GAP:  # a mark would be no shorter
            kept.update(range(before, after))
    return kept
