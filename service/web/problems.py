"""Errors as problem details (RFC 9457), from one table of codes. Pages get the same as a page."""

import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.params import ParameterKwarg
from litestar.response import Redirect, Template
from litestar.types import ExceptionHandlersMap
from litestar.typing import FieldDefinition

from pipelines.domain.errors import ConfigurationError, NotSignedIn, PrecedentError
from service.web.auth import is_for_programs
from service.web.tracebacks import safe_traceback

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    status: int
    title: str


PROBLEMS: Mapping[str, ProblemType] = {
    "invalid_input": ProblemType(400, "The request cannot be taken as it is"),
    "invalid_ticket": ProblemType(400, "The ticket is not of the ticket-file form"),
    "not_signed_in": ProblemType(401, "Nobody is signed in"),
    "webhook_refused": ProblemType(401, "The webhook's signature does not hold"),
    "too_many_attempts": ProblemType(429, "Too many attempts"),
    "not_permitted": ProblemType(403, "Your role does not allow this"),
    "webhook_not_configured": ProblemType(403, "This webhook is not configured"),
    "cross_site": ProblemType(403, "The request comes from another site"),
    "not_found": ProblemType(404, "There is no such thing"),
    "method_not_allowed": ProblemType(405, "This address does not take that method"),
    "conflict": ProblemType(409, "Its state does not allow this"),
    "other_window": ProblemType(409, "Another window saved something else meanwhile"),
    "illegal_move": ProblemType(409, "It cannot go from this state to that"),
    "lost_lease": ProblemType(409, "Another worker has the job"),
    "stale_version": ProblemType(412, "It was changed meanwhile"),
    "too_large": ProblemType(413, "The request is too large"),
    "unsupported_media_type": ProblemType(415, "The body is of a kind that is not read here"),
    "unsettled_fields": ProblemType(422, "Fields are not settled yet"),
    "not_enough_to_write": ProblemType(422, "There is not enough to write it"),
    "not_publishable": ProblemType(422, "The article cannot be published as it is"),
    "precondition_missing": ProblemType(428, "The version it was made on is missing"),
    "too_many_requests": ProblemType(429, "Too many requests"),
    "error": ProblemType(500, "Something went wrong here"),
    "configuration": ProblemType(500, "The installation is not configured rightly"),
    "newer_database": ProblemType(500, "The database is of a newer version of the program"),
    "unreachable_database": ProblemType(503, "The database cannot be reached"),
    "unusable_backup": ProblemType(500, "The backup cannot be used"),
    "model_mismatch": ProblemType(500, "The index was made with another embedding model"),
    "index_locked": ProblemType(503, "The index belongs to another process"),
    "unavailable": ProblemType(503, "A part that is needed does not answer"),
    "index_unavailable": ProblemType(503, "The index does not answer"),
    "summariser_failed": ProblemType(503, "The summariser gave no usable answer"),
}

