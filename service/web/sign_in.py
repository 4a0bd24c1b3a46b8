"""Signing in and out, and looking through another role in the demo: forms that the pages post."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect, Template

from pipelines.domain.errors import InvalidInput, NotSignedIn, TooManyAttempts
from service.usecases import access
from service.usecases.actors import UserRole
from service.usecases.services import Services
from service.web.auth import OPEN, SESSION_COOKIE, expired_cookie, session_cookie, session_of
from service.web.csrf import NO_TOKEN

Form = dict[str, Any]


@post("/sign-in", opt={OPEN: True, NO_TOKEN: True}, sync_to_thread=True, include_in_schema=False)
def sign_in(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: URLEncodedBody[Form]
) -> Response[Any]:
    """Open a session and go to where the visitor came from; the form again where name or password is wrong."""
    settings, back = services.settings, safe_path(_text(data, "next"))
    try:
        signed = access.sign_in(services.db, _text(data, "name"), _text(data, "password"), settings.session_hours)
    except NotSignedIn as error:
        shown = {"next": back, "error": str(error)}
        challenge = {"WWW-Authenticate": "Bearer"}
        return Template("sign_in.html", context=shown, status_code=401, headers=challenge)
    except TooManyAttempts as error:
        return Template("sign_in.html", context={"next": back, "error": str(error)}, status_code=429)
    earlier = request.cookies.get(SESSION_COOKIE)
    if earlier:
        access.sign_out(services.db, earlier)
    response = Redirect(back, status_code=303)
    response.set_cookie(session_cookie(signed, settings))
    return response


@post("/sign-out", opt={OPEN: True}, sync_to_thread=True, include_in_schema=False)
def sign_out(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Redirect:
    """End the session, here and in the browser."""
    session = session_of(request)
    if session is not None:
        access.sign_out(services.db, session.token)
    response = Redirect("/sign-in", status_code=303)
    response.set_cookie(expired_cookie(services.settings))
    return response


@post("/demo/role", opt={OPEN: True}, sync_to_thread=True, include_in_schema=False)
def switch_role(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: URLEncodedBody[Form]
) -> Redirect:
    """Let the visitor of the demo look through another role. Served by the demo alone."""
    session = session_of(request)
    if session is None:
        raise NotSignedIn("There is no session; open the start page first.")
    wanted = _text(data, "role")
    if wanted not in set(UserRole):
        raise InvalidInput(f"role must be one of {', '.join(UserRole)}.")
    access.switch_role(services.db, session.token, UserRole(wanted))
    referer = urlsplit(request.headers.get("referer", ""))
    back = referer.path if referer.netloc == request.headers.get("host") else "/"
    return Redirect(safe_path(back), status_code=303)


def safe_path(path: str) -> str:
    """A path of this site, `/` for anything that a browser could take for another address."""
    # Browsers read `//host`, and backslashes as slashes, as other hosts, and drop tabs and line ends first.
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(c) <= 0x20 for c in path):  # noqa: PLR2004
        return "/"
    return path


def _text(data: Form, name: str) -> str:
    value = data.get(name, "")
    return value if isinstance(value, str) and "\x00" not in value else ""  # no database compares a NUL
