"""Confirmed resolutions over the API."""

from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from pipelines.domain.drafts import FixKind
from pipelines.domain.resolutions import Audience, Confidence
from service.usecases.actors import Permission
from service.usecases.merge import merge_resolutions
from service.usecases.resolution_changes import read_changes
from service.usecases.resolutions import change_resolution, list_resolutions, read_resolution
from service.usecases.services import Services
from service.usecases.track_record import read_track_record
from service.usecases.views import ResolutionView
from service.web.api.schemas import ListAnswer
from service.web.api.schemas_held import HeldAnswer, MergeBody, VersionChangesAnswer
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
    audience: FromQuery[Audience | None] = None,
    fix_kind: FromQuery[FixKind | None] = None,
    needs_review: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> ListAnswer[ResolutionLineAnswer]:
    """Resolutions, newest first; with `text` those that hold any of its words, the best match first."""
    page = list_resolutions(
        services.db,
        text,
        product_area,
        confidence.value if confidence else None,
        cursor,
        limit,
        audience=audience.value if audience else None,
        fix_kind=fix_kind.value if fix_kind else None,
        needs_review=needs_review,
    )
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


@post("/resolutions/{resolution_id:str}/merge", opt=_CHANGE, status_code=200, sync_to_thread=True)
def post_merge(
    request: WebRequest, services: NamedDependency[Services], resolution_id: FromPath[str], data: JSONBody[MergeBody]
) -> Response[ResolutionAnswer]:
    """Archive it in favour of another, which takes over its tickets and wordings; answers with that one."""
    kept = merge_resolutions(services.db, resolution_id, data.into, request.user, data.why)
    services.wake()
    return _answer(read_resolution(services.db, kept))


@get("/resolutions/{resolution_id:str}/track-record", opt=_READ, sync_to_thread=True)
def get_track_record(services: NamedDependency[Services], resolution_id: FromPath[str]) -> HeldAnswer:
    """How it held: counts, the share that holds, survival over time with its uncertainty, what waits for review."""
    return HeldAnswer.of(read_track_record(services.db, resolution_id))


@get("/resolutions/{resolution_id:str}/changes", opt=_READ, sync_to_thread=True)
def get_changes(services: NamedDependency[Services], resolution_id: FromPath[str]) -> ListAnswer[VersionChangesAnswer]:
    """Every version with what it changed, word by word, newest first."""
    found = read_changes(services.db, resolution_id)
    return ListAnswer[VersionChangesAnswer](items=tuple(VersionChangesAnswer.of(one) for one in found))


def _answer(view: ResolutionView) -> Response[ResolutionAnswer]:
    return Response(ResolutionAnswer.of(view), headers={"ETag": etag(view.resolution.version)})


router = Router(
    "/",
    route_handlers=[get_resolutions, get_resolution, patch_resolution, post_merge, get_track_record, get_changes],
    tags=["Resolutions"],
)
