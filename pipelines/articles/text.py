"""An article's part as plain text to edit, and back: a sentence that was left as it is keeps what it rests on."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.domain.articles import Sentence, SentenceOrigin

CONDITION = "### "
"""A line that begins so says when what follows it applies; alone, that it applies always."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|resp|no|nr|ca|v|ver|rev)|^\W*\d{1,3})\.$", re.IGNORECASE
)
_END = re.compile(r"(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[\u201c]?[^\Wa-z_])")
_HEADING = re.compile(r"^#{1,6}(?:\s+|$)")
_CODE = re.compile(r"^(?:\t| {4}|\s*(?:[$>#]|```)\s?)")


def sentences_of(line: str) -> list[str]:
    """The sentences of one line, without the blanks around them. A line that looks like a command is one."""
    if not line.strip():
        return []
    if _CODE.match(line):
        return [line.rstrip()]
    found: list[str] = []
    start = 0
    for match in _END.finditer(line):
        if not _ABBREVIATION.search(line[start : match.start()]):
            found.append(line[start : match.end()].strip())
            start = match.end()
    return [*found, line[start:].strip()]


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text that say something; a heading of its own loses its marks, which mean something else here."""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        plain = _HEADING.sub("", line.rstrip()) if line.startswith("#") else line.rstrip()
        if plain.strip():
            yield plain


def as_text(sentences: Sequence[Sentence]) -> str:
    """The sentences as they are read and edited: a line each where one begins, a condition on a line before its own."""
    lines: list[str] = []
    when: str | None = None
    for sentence in sentences:
        if sentence.when != when:
            lines.append(f"{CONDITION}{sentence.when or ''}".rstrip())
            when = sentence.when
            lines.append(sentence.text)
        elif sentence.starts_line or not lines:
            lines.append(sentence.text)
        else:
            lines[-1] += f" {sentence.text}"
    return "\n".join(lines)


def parse(text: str, before: Iterable[Sentence] = ()) -> tuple[Sentence, ...]:
    """The sentences of an edited text. One that stood in `before` word for word keeps origin, sources and clearance."""
    known: dict[str, list[Sentence]] = {}
    for old in before:
        known.setdefault(old.text, []).append(old)
    found: list[Sentence] = []
    when: str | None = None
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line.startswith(CONDITION.rstrip()) and not line.startswith("####"):
            when = line[len(CONDITION) :].strip() or None
            continue
        for place, words in enumerate(_kept_together(line, known)):
            found.append(_sentence(words, known, when, starts_line=place == 0))
    return tuple(found)


def _kept_together(line: str, known: dict[str, list[Sentence]]) -> list[str]:
    """The sentences of a line; one that was kept as a whole before is not cut apart now."""
    return [line.rstrip()] if line.rstrip() in known else sentences_of(line)


def _sentence(words: str, known: dict[str, list[Sentence]], when: str | None, *, starts_line: bool) -> Sentence:
    same = known.get(words, [])
    old = next((one for one in same if one.when == when), same[0] if same else None)
    if old is None:
        return Sentence(text=words, origin=SentenceOrigin.HAND, when=when, starts_line=starts_line)
    same.remove(old)
    # Who vouched for a sentence did so under the condition that they read.
    vouched = old.cleared_for if old.when == when else None
    return old.model_copy(update={"when": when, "starts_line": starts_line, "cleared_for": vouched})
