"""Version texts as people write them, made comparable; what cannot be compared says so by being None."""

import re
from dataclasses import dataclass
from functools import lru_cache

from packaging.version import Version

from pipelines.retrieve.words import unique

_NUMBER = re.compile(
    r"(?<![\w.])[vr]?(?P<release>\d{1,9}(?:\.\d{1,9}){0,4})(?P<any>\.[x*])?"
    r"(?:[.\s_-]?(?P<pre>alpha|beta|rc|cr|m|dev|preview|snapshot)[.\s_-]?(?P<number>\d{0,4})(?![a-z]))?"
    r"(?:[.\s_-]?(?:ga|final|release|sp\d{0,3})(?![a-z]))?"
    r"(?:[.\s_-]?v?\d{8,14})?(?P<open>\+)?(?![\w.]*\d)",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)([-/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])\d{0,6}(?!\d)")
_PRE = {"alpha": "a", "beta": "b", "rc": "rc", "cr": "rc", "m": "a", "preview": "a", "dev": ".dev", "snapshot": ".dev"}

_BETWEEN = re.compile(
    r"\s(?:to|until|till|through|thru|bis|-)\s|\s?[\u2013\u2014\u2026]\s?|\s?\.\.\.?\s?", re.IGNORECASE
)
_TIGHT_HYPHEN = re.compile(r"(?<=\d)-(?=v?\d+(?:\.\d+)+\s*$)")
_FROM = re.compile(
    r"^\s*(?:since|from|>=|\u2265|starting (?:with|from))\s*|\s(?:and|or) (?:later|newer|up|above|higher)\s*$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"^\s*(?:after|later than|newer than|>)\s*", re.IGNORECASE)
_UP_TO = re.compile(
    r"^\s*(?:up to|until|through|<=|\u2264)\s*|\s(?:and|or) (?:earlier|older|before|below|lower)\s*$", re.IGNORECASE
)
_BEFORE = re.compile(r"^\s*(?:before|earlier than|older than|prior to|<)\s*", re.IGNORECASE)

_NEUTRAL = frozenset(
    "release version versions ver build rev revision ga final sp alpha beta rc cr dev snapshot preview patch sdk "
    "update and or to until through all since from later newer earlier older before after up above below the".split()
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
    text = " ".join(text[:120].split())
    dated = _DATE.fullmatch(_without_words(text))
    if dated:
        year, _, month, day = dated.groups()
        date = (int(year), int(month), int(day))
        return ReadVersion(text, "date", Version(".".join(map(str, date))), date, _product(text))
    found = _NUMBER.search(text)
    if not found:
        return None
    parts = tuple(int(part) for part in found["release"].split("."))
    pre = _PRE[found["pre"].lower()] + (found["number"] or "0") if found["pre"] else ""
    year_like = FIRST_CALENDAR_YEAR <= parts[0] <= _LAST_CALENDAR_YEAR
    return ReadVersion(text, "year" if year_like else "number", Version(found["release"] + pre), parts, _product(text))


@lru_cache(maxsize=8192)
def read_range(text: str) -> VersionRange | None:
    """A range as written: `5.0 to 5.2.3`, `3.0+`, `3.1.x`, `before 5.2`, `4.1 and later`, or one version."""
    text = " ".join(text[:200].split())
    ends = _BETWEEN.split(text, maxsplit=1)
    if len(ends) == 1 and not _DATE.search(text):
        ends = _TIGHT_HYPHEN.split(text, maxsplit=1)
    if len(ends) == 1:
        return _one_ended(text)
    low, high = read_version(ends[0]), read_version(ends[1])
    if low and high:
        ordered = low.comparable(high) and low.version <= high.version
        return VersionRange(text, low, high) if ordered else None
    return _one_ended(text) if _UP_TO.search(text) else None


def _one_ended(text: str) -> VersionRange | None:
    """A range with an open end, or the single version that is named."""
    bare = text
    for direction in (_FROM, _AFTER, _UP_TO, _BEFORE):  # a date is one only where it stands alone
        bare = direction.sub("", bare)
    one = read_version(bare)
    if one is None:
        return None
    found = _NUMBER.search(text)
    if _UP_TO.search(text):
        return VersionRange(text, None, one)
    if _BEFORE.search(text):
        return VersionRange(text, None, one, high_included=False)
    if _FROM.search(text) or (found and found["open"]):
        return VersionRange(text, one, None)
    if _AFTER.search(text):
        return VersionRange(text, one, None, low_included=False)
    return VersionRange(text, one, one)


def _without_words(text: str) -> str:
    return re.sub(r"(?i)^(?:build|release|version|ci build|nightly)[\s:#]*", "", text)


def _product(text: str) -> str:
    words = unique(re.findall(r"[a-z]{2,}", text.lower()))
    return " ".join(word for word in words if word not in _NEUTRAL)
