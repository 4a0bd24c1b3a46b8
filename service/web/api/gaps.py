"""Gap reports over the API: every role reads them, kb_manager and admin build and change."""

from litestar import Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from pipelines.domain.errors import NotFound
from service.usecases.actors import Permission
from service.usecases.arrange_gaps import merge_gap, split_gap
from service.usecases.change_gaps import change_gap
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.web.api.schemas_gaps import GapChangeBody, GapDetailAnswer, GapMergeBody, GapReportAnswer, GapSplitBody
from service.web.auth import PERMISSION, WebRequest

_READ = {PERMISSION: Permission.READ_GAPS}
_CHANGE = {PERMISSION: Permission.CHANGE_GAPS}


@get("/gap-reports/latest", opt=_READ, sync_to_thread=True)
def get_latest_report(services: NamedDependency[Services]) -> GapReportAnswer:
    """The newest report."""
    report = latest_report(services.db)
    if report is None:
        raise NotFound("No gap report has been built yet; build one with POST /api/v1/gap-reports.")
    return GapReportAnswer.of(report)


@post("/gap-reports", opt=_CHANGE, sync_to_thread=True)
def post_report(services: NamedDependency[Services]) -> GapReportAnswer:
    """Build a report on the demand there is now."""
    return GapReportAnswer.of(build_report(services))


@get("/gaps/{gap_id:str}", opt=_READ, sync_to_thread=True)
def get_gap(services: NamedDependency[Services], gap_id: FromPath[str]) -> GapDetailAnswer:
    """One gap with the tickets behind it."""
    return GapDetailAnswer.of_view(read_gap(services.db, gap_id))


@patch("/gaps/{gap_id:str}", opt=_CHANGE, sync_to_thread=True)
def patch_gap(
    request: WebRequest, services: NamedDependency[Services], gap_id: FromPath[str], data: JSONBody[GapChangeBody]
) -> GapDetailAnswer:
    """Say who works on a gap and where it stands."""
    return GapDetailAnswer.of_view(change_gap(services.db, gap_id, data.change(), request.user))


@post("/gaps/{gap_id:str}/merge", opt=_CHANGE, status_code=200, sync_to_thread=True)
def post_merge(
    request: WebRequest, services: NamedDependency[Services], gap_id: FromPath[str], data: JSONBody[GapMergeBody]
) -> GapDetailAnswer:
    """Make a gap part of another, in this and in every later report; answers with the gap that is left."""
    return GapDetailAnswer.of_view(read_gap(services.db, merge_gap(services, gap_id, data.into, request.user)))


@post("/gaps/{gap_id:str}/split", opt=_CHANGE, sync_to_thread=True)
def post_split(
    request: WebRequest, services: NamedDependency[Services], gap_id: FromPath[str], data: JSONBody[GapSplitBody]
) -> GapDetailAnswer:
    """Give some of a gap's tickets a gap of their own, in this and in every later report."""
    new = split_gap(services, gap_id, data.tickets, data.title, request.user)
    return GapDetailAnswer.of_view(read_gap(services.db, new))


router = Router(
    "/", route_handlers=[get_latest_report, post_report, get_gap, patch_gap, post_merge, post_split], tags=["Gaps"]
)
