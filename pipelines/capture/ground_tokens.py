"""The words of a claim of which every character counts: codes, file names, versions, numbers. Used by ground."""

import re
from collections.abc import Sequence

TOKENS = re.compile(
    r"""(?P<code>\b0x[0-9A-Fa-f]{2,16}\b | \b[A-Z][A-Z0-9]{0,11}[_-]?\d{2,8}\b)
      | (?P<file>\b[\w-]{1,80}(?:\.[\w-]{1,40}){0,6}\.(?:
            js|ts|py|java|class|jar|war|xml|json|ya?ml|html?|css|png|jpe?g|gif|pdf|csv|txt|log
            |conf|cfg|ini|plist|properties|exe|dll|so|dylib|sh|bat|ps1|sql|db|zip|t?gz|apk|ipa|cs|cpp|c|h|m|rb|go|rs|php|toml|lock|pem|crt)\b)
      | (?P<version>(?<![\w.])v?\d+(?:\.\d+)+(?:[.\-_]?(?:GA|RC|beta|alpha|M|SP|v|b|u)\.?\d*)?(?!\w))
      | (?P<number>(?<![\w.,])\d(?:[\d,]*\d)(?![\d]))""",
    re.VERBOSE,
)
_VERSION_PREFIX = re.compile(r"^(?:release|version|ver\.?|v)[\s.]*(?=\d)", re.IGNORECASE)
_VERSION_SUFFIX = re.compile(r"[.\s_-]+(?:GA|final|release)$", re.IGNORECASE)


def plain_version(text: str) -> str:
    """A version without words such as `release` and `GA` around it."""
    return _VERSION_SUFFIX.sub("", _VERSION_PREFIX.sub("", text))


def forms(token: str) -> Sequence[str]:
    """The ways in which a thread may write a token."""
    return tuple(dict.fromkeys((token, plain_version(token), token.replace(",", ""))))
