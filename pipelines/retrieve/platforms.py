"""The platforms that environments name, each under its kind: what two environments can share or differ in."""

import re
from collections.abc import Mapping
from functools import lru_cache

_OURS = r"hosted (?:by (?:us|ourselves)|(?:on|in) our|in[- ]house|internally)"
"""Said of one's own machines: hosted, but by nobody else."""

_NAMES: Mapping[str, Mapping[str, str]] = {
    "operating system": {
        "Windows": r"windows|win(?:32|64|10|11|2k|xp)|microsoft server",
        "macOS": r"mac\s?os(?:\sx)?|os\s?x|macbook",
        "Linux": r"linux|ubuntu|debian|rhel|red ?hat|centos|fedora|suse|sles|alpine",
        "iOS": r"ios|iphone|ipad|ipod",
        "Android": r"android",
        "BlackBerry": r"blackberry|bb10",
    },
    "deployment": {
        "cloud": rf"cloud|saas|(?<!self-)(?<!self )(?!{_OURS})hosted(?! on[- ]?prem)",
        "on-premises": rf"on[- ]?prem(?:ises?)?|self[- ]hosted|{_OURS}",
    },
    "browser": {
        "Chrome": r"chrome|chromium",
        "Firefox": r"firefox",
        "Safari": r"safari",
        "Edge": r"microsoft edge|edge browser|ms edge|edge(?= \d)",
        "Internet Explorer": r"internet explorer|ie ?\d{1,2}",
    },
    "database": {
        "PostgreSQL": r"postgres(?:ql)?",
        "MySQL": r"mysql|mariadb",
        "Oracle": r"oracle",
        "SQL Server": r"sql server|mssql",
    },
    "identity provider": {
        "Entra ID": r"entra(?: ?id)?|azure ?ad",
        "Okta": r"okta",
        "ADFS": r"ad ?fs",
        "Google": r"google workspace|google sign-?in",
        "Keycloak": r"keycloak",
        "Ping": r"ping ?(?:federate|one|identity)",
    },
    "file format": {
        "CSV": r"csv",
        "XLSX": r"xlsx?|excel",
        "PDF": r"pdf",
        "XML": r"xml",
        "JSON": r"json",
    },
}
DECISIVE = ("operating system", "deployment", "browser", "database")
"""The kinds in which a difference makes it doubtful whether a fix applies. The rest helps to tell causes apart."""

KINDS = tuple(_NAMES)
_PATTERNS = {
    kind: {name: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])", re.IGNORECASE) for name, words in names.items()}
    for kind, names in _NAMES.items()
}


# The environments of a few hundred records come up again and again.
@lru_cache(maxsize=4096)
def platforms(text: str) -> Mapping[str, tuple[str, ...]]:
    """The platforms that a text names, by kind; a kind of which it names none is left out."""
    found = {
        kind: tuple(name for name, pattern in patterns.items() if pattern.search(text))
        for kind, patterns in _PATTERNS.items()
    }
    return {kind: names for kind, names in found.items() if names}
