# ruff: noqa: E501 - a pattern of one place stands on one line
"""Finds names of machines: of the customer's own network, not of public sites, packages or files. Used by redact.

A name is taken where its ending belongs to inside networks (`db01.prod.corp`), where it lies in the customer's own
domain, where it has a machine's number under a longer domain (`web03.fra.acme.net`), or where the place says so:
a log line's host column, a prompt, a login, a share, an address, the word `host` before it.
"""

import re
from collections.abc import Collection, Iterator

from pipelines.capture.redaction_patterns import FILE_ENDINGS

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_AFTER_SCHEME = re.compile(
    r"\b(?:https?|s?ftp|ssh|ldaps?|smb|wss?|redis|amqps?|mongodb|postgres(?:ql)?|mysql|sqlserver|oracle|tcp|udp|nfs|rdp|vnc|git)://"
    rf"(?:[^\s/@\"'<>]{{0,200}}@)?(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}})(?=[:/?#\s\"'<>)\],;]|\.\s|\.?$)"
)
_INSIDE = frozenset("corp lan intranet intra localdomain".split())
"""Endings that only the names of an inside network have."""
_INSIDE_TOO = frozenset("local internal private priv home".split())
"""Endings that words of programs have as well: a number, a dash or the place must speak for a machine."""
_TOP = frozenset(
    "com net org io de uk eu fr nl es it ch at be se no dk fi pl pt ie cz us ca mx br ar au nz jp cn in kr sg za tr ru il ae"
    " gov edu mil biz info cloud dev app tech systems services group example test".split()
)
_PUBLIC = frozenset(
    "apache maven sourceforge github githubusercontent gitlab bitbucket google googleapis gstatic youtube apple microsoft windows mozilla"
    " oracle java sun ibm eclipse npmjs nodejs jquery cloudflare amazon amazonaws akamai debian ubuntu redhat fedoraproject centos docker"
    " stackoverflow stackexchange wikipedia wikimedia w3 ietf facebook fbcdn twitter linkedin slack zendesk atlassian jira jenkins python"
    " pypi rubygems android chromium adobe intel nvidia vmware heroku azure azurewebsites office live outlook yahoo gmail".split()
)
"""Second-level names of sites that everybody uses; a host of theirs says nothing of the customer."""

