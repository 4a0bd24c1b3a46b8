"""Finds the network addresses of machines among the versions that look like them. Used by redact.

Four numbers with dots are a version more often than an address in support text. They are taken for an address where
the range leaves no doubt (192.168.*, 172.16.* to 172.31.*, a first number no version has), or where the words, the
port or the place in a log line say so. Loopback, masks and public resolvers are nobody's and stay.
"""

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

_QUAD = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?![\w]|\.\w|[-+][A-Za-z])")
_SIX = re.compile(r"(?<![\w:.])[23fF][0-9a-fA-F]{3}:[0-9a-fA-F:]{2,34}(?![\w:]|\.\w)")
_SIX_OF_FOUR = re.compile(r"(?<![\w:.])[0-9a-fA-F:]{2,30}:(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w:]|\.\w)")
"""An address of the older kind inside one of the newer: `::ffff:192.0.2.1`."""
_STAY = frozenset({"8.8.8.8", "8.8.4.4", "1.1.1.1", "9.9.9.9", "10.0.2.2", "10.0.3.2"})
"""Public resolvers, and how an emulator reaches the machine that it runs on."""

_LOOK_BACK = 48
_JOINT = r"(?:[^\w\n]{1,4}(?i:is|was|at|ip|addr|address|to|on|number|named?|host|server|es|ist|von)){0,3}[^\w\n]{1,6}$"
_SAYS_ADDRESS = re.compile(
    r"(?:(?<![A-Za-z])(?i:ip(?:v4)?|ips|ip[\s_-]?addr(?:ess)?|addr(?:ess)?|remote_?addr|inet|subnet|cidr|gateway|proxy"
    r"|nameserver|dns|x-forwarded-for|x-real-ip|hostname|hosts?|ping(?:ed|ing)?|ssh|telnet|traceroute|tracert|nslookup|nmap|curl|rdp|vnc"
    r"|connect(?:s|ed|ing|ion)?|reach(?:ed|able)?|listen(?:s|ing)?|bind|bound|route|routed|firewall|whitelist(?:ed)?|allowlist(?:ed)?"
    r"|blocked|banned|peer|endpoint|upstream)|(?<=[a-z])(?:Ip|IP|Addr|Address))" + _JOINT
)
_SAYS_FROM = re.compile(
    r"\b(?:connections?|requests?|traffic|packets?|logins?|attempts?|calls?|received|accepted|coming|sent)"
    r"\s(?:\w{1,12}\s){0,2}(?:from|to|by|for)[^\w\n]{1,4}$"
    r"|\b(?:server|client|machine|computer|device|node|box|database|db|host)\s(?:at|ip|on)\s{1,2}$",
    re.IGNORECASE,
)
_SAYS_MACHINE = re.compile(
    r"\b(?:from|server|client|machine|computer|node|box|device|database|db|router|printer|at|to|on|via|src|dst|source|destination)"
    + _JOINT,
    re.IGNORECASE,
)
_SAYS_VERSION = re.compile(
    r"(?:\b(?:versions?|ver|v|release|rel|build|sdk|jdk|jre|api|runtime|driver|firmware|running|runs|os|kernel|patch(?:ed)?|update[ds]?"
    r"|upgrade[ds]?|fixpack|rev(?:ision)?|studio|mobile|android|ios|java|chrome|firefox|edge|safari|opera|explorer|worked|works"
    r"|section|chapter|appendix|installed?|fixed)\b"
    r"(?:[^\w\n]{1,3}(?:is|was|to|from|in|of|with|on|the|number|no|version|build|release)){0,2}[^\w\n]{0,4}|\b[A-Za-z][\w.]{1,30}/)$",
    re.IGNORECASE,
)
_PORT = re.compile(r":[1-9]\d{1,4}(?!\d)")
_NETWORK = re.compile(r"/(?:[89]|[12]\d|3[0-2])(?![\w.])|\s{1,2}(?:port\b|netmask\b|\(?port\s)")
_LOG_LINE = re.compile(r"\s-\s|\s{1,8}\S{1,60}\s-\s\[")
_LARGEST, _LOOPBACK, _GROUP_START = 255, 127, 224
_FREE = 30  # no version starts as high, browsers aside, whose third number is over 255
_HIGH, _MIDDLE = 100, 64  # parts of a version are rarely as high


def addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """Ranges of network addresses, each with its value."""
    if "::" in text:
        for match in _SIX_OF_FOUR.finditer(text):
            if _is_six(match.group()) and not IPv6Address(match.group()).is_loopback:
                yield *match.span(), match.group().casefold()
    for match in _QUAD.finditer(text):
        if _is_address(text, match):
            yield *match.span(), match.group()
    if "::" in text or text.count(":") > 6:  # noqa: PLR2004 - a full address has seven
        for match in _SIX.finditer(text):
            if _is_six(match.group()):
                yield *match.span(), match.group().casefold()


def _is_six(candidate: str) -> bool:
    """A global, unique local or link-local address; not the parts of a name in C++, a MAC or a world wide name."""
    groups = [group for group in candidate.split(":") if group]
    if not any(c.isdigit() for c in candidate) or all(len(group) < 3 for group in groups):  # noqa: PLR2004
        return False  # a time, or the parts of a hardware address
    try:
        address = IPv6Address(candidate)
    except AddressValueError:
        return False
    return address.is_global or address.is_private


def is_version(text: str, start: int) -> bool:
    """Whether the words before a place say that a version stands there."""
    return bool(_SAYS_VERSION.search(text[max(0, start - _LOOK_BACK) : start]))


def _is_address(text: str, match: re.Match[str]) -> bool:
    shown = match.group()
    numbers = [int(part) for part in shown.split(".")]
    if max(numbers) > _LARGEST or any(len(p) > 1 and p[0] == "0" for p in shown.split(".")):
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    if _is_within(before, text[match.end() : match.end() + 1]) or _is_nobodys(numbers, shown):
        return False
    unmistakable = (numbers[0], numbers[1]) == (192, 168) or (numbers[0] == 172 and 16 <= numbers[1] < 32)  # noqa: PLR2004 - RFC 1918
    return unmistakable or _is_told(text, match, before) or _is_unlike_versions(text, match, before, numbers)


def _is_told(text: str, match: re.Match[str], before: str) -> bool:
    """Whether the words around four numbers say that they are an address."""
    if before.endswith(("://", "@")):
        return True
    if not before.endswith("/") and (_SAYS_ADDRESS.search(before) or _SAYS_FROM.search(before)):
        return True
    if _PORT.match(text, match.end()) or _NETWORK.match(text, match.end()):
        return before.endswith("/") or not _SAYS_VERSION.search(before)
    return False


def _is_unlike_versions(text: str, match: re.Match[str], before: str, numbers: list[int]) -> bool:
    """Whether the numbers are such as versions have not, or stand where a log line has its address."""
    if _SAYS_VERSION.search(before):
        return False
    alone = not before or before.endswith("\n")
    return (
        numbers[0] >= _FREE
        or sum(n >= _HIGH for n in numbers[1:]) > 1
        or (alone and bool(_LOG_LINE.match(text, match.end())))
        or (numbers[0] == 10 and max(numbers) >= _MIDDLE and bool(_SAYS_MACHINE.search(before)))  # noqa: PLR2004
        or (bool(re.search(r"(?:^|[\s(])/$", before)) and text.startswith(" (port", match.end()))
    )


def _is_within(before: str, after: str) -> bool:
    """Whether four numbers are a part of something longer: a path, a name, a longer number."""
    last = before[-1:]
    if last.isalnum() or last in ("_", ".", "$", "#") or re.search(r"[\w.][-\\]$", before):
        return True
    if last == "\\":
        return not before.endswith("\\\\")
    return last == "/" and after in ("/", "\\") and not before.endswith("://")


def _is_nobodys(numbers: list[int], shown: str) -> bool:
    """Loopback, link-local, group and mask addresses, whole networks of a product's documentation, known resolvers."""
    first, second = numbers[:2]
    return (
        first in (0, _LOOPBACK)
        or first >= _GROUP_START
        or (first, second) == (169, 254)
        or not any(numbers[1:])
        or shown in _STAY
    )
