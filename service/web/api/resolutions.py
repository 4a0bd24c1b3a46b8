"""Confirmed resolutions over the API."""

from litestar import Response, Router, get, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from pipelines.domain.resolutions import Confidence
from service.usecases.actors import Permission
from service.usecases.resolutions import change_resolution, list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.views import ResolutionView
from service.web.api.schemas import ListAnswer
from service.web.api.schemas_resolutions import ResolutionAnswer, ResolutionChangeBody, ResolutionLineAnswer
from service.web.auth import PERMISSION, WebRequest
from service.web.etag import IfMatch, etag, optional_version

_READ = {PERMISSION: Permission.READ_RESOLUTIONS}
_CHANGE = {PERMISSION: Permission.CHANGE_RESOLUTIONS}


@get("/resolutions", opt=_READ, sync_to_thread=True)
def get_resolutions(
    services: NamedDependency[Services],
    text: FromQuery[str | None] = None,
    product_area: FromQuery[str | None] = None,
    confidence: FromQuery[Confidence | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> ListAnswer[ResolutionLineAnswer]:
    """Resolutions, newest first; with `text` those that hold any of its words."""
    wanted = confidence.value if confidence else None
    page = list_resolutions(services.db, text, product_area, wanted, cursor, limit)
    return ListAnswer[ResolutionLineAnswer](
        items=tuple(ResolutionLineAnswer.of(line) for line in page.items), next_cursor=page.next_cursor
    )


@get("/resolutions/{resolution_id:str}", opt=_READ, sync_to_thread=True)
def get_resolution(services: NamedDependency[Services], resolution_id: FromPath[str]) -> Response[ResolutionAnswer]:
    """One resolution with evidence, history, state and reuse."""
    return _answer(read_resolution(services.db, resolution_id))


@patch("/resolutions/{resolution_id:str}", opt=_CHANGE, sync_to_thread=True)
def patch_resolution(
    request: WebRequest,
    services: NamedDependency[Services],
    resolution_id: FromPath[str],
    data: JSONBody[ResolutionChangeBody],
    if_match: IfMatch = None,
) -> Response[ResolutionAnswer]:
    """Correct a resolution or move its state. With If-Match only where it is still at that version."""
    version = optional_version(if_match)
    view = change_resolution(services.db, resolution_id, data.change(), request.user, version)
    services.wake()
    return _answer(view)


def _answer(view: ResolutionView) -> Response[ResolutionAnswer]:
    return Response(ResolutionAnswer.of(view), headers={"ETag": etag(view.resolution.version)})


router = Router("/", route_handlers=[get_resolutions, get_resolution, patch_resolution], tags=["Resolutions"])
