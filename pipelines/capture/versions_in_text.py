"""Version numbers in a text, and whose they are: the product's, a tool's or the platform's."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pipelines.capture.environment_terms import PLATFORM_BEFORE, TOOL_BEFORE


class Subject(StrEnum):
    """Whose version a number is. UNKNOWN: nothing near it says."""

    PRODUCT = "product"
    TOOL = "tool"
    PLATFORM = "platform"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VersionMention:
    """A version at code points [start, end) of the text, `name` as it is listed in a record."""

    start: int
    end: int
    name: str
    of: Subject


_VERSION = re.compile(
    r"(?:(?<![\w./@$#+-])|(?<=[A-Za-z]-)|(?<=\d/))(?:v\.?\s?(?=\d)|r(?=\d))?"
    r"(?P<number>\d{1,4}(?:\.\d{1,5}){1,4}(?:\.x)?(?:\.\d{10,14}|\.?v\d{10,14})?(?:[.\-][a-z]?\d{1,3}[a-f0-9]{4,10})?"
    r"(?:[\s.\-]?(?:GA\d?|RC\.?\d{0,2}|SP\d|HF\d|beta\.?\d{0,2}|alpha\.?\d{0,2}|hotfix\.?\d{0,2}|patch\.?\d{0,2})\b)?)"
    r"(?P<plus>\+)?(?![\w%°]|/(?!\d+\.\d)|\.\d|(?<=-)\.[a-z]|\s?(?:%|ms\b|s\b|secs?\b|seconds?\b|min\b|minutes?\b|hours?\b|h\b|days?\b"
    r"|[KMGT]i?B\b|px\b|dp\b|x\b|times\b|GHz\b|million\b|percent\b|inch))",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:[0-2]\d|3[01])\.(?:0[1-9]|1[0-2])$|\d{1,2}\.\d{1,2}\.(?:19|20)\d\d$|(?:19|20)\d\d\.\d\d?\.\d\d?$"
)
_IP = re.compile(r"(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$")
_PRODUCT_BEFORE = re.compile(
    r"\b(?:sdk|version|versions|release|releases|build|titanium|product|agent|server|client|app|gateway"
    r"|connector|firmware|patch|hotfix|"
    r"v|mobile|core|appliance|engine|module|ga)\b[\s:=\-(,]*(?:is |version |build |release |v\.?)?[\s:=\-(,]*$",
    re.IGNORECASE,
)
_MOVE_BEFORE = re.compile(
    r"\b(?:in|on|with|since|from|to|until|before|after|using|running|fixed|into|and|or|latest|above|below|than"
    r"|and later|affects?|is|are|seit|auf|von|ab|bis|mit|depuis|dans|vers|sous|desde|hasta|upgrade|update|upgraded"
    r"|updated|ships? with)\s+$",
    re.IGNORECASE,
)
_VERSION_WORD = re.compile(r"\b(?:version|sdk|release|build|firmware|hotfix|patch)\b\W*(?:is\b\W*)?$", re.IGNORECASE)
_NAME_BEFORE = re.compile(
    r"(?!(?:Chapter|Section|Step|Table|Figure|Page|Level|Line|Row|About|After|Since|Only)\b)\b[A-Z][a-z]{3,} $"
)
_PRODUCT_AFTER = re.compile(
    r"\s*(?:GA|CI|release|build|branch|and (?:above|later|up|newer)|onwards?|or (?:later|newer))\b", re.IGNORECASE
)
_BETWEEN = re.compile(
    r"[\s,/&|;]*(?:(?:and|or|to|through|und|et|y|auf|vers|GA|the|also|sdk|v|->|=>|\u2192|\u2013)[\s,]*){0,3}$",
    re.IGNORECASE,
)
_BEFORE = 48


def find_versions(text: str) -> list[VersionMention]:
    """Every version number in the text, in order. Dates, addresses, amounts and percentages are none."""
    found: list[VersionMention] = []
    for match in _VERSION.finditer(text):
        number = match["number"]
        if _DATE.match(number) or (_IP.match(number) and not _names_product(text[: match.start()])):
            continue
        of = _subject(text, match, found[-1] if found else None)
        name = number.strip() + (match["plus"] or "")
        found.append(VersionMention(match.start("number"), match.start("number") + len(name), name, of))
    return found


def _names_product(before: str) -> bool:
    """Whether what looks like an address is called a version."""
    return bool(_VERSION_WORD.search(before[-_BEFORE:]))


def _subject(text: str, match: re.Match[str], previous: VersionMention | None) -> Subject:
    line_start = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _BEFORE)
    before = text[line_start : match.start()]
    if PLATFORM_BEFORE.search(before):
        return Subject.PLATFORM
    if TOOL_BEFORE.search(before):
        return Subject.TOOL
    if (
        _PRODUCT_BEFORE.search(before)
        or _PRODUCT_AFTER.match(text, match.end())
        or re.search(r"GA|v\d{8}", match["number"])
    ):
        return Subject.PRODUCT
    if previous is not None and previous.end >= line_start and _BETWEEN.fullmatch(text[previous.end : match.start()]):
        return previous.of
    named = _NAME_BEFORE.search(before) is not None
    if match["number"].count(".") > 1 or _MOVE_BEFORE.search(before) or named:
        return Subject.PRODUCT
    return Subject.UNKNOWN


def plain_version(version: str) -> str:
    """A version without the decoration by which two spellings of it differ: leading words, a trailing GA."""
    bare = re.sub(r"^(?:release|version|sdk|build|v)[\s.]*(?=\d)", "", version.strip().lower())
    return re.sub(r"[. ]?ga\d*$", "", bare)
