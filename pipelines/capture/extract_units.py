"""Cut the messages of a view into units (sentences, list items, code) that the offline summariser can weigh and quote.

A unit keeps its place in the message, so that what is picked can be quoted verbatim, and a cleaned reading of it,
which is what a person sees. Called by `extract`.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipelines.capture.extract_sections import Heading, read_heading
from pipelines.domain.drafts import TicketView

MAX_UNITS = 400
"""Units read of one message. The longest messages are logs, and what matters stands at either end of them."""
_MAX_CHARACTERS = 60_000
MAX_SENTENCE = 2_000
"""Characters of the longest sentence read. Longer runs without a stop are data, and slow to match."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence, list item or code line: view code points [start, end) of a message, and its cleaned text.

    `message` is the index in the view's messages. `section` is the kind of heading it stands under ('' for none);
    `low` is the text in lower case; `labelled` says that the heading stands on the same line, as in "Root cause: ...".
    """

    message: int
    start: int
    end: int
    raw: str
    text: str
    low: str
    section: str = ""
    labelled: bool = False
    code: bool = False
    paragraph: int = 0


_FENCE = re.compile(r"\{(?:code|noformat)(?:[:|][^}\n]{0,200})?\}|```[^\n`]{0,40}|~~~")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML = re.compile(
    r"\{html\}|</?(?:p|div|br|li|ul|ol|pre|code|a|b|i|em|strong|span|table|tr|td|blockquote)\b[^<>]*>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(r"</?(?:p|div|br|li|ul|ol|pre|table|tr|blockquote|h\d)\b", re.IGNORECASE)
_LONG_CODE = re.compile(r"<(code|pre)\b[^<>]*>(.{160,}?)</\1>", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"\{(?:quote|color|panel|info|note|html)(?::[^}\n]{0,80})?\}")
_COMMIT_PREFIX = re.compile(r"\(from\s+\[\s*[0-9a-f]{7,40}\s*\]\s*\)|\[[^\[\]]{0,240}stat(?:e|us):[^\[\]]{0,60}\]")
_ITEM = re.compile(r"\s*(?:[-*•+]|#+|\d{1,2}[.)]|[a-z]\))\s+|\s*-(?=[A-Za-z])")
_LOG = re.compile(
    r"\s*(?:at\s+[\w$.<>\[\] ]+\(|File \"|Traceback \(|Caused by: [\w.]+(?:Exception|Error)|\.\.\. \d+ more"
    r"|[VDIWEF]/[\w.$-]+\s*\("
    r"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[(?:INFO|DEBUG|WARN|WARNING|ERROR|TRACE)\s*\]"
    r"|\[?(?:\d\d-\d\d )?\d\d:\d\d:\d\d[.,\d\]]*\s|0x[0-9a-f]{6,}|[├└│])",
    re.IGNORECASE,
)
_CODE_LINE = re.compile(
    r"\s*(?:var |let |const |function\b|import [\w.]+;|#(?:if|endif|define|include)|//|/\*|\}|\{|</?\w+[^>]*>\s*$|\$ )"
    r"|\s*[a-z][\w.-]*[_.][\w.-]*\s?[:=]\s?\S|[ \t]{2,}[a-z][\w-]{1,40}:\s+(?!\d|v\d)\S+\s*$"
    r"|(?:X|Content|Message|Return|Reply|In-Reply|User|Set|Cache|Accept|DKIM|MIME|List)-[A-Z][\w-]{1,30}: "
    r"|(?: {4}|\t)\s*(?![-*•#\d ])\S.*(?:[\\/=_;&|<>(){}]|--).*[^.!?]$|.*(?:[;{}]|\)\s*\{|=>)\s*$"
)
_BOUNDARY = re.compile(r"[.!?…]+[\"')\]]*\s+(?=[\"'(\[]?[\w*@`<~])|\n\s*\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|etc|approx|incl|resp|no|ver|v|cf|mr|mrs|ms|dr|st|z\.b|bzw|ca)|\b[A-Z])\.$", re.IGNORECASE
)
_KEY_VALUE = re.compile(r"\s*[\w.-]{1,30}:\s|\s*\[[\w-]{3,20}\]\W*$")
_LINE, _WRAPPED = 20, 45
"""A line goes on in the next one if that begins in lower case, or with a figure after a line of full length."""


def read_units(view: TicketView) -> list[Unit]:
    """Every unit of every message, in order. Hidden text (HTML comments) yields none."""
    return [unit for index, message in enumerate(view.messages) for unit in _message_units(index, message.text.text)]


def _message_units(index: int, text: str) -> Iterator[Unit]:
    shadow = _shadow(text[:_MAX_CHARACTERS])
    none = Heading("", 0, inline=False)
    heading, filled = none, False
    paragraph = count = 0
    for start, end, code in _blocks(shadow, indented="{html}" not in text and "<p>" not in text):
        if code:
            raw = text[start:end].strip()
            lead = text.index(raw, start) if raw else start
            if raw:
                yield Unit(index, lead, lead + len(raw), raw, _spaces(raw), "", heading.section, False, True, paragraph)
            continue
        if end <= start:
            # A label followed by an empty line still waits for its text.
            heading = none if filled and not heading.lasting else heading
            paragraph += 1
            continue
        found = read_heading(shadow[start:end])
        if found is not None:
            heading, filled = found, found.inline
        begin = start + found.content if found is not None else start
        for first, last in _sentences(shadow, begin, end):
            if last - first > MAX_SENTENCE:
                continue
            raw = text[first:last]
            cleaned, filled = clean(raw), True
            if len(cleaned) > 1 and (count := count + 1) <= MAX_UNITS:
                labelled = found is not None and found.inline
                yield Unit(
                    index, first, last, raw, cleaned, cleaned.lower(), heading.section, labelled, False, paragraph
                )


def _shadow(text: str) -> str:
    """The text with markup blanked out, of the same length, so that places in it are places in the text."""
    if "<!--" in text:
        text = _COMMENT.sub(lambda m: " " * len(m.group()), text)
    if "{html}" in text or "<p>" in text or "<br" in text:
        text = _LONG_CODE.sub(lambda m: " " * len(m.group()), text)
        text = _HTML.sub(_blank_tag, text.replace("\n", " "))
    if "{" in text:
        text = _MARKUP.sub(lambda m: " " * len(m.group()), text)
    if "[" in text:
        text = _COMMIT_PREFIX.sub(lambda m: " " * len(m.group()), text)
    return text.replace("\r", " ")


def _blank_tag(match: re.Match[str]) -> str:
    tag = match.group()
    return ("\n\n" if _BLOCK_TAG.match(tag) else "  ").ljust(len(tag)) if len(tag) > 1 else " "


def _blocks(shadow: str, *, indented: bool) -> Iterator[tuple[int, int, bool]]:
    """Ranges of prose or code; an empty range marks the end of a paragraph.

    `indented`: indentation means something; in HTML it is what is left of tags.
    """
    fences = len(_FENCE.findall(shadow))
    inside, held = False, -1
    held_end = 0
    position = 0
    while position < len(shadow):
        stop = shadow.find("\n", position)
        stop = len(shadow) if stop < 0 else stop
        line = shadow[position:stop]
        marks = list(_FENCE.finditer(line)) if fences > 1 else []
        code = inside or bool(marks) or _is_code(line if indented else " ".join(line.split()))
        if held >= 0 and (code or not line.strip() or not _continues(shadow[held:held_end], line)):
            yield held, held_end, False
            held = -1
        if marks:
            before = line[: marks[0].start()]
            if not inside and before.strip():
                yield position, position + len(before), False
            inside ^= bool(len(marks) % 2)
        elif code:
            yield position, stop, True
        elif not line.strip():
            yield position, position, False
        else:
            held, held_end = (position if held < 0 else held), stop
        position = stop + 1
    if held >= 0:
        yield held, held_end, False


def _is_code(line: str) -> bool:
    return bool(_LOG.match(line) or _CODE_LINE.match(line))


def _continues(held: str, line: str) -> bool:
    """Whether a line goes on with the sentence of the lines before it, rather than starting something new."""
    first = line.lstrip()[:1]
    last = held.rstrip()[-1:]
    if _ITEM.match(line) or _KEY_VALUE.match(line) or not first or last in ".!?:" or read_heading(line) is not None:
        return False
    tail = len(held) - held.rfind("\n") - 1
    return (
        last == ","
        or (tail >= _WRAPPED and (first.islower() or not first.isalpha()))
        or (first.islower() and tail >= _LINE)
    )


def _sentences(shadow: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    item = _ITEM.match(shadow, start, end)
    begin = item.end() if item else start
    for boundary in _BOUNDARY.finditer(shadow, begin, end):
        if _ABBREVIATION.search(shadow, max(begin, boundary.start() - 10), boundary.start() + 1):
            continue
        yield from _trimmed(shadow, begin, boundary.end())
        begin = boundary.end()
    yield from _trimmed(shadow, begin, end)


def _trimmed(shadow: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    piece = shadow[start:end]
    left = len(piece) - len(piece.lstrip())
    if piece.strip():
        yield start + left, start + len(piece.rstrip())


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_WIKI_LINK = re.compile(r"\[([^\[\]|\n]{1,120})\|[^\[\]\n]{1,300}\]")
_BRACES = re.compile(r"\{(?:\w{1,12})(?::[^}\n]{0,80})?\}|\{\{|\}\}")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*{1,2}(?=\S)([^*\n]{1,200}?)(?<=\S)\*{1,2}(?![\w*])|(?<!\w)_(?=\S)([^_\n]{1,200}?)(?<=\S)_(?!\w)"
)
_BARE_LINK = re.compile(r"\[(https?://[^\]\s]{1,300})\]")
_SPACE = re.compile(r"\s+")


def _spaces(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def clean(raw: str) -> str:
    """The words of a piece of markup: wiki and HTML marks off, entities read, white space single."""
    text = raw
    if "<" in text:
        text = _TAG.sub(lambda m: " " if _BLOCK_TAG.match(m.group()) else "", text)
    if "{" in text:
        text = _BRACES.sub("", text)
    if "[" in text:
        text = _BARE_LINK.sub(r"\1", _WIKI_LINK.sub(r"\1", _COMMIT_PREFIX.sub(" ", text)))
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(lambda m: m.group(1) or m.group(2), text)
    if "&" in text:
        text = html.unescape(text)
    return _spaces(text)
