"""Who a request comes from: a bearer token or a browser session, looked up in a thread, never on the event loop."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, State
from litestar.middleware import AbstractAuthenticationMiddleware, AuthenticationResult
from litestar.types import ASGIApp, Scope

from service.settings import Settings
from service.usecases import access
from service.usecases.actors import Actor
from service.usecases.services import Services
from service.usecases.views import SignedIn
from service.web.loopback import is_direct_loopback

SESSION_COOKIE = "precedent_session"
BEARER = "bearer "

Connection: TypeAlias = ASGIConnection[Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A browser session as the web needs it. `csrf` is what its forms must send back as `_csrf`."""

    token: str
    csrf: str


WebRequest: TypeAlias = Request[Actor, Session | None, State]
"""A request to a route that names a permission: somebody is signed in."""

PERMISSION, OPEN, LOCAL, ANONYMOUS = "permission", "open", "local", "anonymous"
"""Keys of a route's `opt`: what it needs, or that everybody may; LOCAL lets this machine in without a token as well,
ANONYMOUS spares routes that never ask who it is the look-up."""

_NEW_SESSION = "new_session"
PROGRAM_PATHS = ("/api/", "/health/", "/metrics", "/schema", "/static/")


def services_of(connection: Connection) -> Services:
    services: Services = connection.app.state.services
    return services


def session_of(connection: Connection) -> Session | None:
    """The browser session that carries the request; None for programs and for those not signed in."""
    found = connection.scope.get("auth")
    return found if isinstance(found, Session) else None


def actor_of(connection: Connection) -> Actor | None:
    """Who is asking; None where nobody is signed in."""
    return actor_of_scope(connection.scope)


def actor_of_scope(scope: Scope) -> Actor | None:
    found = scope.get("user")
    return found if isinstance(found, Actor) else None


def is_for_programs(path: str) -> bool:
    """Whether the address is one of the API and its like, where a page or a redirect would be no answer."""
    return path.startswith(PROGRAM_PATHS)


def bears_token(connection: Connection) -> bool:
    """Whether the caller identifies itself by a token, right or wrong. Browsers never do so on their own."""
    return connection.headers.get("authorization", "")[: len(BEARER)].lower() == BEARER


def session_cookie(signed: SignedIn, settings: Settings) -> Cookie:
    return Cookie(
        key=SESSION_COOKIE,
        value=signed.token,
        max_age=settings.session_hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )


def expired_cookie(settings: Settings) -> Cookie:
    """What makes the browser forget its session."""
    return Cookie(
        key=SESSION_COOKIE, value="", max_age=0, path="/", httponly=True, samesite="lax", secure=settings.secure_cookies
    )


def new_session_cookie(scope: Scope) -> Cookie | None:
    """The cookie of a session that was opened by itself during this request; the response has to carry it."""
    cookie: Cookie | None = scope.get("state", {}).get(_NEW_SESSION)
    return cookie


class Authentication(AbstractAuthenticationMiddleware):
    """Finds out who is asking. Refuses nobody: that is the guards' part.

    A request with a bearer token is judged by it alone, so that a session can never stand in for a bad token.
    """

    def __init__(self, app: ASGIApp, *, demo: bool) -> None:
        super().__init__(app, exclude_from_auth_key=ANONYMOUS)
        self._demo = demo

    async def authenticate_request(self, connection: Connection) -> AuthenticationResult:
        db = services_of(connection).db
        if bears_token(connection):
            token = connection.headers["authorization"][len(BEARER) :].strip()
            return AuthenticationResult(user=await sync_to_thread(access.token_actor, db, token), auth=None)
        token = connection.cookies.get(SESSION_COOKIE, "")
        found = await sync_to_thread(access.session_actor, db, token) if token else None
        if found is None and self._demo and _opens_page(connection) and is_direct_loopback(connection):
            token, found = await self._sign_in_visitor(connection)
        if found is None:
            return AuthenticationResult(user=None, auth=None)
        actor, csrf = found
        return AuthenticationResult(user=actor, auth=Session(token=token, csrf=csrf))

    async def _sign_in_visitor(self, connection: Connection) -> tuple[str, tuple[Actor, str] | None]:
        services = services_of(connection)
        signed = await sync_to_thread(access.demo_session, services.db, services.settings.session_hours)
        connection.scope["state"][_NEW_SESSION] = session_cookie(signed, services.settings)
        return signed.token, await sync_to_thread(access.session_actor, services.db, signed.token)


def _opens_page(connection: Connection) -> bool:
    """Whether a browser opens a page that needs somebody signed in. Calls of programs never sign themselves in."""
    scope = connection.scope
    return (
        scope.get("method") == "GET" and not is_for_programs(scope["path"]) and not scope["route_handler"].opt.get(OPEN)
    )
