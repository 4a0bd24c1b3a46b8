"""What every page shares: who is asking, the top bar, one message carried over a redirect, and rendering."""

from typing import Any, TypeAlias

from litestar import Response
from litestar.enums import MediaType
from litestar.response import Redirect, Template

from service.usecases.actors import Permission, UserRole
from service.usecases.queue import count_awaiting
from service.web.auth import WebRequest, services_of, session_of
from service.web.pages import flash

PageResponse: TypeAlias = Response[Any]

NAVIGATION = (
    ("/", "Triage", Permission.ASK_SUGGESTIONS),
    ("/queue", "Queue", Permission.READ_DRAFTS),
    ("/resolutions", "Resolutions", Permission.READ_RESOLUTIONS),
    ("/gaps", "Gaps", Permission.READ_GAPS),
    ("/articles", "Articles", Permission.READ_ARTICLES),
    ("/capture", "Capture", Permission.READ_CAPTURE_FIGURES),
)
ROLES = tuple(role for role in UserRole if role is not UserRole.INTEGRATION)
_SECTIONS = {"/confirm": "/queue", "/tickets": "/", "/suggestions": "/", "/contradictions": "/resolutions"}


def page(request: WebRequest, template: str, context: dict[str, Any], status: int = 200) -> PageResponse:
    """A whole page with its top bar. Shows the message that a redirect left, once."""
    message = flash.read(request.cookies.get(flash.COOKIE))
    response = Template(
        template_name=template,
        context={**context, **_bar(request), "flash": message},
        status_code=status,
        media_type=MediaType.HTML,
    )
    if message is not None:
        response.delete_cookie(flash.COOKIE)
    return response


def fragment(request: WebRequest, template: str, context: dict[str, Any]) -> PageResponse:
    """A part of a page for a script to put in its place."""
    context = {**context, "actor": request.user, "csrf": csrf_of(request)}
    return Template(template_name=template, context=context, media_type=MediaType.HTML)


def see_other(request: WebRequest, path: str, message: str, *values: str) -> PageResponse:
    """Post, redirect, get: a GET of `path`, which shows the message of that name with its values."""
    response = Redirect(path, status_code=303)
    response.set_cookie(flash.cookie(message, *values, secure=services_of(request).settings.secure_cookies))
    return response


def csrf_of(request: WebRequest) -> str:
    """The token that a form of this session has to send back as `_csrf`."""
    session = session_of(request)
    return session.csrf if session else ""


def _bar(request: WebRequest) -> dict[str, Any]:
    actor = request.user
    path = request.url.path
    first = "/" + path.split("/")[1]
    section = _SECTIONS.get(first, first)
    awaiting = count_awaiting(services_of(request).db) if actor.may(Permission.READ_DRAFTS) else 0
    return {
        "actor": actor,
        "csrf": csrf_of(request),
        "demo": bool(getattr(request.app.state, "demo", False)),
        "roles": ROLES,
        "awaiting": awaiting,
        "navigation": [
            {"href": href, "label": label, "current": href == section, "count": awaiting if href == "/queue" else 0}
            for href, label, permission in NAVIGATION
            if actor.may(permission)
        ],
    }
