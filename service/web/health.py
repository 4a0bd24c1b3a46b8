"""Whether the process lives, and whether it can do its work. Open to all, so without any details."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from service.usecases.inspect import readiness
from service.usecases.services import Services
from service.web.auth import ANONYMOUS, OPEN

_OPEN = {OPEN: True, ANONYMOUS: True}


@get("/health/live", opt=_OPEN, sync_to_thread=False)
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt=_OPEN, sync_to_thread=True)
def ready(services: NamedDependency[Services]) -> Response[dict[str, Any]]:
    """Every component answers; else 503 with which of them do."""
    components = dict(readiness(services))
    if all(components.values()):
        return Response({"status": "ok"})
    return Response({"status": "unavailable", "components": components}, status_code=503)
