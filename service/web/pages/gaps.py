"""The gap report, and one gap with the tickets behind it."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, URLEncodedBody

from pipelines.domain.errors import InvalidInput
from pipelines.domain.gaps import GapStatus
from service.usecases.actors import Permission
from service.usecases.report_gaps import GapChange, build_report, change_gap, latest_report, read_gap
from service.web.auth import WebRequest, services_of
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, page, see_other

_READ = {"permission": Permission.READ_GAPS}
_CHANGE = {"permission": Permission.CHANGE_GAPS}


@get("/gaps", opt=_READ, sync_to_thread=True)
def show_gaps(request: WebRequest) -> PageResponse:
    may_change = request.user.may(Permission.CHANGE_GAPS)
    context = {"report": latest_report(services_of(request).db), "may_change": may_change}
    return page(request, "gaps.html", context)


@post("/gaps/rebuild", opt=_CHANGE, sync_to_thread=True)
def rebuild_gaps(request: WebRequest) -> PageResponse:
    build_report(services_of(request))
    return see_other(request, "/gaps", "rebuilt")


@get("/gaps/{gap_id:str}", opt=_READ, sync_to_thread=True)
def show_gap(request: WebRequest, gap_id: FromPath[str]) -> PageResponse:
    return _gap_page(request, gap_id)


@post("/gaps/{gap_id:str}", opt=_CHANGE, sync_to_thread=True)
def save_gap(
    request: WebRequest,
    gap_id: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> PageResponse:
    """Who works on a gap and where it stands."""
    form = Form(data)
    status = form.text("status")
    if status not in set(GapStatus):
        raise InvalidInput(f"status must be one of {', '.join(GapStatus)}.")
    db = services_of(request).db
    chosen = GapStatus(status)
    untouched = chosen is not GapStatus.DISMISSED and chosen == read_gap(db, gap_id).gap.status
    change = GapChange(
        title=form.optional("title"),
        owner=form.text("owner"),
        # A status that was left as it is was not chosen: then giving an owner assigns the gap.
        status=None if untouched else chosen,
        note=form.text("note"),
    )
    try:
        change_gap(db, gap_id, change, request.user)
    except InvalidInput as error:
        typed = {name: form.text(name) for name in ("title", "owner", "status", "note")}
        return _gap_page(request, gap_id, {"typed": typed, "why": str(error).replace("`", "")}, status=400)
    return see_other(request, f"/gaps/{gap_id}", "saved")


def _gap_page(request: WebRequest, gap_id: str, more: dict[str, Any] | None = None, status: int = 200) -> PageResponse:
    context = {
        "view": read_gap(services_of(request).db, gap_id),
        "may_change": request.user.may(Permission.CHANGE_GAPS),
        "statuses": tuple(GapStatus),
        **(more or {}),
    }
    return page(request, "gap.html", context, status)


handlers = [show_gaps, rebuild_gaps, show_gap, save_gap]