_NUMBERED = re.compile(
    r"(?=[A-Za-z0-9-]{4,}$)(?:[A-Za-z]{2,}[A-Za-z-]*-?\d{1,4}[a-z]?|[A-Za-z0-9]*[A-Za-z]-[A-Za-z0-9-]*\d)$"
)
"""The first label of a machine's full name: letters and a number. Under a site's own name it needs a work's name too."""
_WORKS = re.compile(
    r"(?:web|db|sql|app|srv|server|host|node|mail|mx|smtp|dc|fs|file|print|build|ci|jenkins|vm|esx|k8s|kube|worker|master|prod|stage|staging|dev|qa"
    r"|uat|lab|vpn|fw|gw|router|switch|ldap|ns|nfs|nas|backup|cache|redis|mongo|kafka|elastic|proxy|lb|batch|report|erp|sap|crm|hr)",
    re.IGNORECASE,
)
_TICKET = re.compile(r"[A-Z]{2,10}-\d{3,6}$")
_DEVICE = re.compile(r"i(?:phone|pad|pod)(?:-(?:touch|mini|air|pro)|-?\d\w{0,2})?$", re.IGNORECASE)
_MACHINE = re.compile(
    r"(?=[A-Za-z0-9-]{5,63}$)(?=.*[A-Za-z]{2})(?:[A-Za-z][A-Za-z-]*[A-Za-z-]\d{1,5}[a-z]?|[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*-[A-Za-z0-9]*\d"
    r"[A-Za-z0-9]*|[A-Za-z]+\d+(?:-[A-Za-z0-9]+)+|[A-Za-z]{2,}-[A-Za-z]+\d{1,4}(?:-\w+)*)$"
)
"""A machine's short name where the place speaks for one."""
_NO_MACHINE = re.compile(
    r"(?:x86|i[3-6]86|amd64|arm\w*|aarch64)(?:-\w+)*$|(?:win(?:dows)?\d*|ubuntu|rhel|centos|debian|java|jdk|jre|python|node|php|ruby|http|https|utf|tls"
    r"|ssl|sha|md|ipv|ie|v|oauth|log4j|es|html|css|mp|h|s|ec|sql|office|exchange|iphone|ipad|ipod|galaxy|nexus|android|ios|osx|mac|port"
    r"|error|code|line|version|build|release|step|case|part|page|test|tls1|level|type|id)-?[\d.-]*$",
    re.IGNORECASE,
)
_PORT = re.compile(r":\d{2,5}(?!\d)")
_LEVEL = r"(?!(?i:info|warn(?:ing)?|error|debug|trace|fatal|notice|verbose|severe|critical|emerg|alert|fine|main)\b)"
_COLUMN = re.compile(
    rf"(?m)^(?:<\d{{1,3}}>)?(?:[A-Z][a-z]{{2}}[ ]{{1,2}}\d{{1,2}} \d\d:\d\d:\d\d {_LEVEL}(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}})"
    r" (?:[\w./-]{1,60}(?:\([\w.]{1,40}\))?(?:\[\w{1,10}\]|:[ \n])|[\w./-]{1,30} [\w./-]{1,30}\[\w{1,10}\])"
    rf"|\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]{{0,7}}(?:Z|[+-]\d\d:?\d\d) {_LEVEL}(?P<later>{_LABEL}(?:\.{_LABEL}){{0,7}})"
    r" [\w./-]{1,60}\[\w{1,10}\])"
)
"""The host column of a system log, with the old and the new form of time."""
_PROMPT = re.compile(
    rf"(?m)^[ \t]{{0,8}}(?:[\w.-]{{1,32}}@(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}}):[~/][^\s$#%>]{{0,60}}[$#%>]"
    rf"|\[[\w.-]{{1,32}}@(?P<shell>{_LABEL}(?:\.{_LABEL}){{0,7}}) [^\s\]]{{1,60}}\][$#%>]"
    rf"|(?P<mac>{_LABEL}):[~/][^\s$#%>]{{0,60}} [\w.-]{{1,32}}[$#%])"
)
_LOGIN = re.compile(
    rf"\b(?:ssh|scp|sftp|rsync|plink|putty|ssh-copy-id)\b(?:[ \t]{{1,3}}[^\s@]{{1,80}}){{0,5}}?[ \t]{{1,3}}[\w.\\-]{{1,40}}@(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}})"
)
_SHARE = re.compile(rf"(?<![\w\\:])\\\\(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}})\\(?=[\w$])")
_CALLED = re.compile(
    r"(?i:\b(?:host[ _-]?names?|hosts?|(?:server|machine|computer|node|vm|instance|workstation)[ _-]?names?|machine|computer|node"
    r"|server|workstation|vm|unknownhostexception|unknown host|enotfound|ping|traceroute to|tracert|nslookup|ssh|telnet"
    r"|rdp to|log(?:ged)? into)\b)"
    rf"(?:[ \t]{{1,2}}(?i:is|was|named?|called|ist))?[ \t\"'`:=(]{{1,4}}(?P<host>{_LABEL}(?:\.{_LABEL}){{0,7}})(?![\w$@(\\/-]|\.\w)"
)
_DEFAULT_NAME = re.compile(
    r"(?<![\w.-])(?:(?:DESKTOP|LAPTOP|WIN|MSI|MININT)-(?=[A-Z0-9]*\d|[A-Z]{7})[A-Z0-9]{6,11}|[A-Z][A-Za-z0-9]{2,14}-PC"
    r"|[A-Z]\w{1,20}(?:s-(?:MacBook(?:-(?:Pro|Air))?|iMac|Mac-?(?:mini|Pro)|MBP)(?:-\d{1,2})?(?:\.local)?"
    r"|-(?:MacBook(?:-(?:Pro|Air))?|iMac|Mac-?(?:mini|Pro)|MBP)(?:-\d{1,2})?\.local)"
    r"|ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(?:\.(?:ec2|[a-z]{2}-[a-z]+-\d\.compute)\.internal)?)(?![\w-]|\.\w)"
)
"""Names that systems give a machine by themselves: they hold a person's name, an address or a serial number."""
_DEFAULT_WORDS = ("DESKTOP-", "LAPTOP-", "WIN-", "MSI-", "MININT-", "-PC", "-Mac", "-iMac", "-MBP", "ip-")
_CALLS = (
    "host",
    "server",
    "machine",
    "computer",
    "node",
    "vm",
    "instance",
    "workstation",
    "enotfound",
    "ping ",
    "ping\t",
    "ping:",
    "trace",
    "nslookup",
    "ssh",
    "telnet",
    "rdp",
    "log into",
    "logged into",
)
_NOBODYS = frozenset(
    "localhost unknown iphone ipad ipod host hostname server localhost.localdomain host.docker.internal metadata.google.internal"
    " kubernetes.default.svc.cluster.local example test device android mac macbook".split()
)
_ENDINGS = re.compile(rf"\.(?:{'|'.join(sorted(_INSIDE | _INSIDE_TOO | _TOP))})(?![\w$@(\\-]|\.\w)", re.IGNORECASE)
_LONGEST = 160  # characters of a full name


def login_hosts(text: str) -> Iterator[tuple[int, int, str]]:
    """Machines that somebody logs in to (`ssh admin@db01`): they look like mailboxes, so these are looked for first."""
    if "@" in text:
        for pattern in (_LOGIN, _PROMPT):
            for match in pattern.finditer(text):
                group = "shell" if match.groupdict().get("shell") else "host"
                if match.group(group) and not _is_nobodys(match.group(group)):
                    yield _place(match, group)


