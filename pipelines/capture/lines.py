"""A message as lines with their places, and the blocks of code or log that its markup sets apart."""

import re
from typing import NamedTuple

_FENCE = re.compile(r"\{(code|noformat)(?::[^}\n]{0,200})?\}|^[ \t]{0,3}(```|~~~)[^\n`]{0,100}$", re.MULTILINE)


class Line(NamedTuple):
    """A line's text without its line end; `after` is where the next line begins."""

    start: int
    end: int
    after: int
    text: str

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()


def lines_of(text: str) -> list[Line]:
    """The lines of a text, ended by LF or CR LF."""
    found: list[Line] = []
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if line.endswith("\r"):
            found.append(Line(at, end - 1, end + 1, line[:-1]))
        else:
            found.append(Line(at, end, end + 1, line))
        at = end + 1
    last = found[-1]
    found[-1] = last._replace(after=at - 1)
    return found if last.start < at - 1 else found[:-1]


def code_blocks(text: str) -> list[tuple[int, int]]:
    """The insides of {code}, {noformat} and fenced blocks. One that is never closed runs to the end."""
    blocks: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for fence in _FENCE.finditer(text):
        mark = fence.group(1) or fence.group(2)
        if opened is None:
            opened = (mark, fence.end())
        elif opened[0] == mark:
            blocks.append((opened[1], fence.start()))
            opened = None
    if opened is not None:
        blocks.append((opened[1], len(text)))
    return [(start, end) for start, end in blocks if start < end]