_OF_STATUS: Mapping[int, tuple[str, str]] = {
    400: ("invalid_input", "The request could not be read; is it complete, and its body valid JSON?"),
    401: ("not_signed_in", "Sign in, or send a bearer token."),
    403: ("not_permitted", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method; the header Allow lists those it takes."),
    413: ("too_large", "The body is larger than this address takes."),
    415: ("unsupported_media_type", "The body is of a kind that is not read here."),
    429: ("too_many_requests", "Wait before you try again."),
    503: ("unavailable", "Try again later."),
}
"""What is said for errors that Litestar raises: its own texts quote addresses and values."""

_SERVER_ERROR = 500
_LONGEST_NAME = 80
_JSON_READER = "litestar.serialization"
_KEY = re.compile(r"[^\w.\[\]-]+")


def problem_of(error: PrecedentError) -> tuple[str, ProblemType]:
    """The code and type of an error; of its nearest ancestor in the table where it is not listed itself."""
    for kind in type(error).__mro__:
        code = str(getattr(kind, "code", ""))
        if code in PROBLEMS:
            return code, PROBLEMS[code]
    return "error", PROBLEMS["error"]


def handle_precedent_error(request: Request[Any, Any, Any], error: PrecedentError) -> Response[Any]:
    code, problem = problem_of(error)
    if problem.status == _SERVER_ERROR or isinstance(error, ConfigurationError):
        return handle_unexpected(request, error, code)  # what is configured how, and where, is for the log
    if isinstance(error, NotSignedIn):
        if wants_page(request):
            return Redirect(f"/sign-in?next={quote(_way_back(request), safe='/')}", status_code=303)
        return _answer(request, code, str(error), error.details(), {"WWW-Authenticate": "Bearer"})
    return _answer(request, code, str(error), error.details())


def handle_http_exception(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Errors that Litestar raises itself."""
    if error.status_code not in _OF_STATUS:
        return handle_unexpected(request, error)
    code, detail = _OF_STATUS[error.status_code]
    fields = _unusable(request, error.extra)
    if fields:
        detail = "; ".join(f"{field['field']}: {field['reason']}" for field in fields)
    return _answer(request, code, detail, {"errors": fields} if fields else {}, error.headers)


def handle_unexpected(request: Request[Any, Any, Any], error: Exception, code: str = "error") -> Response[Any]:
    """Nobody foresaw it: the caller gets a number, the log the place."""
    number = uuid4().hex[:12]
    route = request.scope.get("path_template") or "unmatched"
    log.error("http.failed", error_id=number, method=request.method, route=route, traceback=safe_traceback(error))
    return _answer(request, code, f"It is in the log under {number}.", {"error_id": number})


def handle_nested_too_deeply(request: Request[Any, Any, Any], _error: RecursionError) -> Response[Any]:
    """A body of thousands of brackets, on which the JSON reader gives up in this way."""
    log.warning("http.nested_too_deeply", route=request.scope.get("path_template"))
    return _answer(request, "invalid_input", "The body is nested too deeply.", {})


def handle_not_utf8(request: Request[Any, Any, Any], error: UnicodeDecodeError) -> Response[Any]:
    """A JSON body that is not UTF-8: the JSON reader lets this error through as it is. Any other is our own fault."""
    raised_in = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    if not raised_in or not raised_in[-1].startswith(_JSON_READER):
        return handle_unexpected(request, error)
    return _answer(request, "invalid_input", "The body is not UTF-8.", {})


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    RecursionError: handle_nested_too_deeply,
    UnicodeDecodeError: handle_not_utf8,
    PrecedentError: handle_precedent_error,
    HTTPException: handle_http_exception,
    Exception: handle_unexpected,
}


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether a person in a browser waits for the answer."""
    return not is_for_programs(request.scope["path"]) and "text/html" in request.headers.get("accept", "")


def _answer(
    request: Request[Any, Any, Any],
    code: str,
    detail: str,
    details: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Response[Any]:
    problem = PROBLEMS[code]
    if wants_page(request):
        shown = {"title": problem.title, "status": problem.status, "code": code, "detail": detail}
        return Template("problem.html", context=shown, status_code=problem.status, headers=dict(headers or {}))
    body = {
        "type": f"/problems/{code}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "code": code,
        **details,
    }
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def _way_back(request: Request[Any, Any, Any]) -> str:
    """Where to go after signing in: the page asked for, or the page whose form was sent."""
    if request.method == "GET":
        query = request.scope["query_string"].decode("latin-1")
        return request.scope["path"] + (f"?{query}" if query else "")
    try:
        sender = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return "/"
    return sender.path if sender.netloc == request.headers.get("host") and sender.path else "/"


def _unusable(request: Request[Any, Any, Any], extra: Sequence[Any] | Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Which values Litestar and pydantic could not take, and why, without the values."""
    if not isinstance(extra, Sequence):
        return []
    named = request.route_handler.parsed_fn_signature.parameters
    found = []
    for item in extra:
        if isinstance(item, Mapping) and "message" in item:
            key = str(item.get("key") or "data")
            field, reason = _unusable_value(key, item["message"], named.get(key))
            found.append(
                {"field": _KEY.sub("_", field)[:_LONGEST_NAME], "reason": reason.removeprefix("Value error, ")}
            )
    return found


def _unusable_value(key: str, message: str, parameter: FieldDefinition | None) -> tuple[str, str]:
    """The value's name as the caller knows it, and what is wrong with it."""
    if key == "data":
        return "body", "send one as JSON" if message == "'data'" else message  # so Litestar says that there is none
    definition = parameter.kwarg_definition if parameter else None
    name = definition.name if isinstance(definition, ParameterKwarg) and definition.name else key
    if not message.startswith("Invalid enum value"):  # the one message of msgspec that quotes the value
        return name, message
    kinds = (parameter.annotation, *parameter.args) if parameter else ()
    allowed = [str(each) for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for each in kind]
    return name, f"must be one of {', '.join(allowed)}" if allowed else "not one of the values allowed here"
