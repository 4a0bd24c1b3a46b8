"""Finds what opens a door: keys, tokens, passwords, cookies, logins in addresses. Used by redact.

Each family of patterns is tried only on texts with a word that all its matches have: most texts have none.
"""

import re
from collections.abc import Callable, Iterator

from pipelines.capture import redaction_patterns as patterns

Secret = tuple[int, int, str, str]
"""Start, end, kind of mark, value."""

_WHOLE = (patterns.PRIVATE_KEY, patterns.WEBHOOK_URL, patterns.VENDOR_KEYS)
_PASS = ("pass", "pwd", "pw", "kennwort", "contrase", "senha", "clave", "mot de")


def _always(value: str) -> bool:  # noqa: ARG001 - stands where a check of the value could
    return True


def _is_option(value: str) -> bool:
    return patterns.is_secret_value("password", value, quoted=False, prose=False)


_Family = tuple[tuple[str, ...], re.Pattern[str], Callable[[str], bool]]
_FAMILIES: tuple[_Family, ...] = (
    (("accountkey", "sharedaccess"), patterns.CLOUD_CONNECTION, _always),
    (("sess", "sid", "csrf"), patterns.COOKIE, _always),
    (("authorization", "bearer", "basic"), patterns.AUTHORIZATION, patterns.is_credential),
    (("-u", "user"), patterns.CURL_LOGIN, _always),
    (("cookie",), patterns.COOKIE_HEADER, _always),
    (_PASS, patterns.NAMED_PAIR, patterns.is_given_password),
    (_PASS, patterns.TOLD_PASSWORD, patterns.is_told_password),
    (("login", "user", "cred", "account", "zugang", "usuario"), patterns.LOGIN_PAIR, patterns.is_given_password),
    (("pass", "token", "secret", "key"), patterns.COMMAND_OPTION, _is_option),
)
_NAMES = (*_PASS, "psk", "key", "token", "secret", "パスワード", "密码", "credential", "pin", "otp")
"""Each name that `ASSIGNED` looks for has one of these in it."""


def secrets(text: str) -> Iterator[Secret]:
    """Ranges of secrets with their kind; where two overlap, the first is meant."""
    yield from _in_urls(text)
    for pattern in _WHOLE:
        for match in pattern.finditer(text):
            yield _whole(match, "secret")
    folded = text.casefold()
    for words, pattern, is_secret in _FAMILIES:
        if any(word in folded for word in words):
            for match in pattern.finditer(text):
                if is_secret(match.group("value")):
                    yield _whole(match, "secret")
    if any(word in folded for word in _NAMES):
        yield from _assigned(text)


def _in_urls(text: str) -> Iterator[Secret]:
    for match in patterns.URL_LOGIN.finditer(text) if "://" in text else ():
        yield _whole(match, "url-secret")
    for match in patterns.URL_PARAMETER.finditer(text) if "=" in text else ():
        if patterns.is_secret_parameter(match.group("name"), match.group("value")):
            yield _whole(match, "url-secret")


def _whole(match: re.Match[str], kind: str) -> Secret:
    """What a pattern names as secret: its group `value`, or all of it."""
    group = "value" if "value" in match.re.groupindex else 0
    return *match.span(group), kind, match.group(group)


def _assigned(text: str) -> Iterator[Secret]:
    for match in patterns.ASSIGNED.finditer(text):
        group = "quoted" if match.group("quoted") else "value"
        start, end = match.span(group)
        joint = text[match.end("name") : match.start("open") if group == "quoted" else start]
        prose = joint.strip(" \t\n\"'").isalpha()
        if patterns.is_secret_value(match.group("name"), text[start:end], quoted=group == "quoted", prose=prose):
            bare = text[start:end] if group == "quoted" else text[start:end].rstrip(".,;:?)]}")
            yield start, start + len(bare), "secret", bare
