"""Gap reports over the API: every role reads them, kb_manager and admin build and change."""

from litestar import Router, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from pipelines.domain.errors import NotFound
from pipelines.gaps.select import Part
from service.usecases.actors import Permission
from service.usecases.arrange_gaps import merge_gap, put_into_gap, split_gap, start_gap
from service.usecases.change_gaps import change_gap
from service.usecases.compare_gaps import changes_since, list_reports, read_report
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.report_gaps import build_report
from service.usecases.services import Services
from service.usecases.single_questions import single_questions
from service.web.api.schemas import ListAnswer
from service.web.api.schemas_gaps import (
    GapArrangedAnswer,
    GapChangeBody,
    GapDetailAnswer,
    GapMergeBody,
    GapReportAnswer,
    GapSplitBody,
    GapStartBody,
    GapTicketsBody,
)
from service.web.api.schemas_gaps_compared import GapChangesAnswer, ReportLineAnswer
from service.web.api.schemas_single_questions import SingleQuestionsAnswer
from service.web.auth import PERMISSION, WebRequest

_READ = {PERMISSION: Permission.READ_GAPS}
_CHANGE = {PERMISSION: Permission.CHANGE_GAPS}
_NO_REPORT = "No gap report has been built yet; build one with POST /api/v1/gap-reports."


@get("/gap-reports/latest", opt=_READ, sync_to_thread=True)
def get_latest_report(services: NamedDependency[Services]) -> GapReportAnswer:
    """The newest report."""
    report = latest_report(services.db)
    if report is None:
        raise NotFound(_NO_REPORT)
    return GapReportAnswer.of(report)


@get("/gap-reports", opt=_READ, sync_to_thread=True)
def get_reports(
    services: NamedDependency[Services], cursor: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> ListAnswer[ReportLineAnswer]:
    """Every report that was built, newest first."""
    page = list_reports(services.db, cursor, limit)
    return ListAnswer(items=tuple(ReportLineAnswer.of(line) for line in page.items), next_cursor=page.next_cursor)


@get("/gap-reports/{report_id:str}", opt=_READ, sync_to_thread=True)
def get_report(services: NamedDependency[Services], report_id: FromPath[str]) -> GapReportAnswer:
    """One report as it was built; title, owner and status of its gaps as they are now."""
    return GapReportAnswer.of(read_report(services.db, report_id))


@get("/gap-reports/{report_id:str}/changes", opt=_READ, sync_to_thread=True)
def get_changes(
    services: NamedDependency[Services], report_id: FromPath[str], since: FromQuery[str | None] = None
) -> GapChangesAnswer:
    """What changed since an earlier report: by default the last one that is at least a week older."""
    return GapChangesAnswer.of(changes_since(services.db, report_id, since))


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
) -> GapArrangedAnswer:
    """Make a gap part of another, in this and in every later report; answers with the gap that is left."""
    left = merge_gap(services, gap_id, data.into, request.user)
    return GapArrangedAnswer.of_arranged(read_gap(services.db, left.gap), report_follows=left.report_follows)


@post("/gaps/{gap_id:str}/split", opt=_CHANGE, sync_to_thread=True)
def post_split(
    request: WebRequest, services: NamedDependency[Services], gap_id: FromPath[str], data: JSONBody[GapSplitBody]
) -> GapArrangedAnswer:
    """Give some of a gap's tickets a gap of their own, in this and in every later report."""
    new = split_gap(services, gap_id, data.tickets, data.title, request.user)
    return GapArrangedAnswer.of_arranged(read_gap(services.db, new.gap), report_follows=new.report_follows)


@get("/single-questions", opt=_READ, sync_to_thread=True)
def get_single_questions(
    services: NamedDependency[Services],
    days: FromQuery[int | None] = None,
    area: FromQuery[str] = "",
    tier: FromQuery[str] = "",
    escalation: FromQuery[str] = "",
    stage: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> SingleQuestionsAnswer:
    """The tickets and searches of the newest report that form no group, newest first."""
    part = Part(days=days, area=area, tier=tier, escalation=escalation, stage=stage)
    found = single_questions(services, part, cursor, limit)
    if found is None:
        raise NotFound(_NO_REPORT)
    return SingleQuestionsAnswer.of_page(found)


@post("/gaps", opt=_CHANGE, sync_to_thread=True)
def post_gap(
    request: WebRequest, services: NamedDependency[Services], data: JSONBody[GapStartBody]
) -> GapArrangedAnswer:
    """Make a gap of tickets that stand alone, in this and in every later report."""
    new = start_gap(services, data.tickets, data.title, request.user)
    return GapArrangedAnswer.of_arranged(read_gap(services.db, new.gap), report_follows=new.report_follows)


@post("/gaps/{gap_id:str}/tickets", opt=_CHANGE, status_code=200, sync_to_thread=True)
def post_tickets(
    request: WebRequest, services: NamedDependency[Services], gap_id: FromPath[str], data: JSONBody[GapTicketsBody]
) -> GapArrangedAnswer:
    """Put tickets that stand alone into a gap, in this and in every later report; answers with it."""
    left = put_into_gap(services, gap_id, data.tickets, request.user)
    return GapArrangedAnswer.of_arranged(read_gap(services.db, left.gap), report_follows=left.report_follows)


_HANDLERS = [
    get_latest_report,
    get_reports,
    get_report,
    get_changes,
    post_report,
    get_gap,
    patch_gap,
    post_merge,
    post_split,
    get_single_questions,
    post_gap,
    post_tickets,
]
router = Router("/", route_handlers=_HANDLERS, tags=["Gaps"])