def hosts(text: str, domains: Collection[str] = ()) -> Iterator[tuple[int, int, str]]:
    """Ranges of machines' names; `domains` are the customer's own: whole, or the label before the ending."""
    yield from _in_logs(text)
    yield from _in_addresses(text, domains)
    for match in _DEFAULT_NAME.finditer(text) if any(word in text for word in _DEFAULT_WORDS) else ():
        yield _place(match, 0)
    folded = text.casefold()
    for match in _CALLED.finditer(text) if any(word in folded for word in _CALLS) else ():
        name = match.group("host")
        if (_is_machine(name) and not _is_file(name)) or _is_full_name(name, domains, placed=True):
            yield _place(match, "host")
    for match in _ENDINGS.finditer(text):
        start = _start_of_name(text, match.start())
        name = text[start : match.end()]
        if start < match.start() and _is_full_name(name, domains, placed=bool(_PORT.match(text, match.end()))):
            yield start, match.end(), name.casefold()


def _in_logs(text: str) -> Iterator[tuple[int, int, str]]:
    """In the host column of a system log, and before the command of a shell on a Mac."""
    for match in _COLUMN.finditer(text):
        group = "host" if match.group("host") else "later"
        if not _is_nobodys(match.group(group)):
            yield _place(match, group)
    for match in _PROMPT.finditer(text):
        if match.group("mac") and _is_machine(match.group("mac")):
            yield _place(match, "mac")


def _in_addresses(text: str, domains: Collection[str]) -> Iterator[tuple[int, int, str]]:
    """In the names of shares and in addresses with a scheme."""
    for match in _SHARE.finditer(text) if "\\\\" in text else ():
        if _is_machine(match.group("host")) or _is_inside(match.group("host"), placed=True):
            yield _place(match, "host")
    for match in _AFTER_SCHEME.finditer(text) if "://" in text else ():
        name = match.group("host")
        if _is_machine(name) or _is_full_name(name, domains, placed=True):
            yield _place(match, "host")


def _start_of_name(text: str, end: int) -> int:
    """Where the dotted name begins that goes on at `end`; `end` itself where it belongs to a path, mailbox or variable."""
    start = end
    while start > max(0, end - _LONGEST) and (
        text[start - 1] in ".-" or (text[start - 1].isalnum() and text[start - 1].isascii())
    ):
        start -= 1
    while start < end and text[start] in ".-":
        start += 1
    before = text[start - 1 : start]
    return end if before.isalnum() or before in tuple("@$/\\_.") else start


def _place(match: re.Match[str], group: int | str) -> tuple[int, int, str]:
    return *match.span(group), match.group(group).casefold()


def _is_nobodys(name: str) -> bool:
    return name.casefold() in _NOBODYS or name.replace(".", "").isdigit() or bool(_DEVICE.match(name))


def _is_machine(name: str) -> bool:
    """Whether a short name is a machine's, given that it stands where one would."""
    fits = "." not in name and bool(_MACHINE.match(name))
    return fits and not (_NO_MACHINE.match(name) or _TICKET.match(name) or _is_nobodys(name))


def is_telling(name: str) -> bool:
    """Whether a name is a machine's wherever it stands: it has a number, a dash or a domain, and is no plain word."""
    return "." in name or _is_machine(name)


def _is_file(name: str) -> bool:
    return name.rpartition(".")[2].lower() in FILE_ENDINGS


def _is_full_name(name: str, domains: Collection[str], *, placed: bool) -> bool:
    """Whether a dotted name is a machine's. `placed`: it stands in an address, before a port or after `host`."""
    labels = name.casefold().split(".")
    if len(labels) < 2 or _is_nobodys(name) or labels[0] in ("com", "org", "net", "io"):  # noqa: PLR2004
        return False
    if _is_inside(name, placed=placed):
        return True
    if labels[-1] not in _TOP or (labels[-1] in FILE_ENDINGS and not placed):
        return False
    site = labels[-3] if len(labels) > 2 and labels[-2] in ("co", "com", "org", "ac", "net") else labels[-2]  # noqa: PLR2004
    if site in domains or ".".join(labels[-2:]) in domains or ".".join(labels[-3:]) in domains:
        return True
    if len(labels) < 3 or site in _PUBLIC or not _NUMBERED.match(labels[0]):  # noqa: PLR2004
        return False
    return len(labels) > 3 or bool(_WORKS.match(labels[0]))  # noqa: PLR2004


def _is_inside(name: str, *, placed: bool) -> bool:
    """Whether a name ends as those of inside networks do; in code such endings are words too."""
    labels = name.split(".")
    if len(labels) < 2 or _is_nobodys(name):  # noqa: PLR2004
        return False
    end = labels[-1].casefold()
    if end in _INSIDE:
        return name in (name.lower(), name.upper())
    if end not in _INSIDE_TOO or name not in (name.lower(), name.upper()):
        return False
    return placed or any(re.search(r"[a-z]-?\d|-", label, re.IGNORECASE) for label in labels[:-1])
