# ruff: noqa: E501 - a list of endings stands on few lines
"""Finds mail addresses that are spelled out so that no program should see them: `jane (at) firm dot com`. Used by redact.

In brackets `at` is unmistakable. As a bare word it is one of the commonest there is: then the ending has to be a
domain's and its dot spelled out too.
"""

import re
from collections.abc import Iterator

_AT = (
    r"(?P<at>\s{0,2}(?:\[\s?|\(\s?|\{\s?|<\s?)(?:at|@|ät|a)(?:\s?\]|\s?\)|\s?\}|\s?>)\s{0,2}|\s-at-\s?|\s(?:at|AT|@)\s)"
)
_DOT = r"(?:\s{0,2}(?:\[\s?|\(\s?|\{\s?|<\s?)(?:dot|\.|punkt|point|punto)(?:\s?\]|\s?\)|\s?\}|\s?>)\s{0,2}|\s(?:dot|DOT|punkt|-dot-|\.)\s)"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?"
_LOCAL = r"(?<![\w.+-])(?P<local>[A-Za-z0-9](?:[\w+-]|\.(?=\w)){1,40})"
_SPELLED = re.compile(
    rf"{_LOCAL}{_AT}(?P<site>{_LABEL}(?:(?:{_DOT}|\.){_LABEL}){{0,3}}?(?P<dot>{_DOT}|\.)(?P<top>[A-Za-z]{{2,12}}))(?![\w-])"
)
_DOTS = re.compile(_DOT)
_TOPS = frozenset(
    "com net org io dev app edu gov info biz example de uk eu fr nl es it ch se no dk fi pl pt ie cz us ca mx br au nz jp cn"
    " kr sg za tr ru il ae be hu ro gr ua ar cl co local cloud tech".split()
)
_MARKED = (
    "at)",
    "at]",
    "at}",
    "at>",
    "@)",
    "@]",
    "@}",
    "@>",
    "(a)",
    "ät",
    " at ",
    " AT ",
    " @ ",
    "-at-",
    "(at ",
    "[at ",
)
_SHORTEST_SITE = 2


def spelled_mail(text: str) -> Iterator[tuple[int, int, str]]:
    """Ranges of spelled-out addresses, each with the address as it would be written plainly."""
    if not any(mark in text for mark in _MARKED):
        return
    for match in _SPELLED.finditer(text):
        if _is_address(match):
            site = _DOTS.sub(".", match.group("site"))
            yield *match.span(), f"{match.group('local')}@{site}".casefold()


def _is_address(match: re.Match[str]) -> bool:
    if match.group("top").casefold() not in _TOPS:
        return False
    site = match.group("site")
    if match.group("at").strip()[0] in "[({<" and "(a)" not in match.group("at"):
        return True
    spelled = match.group("dot") != "."
    return spelled and len(re.split(r"\W", site)[0]) >= _SHORTEST_SITE and any(c.isalpha() for c in site.split()[0])
