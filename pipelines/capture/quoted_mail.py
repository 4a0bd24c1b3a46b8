# ruff: noqa: RUF001 - full-width colons are among what is looked for
"""Finds earlier mail quoted inside a reply, in several languages. Used by condense.

What is quoted from a message of the same thread is safe to leave out: it stands there. Words that stand nowhere
else in the thread are left out only where the form says beyond doubt that they are a reply's quoted part.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from pipelines.capture.lines import Line, code_blocks, lines_of
from pipelines.capture.offsets import joined

_ATTRIBUTION = re.compile(
    r"""^[\s>*_]*(?:
      On\b.{4,300}\bwrote\s*: | Am\b.{4,300}\bschrieb\b.{0,150}: | El\b.{4,300}\bescribi[óo]\s*:
    | Le\b.{4,300}\b[àa]\s+[ée]crit\s*: | Il\b.{4,300}\bha\s+scritto\s*: | Em\b.{4,300}\bescreveu\s*:
    | Op\b.{4,300}\bschreef\b.{0,150}: | \d{4}年.{4,200}[:：] | 在.{4,200}写道[:：] | .{1,100}さんは書きました[:：]
    )[\s*_]*$""",
    re.VERBOSE,
)
_ATTRIBUTION_START = re.compile(r"^[\s>*_]*(?:On|Am|El|Le|Il|Em|Op|在|\d{4}年)")
_HEADER = re.compile(
    r"^[\s>*_]*(From|Sent|Date|To|Cc|Subject|Von|Gesendet|Datum|An|Betreff|De|Enviado(?: el)?|Fecha|Para|Asunto|CC"
    r"|Envoyé|À|Objet|差出人|送信日時|送信者|日時|宛先|件名)[*_]*\s*[:：]",
    re.IGNORECASE,
)
_OPENS_HEADERS = {"from", "von", "de", "差出人", "送信者"}
_SENT_HEADERS = {"sent", "gesendet", "enviado", "enviado el", "envoyé", "送信日時"}
_ORIGINAL = re.compile(
    r"^[\s>*_]*-{2,}\s*(?:Original Message|Ursprüngliche Nachricht|Originalnachricht|Mensaje original|Message d'origine"
    r"|Messaggio originale|元のメッセージ|Original Appointment)\s*-{2,}[\s*_]*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^[\s>]*[_\-]{10,}\s*$")
_FORWARD = re.compile(
    r"^[ \t>*_]*(?:-+ ?)?(?:Forwarded message|Weitergeleitete Nachricht|Mensaje reenviado)"
    r"|^[ \t>*_]*(?:Subject|Betreff|Asunto|Objet|件名)[*_]*[ \t]*[:：][ \t]*(?:FWD?|WG|RV|TR|転送)\b",
    re.IGNORECASE | re.MULTILINE,
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
_SHINGLE = 5
_KNOWN = 0.6  # share of a block's word sequences that makes it a repetition
_HEADER_LINES = 3
_TRIES = 8  # blocks that run to the end and stay; each is read to the end, so their number is bounded
_CONTEXT = 300  # characters: a shorter quote between answers is what the answer answers


class Seen:
    """The word sequences of the messages so far, to tell a quote from news."""

    def __init__(self) -> None:
        self._shingles: set[int] = set()
        self._waiting: list[str] = []

    def add(self, body: str) -> None:
        self._waiting.append(body)

    def share(self, text: str) -> float:
        """How much of a text stands in the messages so far, 0 to 1, by sequences of five words; 0 if shorter."""
        for body in self._waiting:
            self._shingles.update(_shingles(body))
        self._waiting.clear()
        asked = _shingles(text)
        return sum(s in self._shingles for s in asked) / len(asked) if asked else 0.0


def quoted_ranges(body: str, seen: Seen, *, first: bool) -> list[tuple[int, int]]:
    """The ranges of a body that repeat earlier mail. `first`: it opens the thread, so nothing can stand before it."""
    if ">" not in body and not _may_hold_headers(body):
        return []
    lines = lines_of(body)
    code = code_blocks(body)
    found: list[tuple[int, int]] = []
    at = tries = 0
    while at < len(lines) and tries < _TRIES:
        block = None if _inside(code, lines[at].start) else _block_at(lines, at)
        if block is None:
            at += 1
            continue
        kind, inside, after = block
        start, end = lines[at].start, lines[after - 1].after
        text = _unmarked(body[lines[inside].start : end]) if inside < after else ""
        own = len(body) - (end - start)
        if _leave_out(kind, text, seen.share(text), own=own, first=first, at_end=not body[end:].strip()):
            found.append((start, end))
        elif after == len(lines) and kind != "marked":
            tries += 1
            after = max(inside, at + 1)
        at = after
    return joined(found)


def _leave_out(kind: str, text: str, known: float, *, own: int, first: bool, at_end: bool) -> bool:
    """Whether a block that looks like quoted mail may go."""
    if known >= _KNOWN:
        return kind != "marked" or at_end or len(text) >= _CONTEXT
    if kind in ("marked", "unmarked_reply", "patch") or _FORWARD.search(text):
        return False
    return not (first and own < _CONTEXT)


def _may_hold_headers(body: str) -> bool:
    return ":" in body or "：" in body


def _inside(ranges: Sequence[tuple[int, int]], place: int) -> bool:
    index = bisect_right(ranges, (place, 1 << 60)) - 1
    return index >= 0 and ranges[index][0] <= place < ranges[index][1]


def _block_at(lines: Sequence[Line], at: int) -> tuple[str, int, int] | None:
    """What begins at a line: (kind, index of the first quoted line, index after the block), or None.

    Kinds: reply (attribution and marked lines), unmarked_reply (attribution, then text to the end), headers (a mail's
    header lines, then text to the end), patch (header lines without a sending time), marked (marked lines alone).
    """
    line = lines[at].text
    if _ATTRIBUTION_START.match(line) or line.rstrip().endswith("さんは書きました:"):
        for taken in (1, 2, 3):
            if _ATTRIBUTION.match(" ".join(part.text for part in lines[at : at + taken])[:600]):
                return _after_attribution(lines, at + taken)
    if _ORIGINAL.match(line):
        return "headers", at + 1, len(lines)
    if _RULE.match(line) and at + 1 < len(lines) and _headers(lines, at + 1) == "headers":
        return "headers", at + 1, len(lines)
    kind = _headers(lines, at)
    if kind:
        return kind, at, len(lines)
    if line.lstrip().startswith(">"):
        return "marked", at, _marked_end(lines, at)
    return None


def _after_attribution(lines: Sequence[Line], at: int) -> tuple[str, int, int]:
    begin = at
    while begin < len(lines) and lines[begin].blank:
        begin += 1
    if begin < len(lines) and lines[begin].text.lstrip().startswith(">"):
        return "reply", begin, _marked_end(lines, begin)
    return "unmarked_reply", at, len(lines)


def _marked_end(lines: Sequence[Line], at: int) -> int:
    """The index after a run of lines marked with `>`; blank lines between two marked ones belong to it."""
    end = at
    for index in range(at, len(lines)):
        if lines[index].text.lstrip().startswith(">"):
            end = index + 1
        elif not lines[index].blank:
            break
    return end


def _headers(lines: Sequence[Line], at: int) -> str | None:
    """`headers` where a mail's header lines begin here, `patch` where they lack a sending time, else None."""
    opening = _HEADER.match(lines[at].text)
    if opening is None or opening.group(1).lower() not in _OPENS_HEADERS:
        return None
    names = {opening.group(1).lower()}
    for line in lines[at + 1 : at + 7]:
        header = _HEADER.match(line.text)
        if header:
            names.add(header.group(1).lower())
    if len(names) < _HEADER_LINES:
        return None
    return "headers" if names & _SENT_HEADERS else "patch"


def _unmarked(text: str) -> str:
    return re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+", "", text)


def _shingles(text: str) -> set[int]:
    words = [w.lower() for w in _WORD.findall(text)]
    return {hash(run) for run in zip(*(words[i:] for i in range(_SHINGLE)), strict=False)}
