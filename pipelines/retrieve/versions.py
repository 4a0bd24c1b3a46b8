"""Version texts as people write them, made comparable; what cannot be compared says so by being None."""

import re
from dataclasses import dataclass
from functools import lru_cache

from packaging.version import Version

from pipelines.retrieve.words import unique

_NUMBER = re.compile(
    r"(?<![\w.])[vr]?(?P<release>\d{1,9}(?:\.\d{1,9}){0,4})(?P<any>\.[x*])?"
    r"(?:[.\s_-]?(?P<pre>alpha|beta|rc|cr|m|dev|preview|snapshot|[ab](?=\d))[.\s_-]?(?P<number>\d{0,4})(?![a-z]))?"
    r"(?:[.\s_-]?(?:ga|final|release|sp\d{0,3})(?![a-z]))?"
    r"(?:[.\s_-]?v?\d{8,14})?(?P<open>\+)?(?![\w.]*\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])\d{0,6}(?!\d)")
_PRE = {
    "a": "a",
    "alpha": "a",
    "m": "a",
    "preview": "a",
    "b": "b",
    "beta": "b",
    "rc": "rc",
    "cr": "rc",
    "dev": ".dev",
    "snapshot": ".dev",
}

_BETWEEN = re.compile(
    r"\s(?:to|until|till|through|thru|bis|-)\s|\s?[\u2013\u2014\u2026]\s?|\s?\.\.\.?\s?", re.IGNORECASE
)
_TIGHT_HYPHEN = re.compile(r"(?<=\d)-(?=v?\d+(?:\.\d+)+\s*$)")
# "all versions before 5.3": what stands before the direction says nothing.
_LEADING = r"^\s*(?:(?:all|any|every|versions?|releases?|anything)\s+)*"
_FROM = re.compile(
    rf"{_LEADING}(?:since|from|>=|\u2265|starting (?:with|from))\s*"
    r"|\s(?:(?:and|or) (?:later|newer|up|above|higher)|onwards?)\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(rf"{_LEADING}(?:after|later than|newer than|>(?!=))\s*", re.IGNORECASE)
_UP_TO = re.compile(
    rf"{_LEADING}(?:up to(?: and including)?|until|through|<=|\u2264)\s*"
    r"|\s(?:and|or) (?:earlier|older|before|below|lower)\s*$",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"{_LEADING}(?:before|earlier than|older than|prior to|<(?!=))\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*([\[(])([^,;\[\]()]*)[,;]([^,;\[\]()]*)([\])])\s*")
_TWO_SIDED = re.compile(
    r"(?P<low>\s*(?:since|from|after|later than|newer than|>=?|\u2265).*?\d.*?)"
    r"(?:\s*[,;&]+\s*|\s+)(?:(?:and|but|to)\s+)?"
    r"(?P<high>(?:up to|until|before|earlier than|older than|prior to|<=?|\u2264).*)",
    re.IGNORECASE,
)
_BETWEEN_TWO = re.compile(r"\s*between\s(?P<low>.*?\d.*?)\sand\s(?P<high>.*)", re.IGNORECASE)

_NEUTRAL = frozenset(
    "release version versions ver build rev revision ga final sp alpha beta rc cr dev snapshot preview patch hotfix "
    "sdk update and or to until through all any every onward onwards including between since from later newer earlier "
    "older before after up above below the".split()
)
FIRST_CALENDAR_YEAR = 1990
_LAST_CALENDAR_YEAR = 2100


@dataclass(frozen=True, slots=True)
class ReadVersion:
    """One version. `scale` keeps apart what cannot be compared: `number`, `year` (2024.1) and `date` (build dates).

    `product` holds the other words of the text, lower-case (`ios` in `iOS 6.1`), empty where there are none.
    """

    shown: str
    scale: str
    version: Version
    parts: tuple[int, ...]
    product: str = ""

    def comparable(self, other: "ReadVersion") -> bool:
        return self.scale == other.scale

    def covers(self, other: "ReadVersion") -> bool:
        """Whether the other is this version or one within it: 5.2 covers 5.2.1."""
        return self.version == other.version or (
            not self.version.is_prerelease and other.parts[: len(self.parts)] == self.parts
        )


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Versions from `low` to `high`, an end left out is open; `exact` is a single version that was named."""

    shown: str
    low: ReadVersion | None
    high: ReadVersion | None
    low_included: bool = True
    high_included: bool = True

    @property
    def exact(self) -> bool:
        return self.low is not None and self.low is self.high

    def position(self, version: ReadVersion) -> int | None:
        """-1 below the range, 0 within, 1 above; None where the two cannot be compared."""
        for end in (self.low, self.high):
            if end is not None and not end.comparable(version):
                return None
        if self.low is not None and version.version < self.low.version:
            # A coarser version than the range's start ("5" against "5.2 to 5.4") may lie within it.
            return None if version.covers(self.low) else -1
        if self.low is not None and not self.low_included and version.version == self.low.version:
            return -1
        if self.high is None:
            return 0
        if not self.high_included:
            return 0 if version.version < self.high.version else 1
        return 0 if version.version <= self.high.version or self.high.covers(version) else 1


# The asker's version is compared with every candidate's, and the same few releases stand in most records.
@lru_cache(maxsize=8192)
def read_version(text: str) -> ReadVersion | None:
    """A version as written: `Release 3.0.0`, `v2.1`, `2.1.1.GA`, `7.2.0.v20180301`, `R12.2`, `2013-05-23`."""
    shown = " ".join(text[:120].split())
    text = _plain_digits(shown)
    dated = _DATE.fullmatch(_without_words(text))
    if dated:
        year, _, month, day = dated.groups()
        date = (int(year), int(month), int(day))
        return ReadVersion(shown, "date", Version(".".join(map(str, date))), date, _product(text))
    found = _NUMBER.search(text)
    if not found:
        return None
    parts = tuple(int(part) for part in found["release"].split("."))
    pre = _PRE[found["pre"].lower()] + (found["number"] or "0") if found["pre"] else ""
    year_like = FIRST_CALENDAR_YEAR <= parts[0] <= _LAST_CALENDAR_YEAR
    return ReadVersion(shown, "year" if year_like else "number", Version(found["release"] + pre), parts, _product(text))


@lru_cache(maxsize=8192)
def read_range(text: str) -> VersionRange | None:
    """A range as written: `5.0 to 5.2.3`, `>=5.1 <5.3`, `3.0+`, `3.1.x`, `before 5.2`, or one version."""
    text = " ".join(text[:200].split())
    both = _two_sided(text)
    if both:
        return both
    ends = _BETWEEN.split(text, maxsplit=1)
    if len(ends) == 1 and not _DATE.search(text):
        ends = _TIGHT_HYPHEN.split(text, maxsplit=1)
    if len(ends) == 1:
        return _one_ended(text)
    low, high = read_version(ends[0]), read_version(ends[1])
    if low and high:
        ordered = low.comparable(high) and low.version <= high.version
        return VersionRange(text, low, high, high_included=not _BEFORE.search(ends[1])) if ordered else None
    return _one_ended(text) if _UP_TO.search(text) or _BEFORE.search(text) else None


def _two_sided(text: str) -> VersionRange | None:
    """A range of which each end says whether it belongs to it: `>=5.1, <5.3`, `[5.1, 5.3)`, `between 5.1 and 5.3`."""
    bracketed = _BRACKETS.fullmatch(text)
    if bracketed:
        left, first, second, right = bracketed.groups()
        low, high = read_version(first), read_version(second)
        return _between(text, low, high, low_included=left == "[", high_included=right == "]")
    sides = _TWO_SIDED.fullmatch(text) or _BETWEEN_TWO.fullmatch(text)
    if not sides:
        return None
    first, second = sides["low"], sides["high"]
    low, high = read_version(_bare(first)), read_version(_bare(second))
    if not (low and high):
        return None
    return _between(text, low, high, low_included=not _AFTER.search(first), high_included=not _BEFORE.search(second))


def _between(
    text: str, low: ReadVersion | None, high: ReadVersion | None, *, low_included: bool, high_included: bool
) -> VersionRange | None:
    if low and high and not (low.comparable(high) and low.version <= high.version):
        return None
    return VersionRange(text, low, high, low_included, high_included) if low or high else None


def _one_ended(text: str) -> VersionRange | None:
    """A range with an open end, or the single version that is named."""
    one = read_version(_bare(text))
    if one is None:
        return None
    found = _NUMBER.search(_plain_digits(text))
    if _UP_TO.search(text):
        return VersionRange(text, None, one)
    if _BEFORE.search(text):
        return VersionRange(text, None, one, high_included=False)
    if _FROM.search(text) or (found and found["open"]):
        return VersionRange(text, one, None)
    if _AFTER.search(text):
        return VersionRange(text, one, None, low_included=False)
    return VersionRange(text, one, one)


def _bare(text: str) -> str:
    """The version without its direction: a date is one only where it stands alone."""
    for direction in (_FROM, _AFTER, _UP_TO, _BEFORE):
        text = direction.sub("", text)
    return text


def _plain_digits(text: str) -> str:
    """Digits of any script as 0 to 9: a pattern takes them all, but `packaging` takes these alone."""
    return text if text.isascii() else re.sub(r"\d", lambda digit: str(int(digit.group())), text)


def _without_words(text: str) -> str:
    return re.sub(r"(?i)^(?:build|release|version|ci build|nightly)[\s:#]*", "", text)


def _product(text: str) -> str:
    words = unique(re.findall(r"[a-z]{2,}", text.lower()))
    return " ".join(word for word in words if word not in _NEUTRAL)
