"""Headers on every response, errors included: what a browser may do with it, and who may keep it."""

from collections.abc import Iterable

from litestar.datastructures import MutableScopeHeaders

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # Not `no-referrer`: under it browsers send `Origin: null` with our own forms, which then look like foreign ones.
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Frame-Options", "DENY"),
)

_STATIC = "/static/"
_FOR_GOOD = "public, max-age=31536000, immutable"
_FOUND = frozenset({200, 206, 304})


def set_security_headers(headers: MutableScopeHeaders, path: str, query: bytes, status: int) -> None:
    """Set them on a response that is about to start; a handler's own value of these never stands."""
    for name, value in SECURITY_HEADERS:
        headers[name] = value
    headers["Cache-Control"] = cache_control(path, query, status)


def cache_control(path: str, query: bytes, status: int) -> str:
    """Files addressed with the hash of their content may be kept for good; what tickets say is kept nowhere."""
    if not path.startswith(_STATIC) or status not in _FOUND:
        return "no-store"
    return _FOR_GOOD if _names_content(query.split(b"&")) else "no-cache"


def _names_content(parts: Iterable[bytes]) -> bool:
    return any(part.startswith(b"v=") and part != b"v=" for part in parts)
