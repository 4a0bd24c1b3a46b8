"""Plain words out of ticket text: markup off, log lines apart from prose, and the tokens that search cares about.

Everything here is linear in the length of the text: no pattern repeats a repeated group, and each run is bounded.
"""

import html
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

READ_LIMIT = 60_000
"""Characters of one text that are looked at. Past that a ticket holds pasted logs, not another description."""

_LINE_LIMIT = 600
_MACRO = re.compile(
    r"\{(?:code|noformat|html|quote|panel|color|excerpt)(?:[:=][^{}\n]{0,80})?\}|\{\*\}|```[a-z]{0,12}", re.IGNORECASE
)
_TAG = re.compile(
    r"</?(?:a|b|p|br|div|span|ul|ol|li|pre|code|em|strong|i|u|h[1-6]|hr|img|table|tbody|thead|tr|td|th|blockquote|font)"
    r"(?:\s[^<>]{0,400})?/?>",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s\]|)>\"']{1,400}")
_WIKI_LINK = re.compile(r"\[([^\[\]|\n]{1,200})\|[^\[\]\n]{1,400}\]")
_HEADING = re.compile(r"^[^\S\n]*(?:h[1-6]\.|#{1,6}[^\S\n]|[*-]{1,4}[^\S\n])[^\S\n]*", re.IGNORECASE | re.MULTILINE)
_SPACE = re.compile(r"[^\S\n]+")

