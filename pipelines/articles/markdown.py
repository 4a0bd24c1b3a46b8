"""An article as Markdown. Sentences are plain text: what would be markup in them is escaped, lists and code stay."""

import re
from collections.abc import Iterator, Sequence

from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence, VersionLine

HEADINGS = {
    ArticlePart.ISSUE: "Issue",
    ArticlePart.ENVIRONMENT: "Environment",
    ArticlePart.RESOLUTION: "Resolution",
    ArticlePart.CAUSE: "Cause",
}

_SPECIAL = re.compile(r"[\\`*{}\[\]<>|~&$]|(?<=\{)[%#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_AT_START = re.compile(r"^([-+=#])")
_NUMBER_AT_START = re.compile(r"^(\d+)([.)])(?=\s|$)")
_BULLET = re.compile(r"^\s*[-*\u2022]\s+(?=\S)")
_NUMBERED = re.compile(r"^\s*(\d{1,4})[.)]\s+(?=\S)")
_COMMAND = re.compile(r"^(?:\t| {4}|\s*\$ )\s*(?=\S)")
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_TEMPLATE = re.compile(r"\{[{%<#]|[}%>#]\}")
"""What site generators take for an instruction, in code as well."""


def markdown(content: ArticleContent) -> str:
    """The body, without front matter and without the title, which site generators show themselves."""
    blocks: list[str] = []
    for part, heading in HEADINGS.items():
        sentences = content.part(part)
        if sentences:
            blocks += [f"## {heading}", *_part(sentences)]
    if content.versions:
        blocks += ["## Versions", _versions(content.versions)]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def escaped(text: str) -> str:
    """A line of plain text that Markdown shows as it is."""
    line = " ".join(text.split())
    line = _SPECIAL.sub(lambda found: f"\\{found.group()}", line)
    line = _AT_START.sub(r"\\\1", line)
    return _NUMBER_AT_START.sub(r"\1\\\2", line)


def _part(sentences: Sequence[Sentence]) -> Iterator[str]:
    when: str | None = None
    group: list[str] = []
    for sentence in sentences:
        if sentence.when != when:
            yield from _blocks(group)
            group, when = [], sentence.when
            yield f"### {escaped(when)}" if when else "### In every case"
        if sentence.starts_line or not group:
            group.append(sentence.text)
        else:
            group[-1] += f" {sentence.text}"
    yield from _blocks(group)


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    """Paragraphs, and runs of items or of commands as one block each."""
    run: list[str] = []
    kind = ""
    for line in lines:
        found, text = _line(line)
        if found != kind or found == "text":
            yield from _closed(kind, run)
            run, kind = [], found
        run.append(text)
    yield from _closed(kind, run)


def _line(line: str) -> tuple[str, str]:
    """What a line is, and how it is written."""
    if _COMMAND.match(line) and not _TEMPLATE.search(line):
        return "code", line.strip()
    if bullet := _BULLET.match(line):
        return "bullets", f"- {_inline(line[bullet.end() :])}"
    if numbered := _NUMBERED.match(line):
        return "numbers", f"{numbered[1]}. {_inline(line[numbered.end() :])}"
    return "text", _inline(line)


def _closed(kind: str, run: Sequence[str]) -> Iterator[str]:
    if not run:
        return
    if kind != "code":
        yield "\n".join(run)
        return
    longest = max((len(ticks) for line in run for ticks in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield "\n".join((fence, *run, fence))


def _inline(text: str) -> str:
    """Escaped text in which `code` between back ticks stays code."""
    found: list[str] = []
    last = 0
    for match in _CODE_SPAN.finditer(text):
        if _TEMPLATE.search(match[1]) or not match[1].strip():
            continue
        found += [_escaped_piece(text[last : match.start()], at_start=last == 0), f"`{' '.join(match[1].split())}`"]
        last = match.end()
    return "".join((*found, _escaped_piece(text[last:], at_start=last == 0))).strip()


def _escaped_piece(text: str, *, at_start: bool) -> str:
    """A piece of a line, with a blank where it had some at its ends."""
    if not text.strip():
        return " " if text else ""
    before = "" if at_start or not text[0].isspace() else " "
    after = " " if text[-1].isspace() else ""
    plain = escaped(text) if at_start else _SPECIAL.sub(lambda found: f"\\{found.group()}", " ".join(text.split()))
    return f"{before}{plain}{after}"


def _versions(lines: Sequence[VersionLine]) -> str:
    conditions = any(line.when for line in lines)
    head = (*(("When",) if conditions else ()), "Affected", "Fixed in")
    rows = [
        (
            *((line.when or "always",) if conditions else ()),
            ", ".join(line.affected) or "\u2013",
            ", ".join(line.fixed_in) or "\u2013",
        )
        for line in lines
    ]
    cells = [[escaped(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells))
