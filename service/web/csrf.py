"""Requests that a page of another site makes a signed-in browser send are refused.

Three checks, none of which concerns programs with bearer tokens: SameSite=Lax on the cookie, what the browser says
about where the request comes from, and a token bound to the session that only our own pages know.
"""

import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.handlers import BaseRouteHandler

from pipelines.domain.errors import NotPermitted
from service.web.auth import Connection, bears_token, session_of

HEADER, FIELD = "x-csrf-token", "_csrf"
NO_TOKEN = "form_without_token"  # noqa: S105 - a key of a route's opt
"""Key of the `opt` of forms that are sent before there is a session: their origin alone is checked."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(NotPermitted):
    """A request that changes something and comes from another site, or does not prove that it does not."""

    code = "cross_site"


async def refuse_cross_site(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of the whole application. Raises CrossSite."""
    if connection.scope.get("method") in _SAFE or bears_token(connection):
        return
    _require_same_origin(connection)
    session = session_of(connection)
    if session is None or handler.opt.get(NO_TOKEN):
        return
    sent = connection.headers.get(HEADER) or await _form_field(connection)
    if not hmac.compare_digest(sent.encode("utf-8", "replace"), session.csrf.encode()):
        raise CrossSite("The form is not from this session; reload the page and send it again.")


def _require_same_origin(connection: Connection) -> None:
    """What browsers themselves say, where they say it: Sec-Fetch-Site, and Origin, whose host must be ours."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise CrossSite("The request comes from a page of another site.")
    origin = connection.headers.get("origin")
    if origin is None or (origin == "null" and site == "same-origin"):
        return
    try:
        sender = urlsplit(origin).netloc
    except ValueError:
        sender = ""
    # The scheme is left out: behind a proxy that ends TLS it is not the one that the browser saw.
    if not sender or sender.lower() != connection.headers.get("host", "").lower():
        raise CrossSite("The request comes from a page of another site.")


async def _form_field(connection: Connection) -> str:
    if not isinstance(connection, Request):
        return ""
    form: Any = await connection.form()  # Litestar keeps it, so that the handler can read it again
    value = form.get(FIELD, "")
    return value if isinstance(value, str) else ""
