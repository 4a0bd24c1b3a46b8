"""The outermost layer: each request gets an id, its headers, a line in the log and a place in the metrics."""

import logging
import re
import time
from typing import Any
from uuid import uuid4

import structlog
from litestar import Litestar
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import HTTPScope, Message, Scope, Send

from service.web.auth import actor_of_scope, new_session_cookie
from service.web.metrics import RequestMetrics
from service.web.security_headers import set_security_headers

log = structlog.get_logger()

UNMATCHED = "unmatched"
_REQUEST_ID = re.compile(rb"[\w.-]{8,64}")
_LONGEST_PATH = 200
_QUIET = ("/health/", "/metrics", "/static/")
"""Asked for many times a minute, or with every page: logged at level debug."""


class Application(Litestar):
    """Litestar with what has to hold for every answer, also those that no route gives."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != ScopeType.HTTP:
            await super().__call__(scope, receive, send)
            return
        request_id = _request_id(scope)
        answer = _Answer(scope, send, request_id)
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await super().__call__(scope, receive, answer.send)
            finally:
                self._observe(scope, answer.status, time.perf_counter() - started)

    def _observe(self, scope: HTTPScope, status: int, seconds: float) -> None:
        route = scope.get("path_template") or UNMATCHED
        metrics: RequestMetrics = self.state.metrics
        metrics.observe(scope["method"], route, status, seconds)
        actor = actor_of_scope(scope)
        log.log(
            logging.DEBUG if route.startswith(_QUIET) else logging.INFO,
            "http.request",
            method=scope["method"],
            route=route,
            path=scope["path"][:_LONGEST_PATH],  # without its query, which may hold what a customer wrote
            status=status,
            milliseconds=round(seconds * 1000, 1),
            role=actor.role.value if actor else None,
            user=actor.id if actor else None,
        )


class _Answer:
    """Sends a response on, completing its headers. `status` is 500 until one has started."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope, self._send, self._request_id = scope, send, request_id
        self.status = 500

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableScopeHeaders.from_message(message)
            set_security_headers(headers, self._scope["path"], self._scope["query_string"], self.status)
            headers["X-Request-ID"] = self._request_id
            cookie = new_session_cookie(self._scope)
            if cookie is not None:
                headers.add("Set-Cookie", cookie.to_header(header=""))
        await self._send(message)


def _request_id(scope: Scope) -> str:
    """The caller's own id, where it is one that a log can take; else a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode("ascii") if given.isascii() and _REQUEST_ID.fullmatch(given) else uuid4().hex
