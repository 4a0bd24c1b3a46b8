"""Versions of things as entity tags: a change names the version it was made on."""

import re
from typing import Annotated, TypeAlias

from litestar.params import HeaderParameter

from pipelines.domain.errors import InvalidInput, PreconditionMissing

IfMatch: TypeAlias = Annotated[str | None, HeaderParameter(name="If-Match", description="the ETag it was made on")]
"""The header as a handler's parameter; with None as its default it may be left out."""

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')
_OURS = re.compile(r"[1-9]\d{0,14}")
_NEVER = 0
"""Nothing ever was at this version: what another's tag names."""


def etag(version: int) -> str:
    return f'"{version}"'


def required_version(if_match: str | None) -> int:
    """The version in an If-Match header, 0 for a tag that was never given: it matches nothing.

    Raises PreconditionMissing without a header, InvalidInput where it is no ETag.
    """
    if if_match is None or not if_match.strip():
        raise PreconditionMissing('Name the version you decided on: send its ETag as If-Match, for example "3".')
    return _version(if_match)


def optional_version(if_match: str | None) -> int | None:
    """The version in an If-Match header, None without one. Raises InvalidInput."""
    return None if if_match is None or not if_match.strip() else _version(if_match)


def _version(if_match: str) -> int:
    # Weak tags are taken too: proxies that compress make strong ones weak.
    found = _TAG.fullmatch(if_match.strip())
    if found is None:
        raise InvalidInput('If-Match must be one ETag as it was given, in quotes, for example "3".')
    return int(found[1]) if _OURS.fullmatch(found[1]) else _NEVER
