"""Deny by default: every route names the permission it needs or says that it is open, and nothing else is served."""

from litestar import Litestar
from litestar.enums import HttpMethod
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute

from pipelines.domain.errors import ConfigurationError, InvalidInput, NotFound, NotSignedIn
from service.usecases.actors import Permission
from service.web.auth import LOCAL, OPEN, PERMISSION, Connection, actor_of, bears_token
from service.web.loopback import is_direct_loopback

_LONGEST_FILE = 255
"""Bytes of one name on the usual file systems; our own files' whole paths are far shorter."""


async def require_permission(connection: Connection, handler: BaseRouteHandler) -> None:
    """The guard of the whole application. Raises NotSignedIn, NotPermitted."""
    if handler.opt.get(OPEN) or connection.scope.get("method") == HttpMethod.OPTIONS:
        return
    actor = actor_of(connection)
    if actor is not None:
        actor.require(handler.opt[PERMISSION])
    elif bears_token(connection):
        raise NotSignedIn("The bearer token is unknown or revoked.")
    elif not (handler.opt.get(LOCAL) and is_direct_loopback(connection)):
        raise NotSignedIn("Sign in, or send a bearer token.")


async def refuse_unstorable(connection: Connection, _: BaseRouteHandler) -> None:
    """NUL in an address: no database keeps or compares one. Raises InvalidInput."""
    if "\x00" in connection.scope["path"] or b"%00" in connection.scope["query_string"]:
        raise InvalidInput("The address holds a NUL character; leave it out.")


async def refuse_long_name(connection: Connection, _: BaseRouteHandler) -> None:
    """A file name that no file system has, which asking for it would fail of. Raises NotFound."""
    if len(connection.scope["path"].encode()) > _LONGEST_FILE:
        raise NotFound("There is nothing at this address.")


def check_routes(app: Litestar) -> None:
    """Raises ConfigurationError for a route that names no permission and is not marked as open."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else (route.route_handler,):
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {HttpMethod.OPTIONS}:
                continue  # Litestar's own, which tells the methods of a path and nothing else
            if not handler.opt.get(OPEN) and not isinstance(handler.opt.get(PERMISSION), Permission):
                raise ConfigurationError(f"The route {route.path} ({handler}) names no permission and is not open.")