_LOG_START = re.compile(
    r"""^\s*(?:
        [\[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d                      # 2013-05-29 12:53
      | \d\d[-/]\d\d(?:[-/]\d{2,4})?\s\d\d:\d\d                 # 05-29 12:53
      | (?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?,?\s
        (?:[a-z]{3}\s+)?\d{1,2}\s\d\d:\d\d                      # May 29 12:53
      | [\[(]?(?:trace|debug|info|warn|warning|error|fatal|severe)[\])]?\s?[:\]|/-]   # [DEBUG] or INFO:
      | [vdiwef]/[\w.$-]{1,60}\s*\(                             # I/ActivityManager(
      | at\s+[\w.$<>/-]{3,200}\s?\(                             # at com.example.Thing.run(
      | (?:\#|frame\s\#)?\d{1,4}\s+[\w.+-]{2,60}\s+0x[0-9a-f]{4,16}   # 3 CoreFoundation 0x30b1
      | (?:0x)?[0-9a-f]{8,16}[\s:]                              # 7fff5fc01028:
      | \.\.\.\s\d{1,5}\smore
      | [-=*_!\#~]{4,}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE_END = re.compile(r"(?:[;{}]|\);?|=>|/>|\},?|\],?)\s*$")
_TROUBLE = re.compile(
    r"error|exception|fail|fatal|crash|denied|refused|timed?.?out|cannot|could not|unable|caused by", re.IGNORECASE
)


def strip_markup(text: str) -> str:
    """The text without wiki macros, HTML tags, entities and link targets; line breaks stay."""
    text = text[:READ_LIMIT]
    text = _MACRO.sub(" ", text)
    text = _TAG.sub(" ", text)
    text = html.unescape(text) if "&" in text else text
    text = _WIKI_LINK.sub(r"\1", text)
    text = _LINK.sub(" ", text)
    text = _HEADING.sub("", text)
    return _SPACE.sub(" ", text)


class Lines(NamedTuple):
    """A text's lines by what they are, each kind in its order."""

    prose: tuple[str, ...]
    trouble: tuple[str, ...]  # log lines that name an error
    rest: tuple[str, ...]  # other log lines and code


def sort_lines(text: str) -> Lines:
    """Tell prose from pasted logs and code, line by line."""
    prose: list[str] = []
    trouble: list[str] = []
    rest: list[str] = []
    for raw in text.split("\n"):
        line = raw.strip()[:_LINE_LIMIT]
        if not line:
            continue
        if not _is_machine_line(line):
            prose.append(line)
        elif _TROUBLE.search(line):
            trouble.append(line)
        else:
            rest.append(line)
    return Lines(tuple(prose), tuple(trouble), tuple(rest))


def _is_machine_line(line: str) -> bool:
    if _LOG_START.match(line):
        return True
    letters = sum(c.isalpha() or c == " " for c in line)
    if len(line) > 12 and letters < 0.6 * len(line):  # noqa: PLR2004 - most of a sentence is letters
        return True
    return bool(_CODE_END.search(line)) and letters < 0.85 * len(line)


# A token keeps the marks that hold codes, identifiers, files and versions together.
_TOKEN = re.compile(r"[^\W_](?:[\w.:/\\$#+@-]{0,118}[\w+#])?")
_PART = re.compile(r"[\W_]+")
_TRIM = ".:/\\$#@-+_"

_CODE = re.compile(
    r"""^(?:
        0[xX][0-9a-fA-F]{2,16}                  # 0x80070005
      | [A-Z]{2,12}[-_]\d{2,8}                  # SAML-0417, ORA-12154
      | [a-z]{2,12}[-_]\d{3,8}                  # the same, typed in haste
      | [A-Z]{1,6}\d{3,6}[A-Z]?                 # E1021, KB500123
      | E[A-Z]{4,14}                            # ECONNREFUSED
    )$""",
    re.VERBOSE,
)
_STATUS = re.compile(
    r"\b(?:http(?:/\d(?:\.\d)?)?|status(?: code)?|error(?: code)?|code|exit(?: code)?)[ :=#]{1,3}(-?\d{2,10})\b",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"^v?\d{1,5}(?:\.\d{1,8}){1,4}(?:[.-]?(?:v?\d{6,14}|ga|rc\d*|beta\d*|alpha\d*|final|sp\d*|x))?\+?$", re.IGNORECASE
)
_FILE = re.compile(
    r"^[\w./\\:+@-]{0,100}[\w-]\.(?:js|ts|py|rb|java|kt|c|h|m|mm|cpp|cs|go|rs|php|sh|bat|ps1|xml|json|ya?ml|toml|ini|conf|cfg|"
    r"properties|log|txt|csv|pdf|png|jpe?g|gif|svg|html?|css|scss|jar|war|so|dll|dylib|exe|apk|ipa|sql|db|zip|gz|tar|"
    r"plist|gradle|lock|pem|crt|key|env|tss|jss|md)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"^[A-Za-z][a-z0-9]+(?:[A-Z][a-z0-9]*)+$|^[A-Z]{2,}[a-z]+[A-Z]\w*$")
_DOTTED = re.compile(r"^[A-Za-z_$][\w$]*(?:(?:\.|::|#)[A-Za-z_$][\w$]*)+$")
_SNAKE = re.compile(r"^[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+$")

_STOP = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but by
    can cannot could did do does doing done down during each either else even ever every few for from further get gets
    getting got had has have having he her here hers hi hello him his how however i if in into is it its itself just
    like may me might more most must my need no nor not now of off ok on once one only or other our out over own per
    please really same seem seems she should since so some still such than thank thanks that the their them then there
    these they this those through to too try trying under until up us use used using very want was we well were what
    when where whether which while who whom whose why will with within without would yes yet you your dear regards
    hey team support issue problem ticket case customer""".split()
)


class Tokens(NamedTuple):
    """What stands in a text, each list without repeats (compared lower-case) and in order of appearance."""

    words: tuple[str, ...]  # prose words, lower-case, no stop words
    codes: tuple[str, ...]
    identifiers: tuple[str, ...]
    files: tuple[str, ...]
    versions: tuple[str, ...]


def read_tokens(text: str) -> Tokens:
    """Sort the tokens of a text into plain words, error codes, identifiers, file names and versions."""
    found: dict[str, list[str]] = {"word": [], "code": [], "identifier": [], "file": [], "version": []}
    found["code"] += [match.group(1) for match in _STATUS.finditer(text)]
    # Most of a text is repeated words; of a repeat, `unique` would keep the first.
    for token in dict.fromkeys(_TOKEN.findall(text)):
        for kind, part in _read(token):
            found[kind].append(part)
    return Tokens(*(unique(found[kind]) for kind in ("word", "code", "identifier", "file", "version")))


def scan(text: str) -> Iterator[tuple[str, str]]:
    """Every token with its kind, repeats included; an identifier is followed by the words it is made of."""
    for match in _TOKEN.finditer(text):
        yield from _read(match.group())


# Nine in ten tokens have been seen before, and six patterns are tried on a new one.
@lru_cache(maxsize=65_536)
def _read(raw: str) -> tuple[tuple[str, str], ...]:
    token = raw.strip(_TRIM)
    kind = token_kind(token) if token else ""
    named = ((kind, token),) if kind not in {"", "word"} else ()
    parts = _word_parts(token) if kind in {"word", "identifier"} else ()
    return (*named, *(("word", part) for part in parts))


def token_kind(token: str) -> str:
    """`version`, `file`, `code`, `identifier` or `word`."""
    if _VERSION.match(token):
        return "version"
    if _FILE.match(token):
        return "file"
    if _CODE.match(token):
        return "code"
    if _CAMEL.match(token) or _DOTTED.match(token) or _SNAKE.match(token):
        return "identifier"
    return "word"


def _word_parts(token: str) -> list[str]:
    parts = _PART.split(token.lower())
    return [p for p in parts if len(p) > 1 and p not in _STOP and not p.isdigit()]


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """The items in their order, without those that differ from an earlier one only in case."""
    seen: dict[str, str] = {}
    for item in items:
        seen.setdefault(item.casefold(), item)
    return tuple(seen.values())


_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s")
_SHORTEST_STEM = 3


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word without its common English ending, for comparing: `crashes`, `crashed` and `crashing` meet in `crash`."""
    word = word.casefold()
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)] + ("y" if ending in {"ies", "ied"} else "")
            break
    if word.endswith("e") and len(word) > _SHORTEST_STEM:
        word = word[:-1]
    if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "aeious":
        word = word[:-1]
    return word
