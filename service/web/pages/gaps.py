"""The gap report, and one gap with the tickets behind it."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, URLEncodedBody

from pipelines.domain.errors import InvalidInput, NotFound
from pipelines.domain.gaps import ANSWERED, GapStatus
from service.usecases.actors import Permission
from service.usecases.arrange_gaps import merge_gap, split_gap
from service.usecases.change_gaps import GapChange, change_gap
from service.usecases.close_gaps import close_gap
from service.usecases.compare_gaps import changes_since, list_reports
from service.usecases.gap_article import articles_of_gap
from service.usecases.gap_part import PartReport, part_of_report
from service.usecases.read_gaps import latest_report, read_gap
from service.usecases.rebuild_gaps import is_on_its_way, rebuild
from service.web.auth import WebRequest, services_of
from service.web.pages.forms import Form, clean
from service.web.pages.frame import PageResponse, page, see_other
from service.web.pages.gap_export import as_csv, as_json
from service.web.pages.gap_filters import asked_for, part_of, query_of

LISTED = 100
"""Gaps that a page lists unless it is asked for all of them."""

_EVERY = 10**9

_READ = {"permission": Permission.READ_GAPS}
_CHANGE = {"permission": Permission.CHANGE_GAPS}


@get("/gaps", opt=_READ, sync_to_thread=True)
def show_gaps(request: WebRequest) -> PageResponse:
    """The newest report, or the part of it that the address asks for."""
    asked = asked_for(request)
    dismissed = bool(request.query_params.get("dismissed"))
    context = {
        "part": _part(request),
        "asked": asked,
        "dismissed": dismissed,
        "query": query_of({**asked, "dismissed": "1" if dismissed else None}),
        "part_query": query_of(asked),
        "may_change": request.user.may(Permission.CHANGE_GAPS),
        "listed": _EVERY if request.query_params.get("all") else LISTED,
        "on_its_way": is_on_its_way(services_of(request).db),
    }
    return page(request, "gaps.html", context)


@get("/gaps/export.csv", opt=_READ, sync_to_thread=True)
def export_csv(request: WebRequest) -> Response[str]:
    return _file(request, as_csv, "text/csv; charset=utf-8", "gaps.csv")


@get("/gaps/export.json", opt=_READ, sync_to_thread=True)
def export_json(request: WebRequest) -> Response[str]:
    return _file(request, as_json, "application/json", "gaps.json")


def _file(request: WebRequest, written: Callable[[PartReport], str], media_type: str, name: str) -> Response[str]:
    part = _part(request)
    if part is None:
        raise NotFound("No gap report has been built yet.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written(part), media_type=media_type, headers=headers)


def _part(request: WebRequest) -> PartReport | None:
    part = part_of(asked_for(request))
    return part_of_report(services_of(request).db, part, dismissed=bool(request.query_params.get("dismissed")))


@get("/gaps/changes", opt=_READ, sync_to_thread=True)
def show_changes(request: WebRequest) -> PageResponse:
    """What changed since an earlier report, by default since the last one that is at least a week older."""
    db = services_of(request).db
    since = clean(request.query_params.get("since") or "") or None
    found = changes_since(db, since=since)
    earlier = [line for line in list_reports(db, limit=100).items if line.id != found.report.id]
    return page(request, "gap_changes.html", {"found": found, "earlier": earlier})


@post("/gaps/rebuild", opt=_CHANGE, sync_to_thread=True)
def rebuild_gaps(request: WebRequest) -> PageResponse:
    return see_other(request, "/gaps", "rebuilt" if rebuild(services_of(request)) else "rebuilding")


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


@post("/gaps/{gap_id:str}/close", opt=_CHANGE, sync_to_thread=True)
def close(request: WebRequest, gap_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Name the record that answers this gap."""
    by = Form(data).text("by")
    try:
        close_gap(services_of(request).db, gap_id, by, request.user)
    except InvalidInput as error:
        return _gap_page(request, gap_id, {"why_close": str(error), "typed_by": by}, status=400)
    return see_other(request, f"/gaps/{gap_id}", "gap_closed")


@post("/gaps/{gap_id:str}/merge", opt=_CHANGE, sync_to_thread=True)
def merge_into(request: WebRequest, gap_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Make this gap part of another."""
    try:
        left = merge_gap(services_of(request), gap_id, Form(data).text("into"), request.user)
    except InvalidInput as error:
        return _gap_page(request, gap_id, {"why_arrange": str(error)}, status=400)
    return see_other(request, f"/gaps/{left.gap}", "merged_later" if left.report_follows else "merged")


@post("/gaps/{gap_id:str}/split", opt=_CHANGE, sync_to_thread=True)
def split_off(request: WebRequest, gap_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Give the chosen tickets a gap of their own."""
    form = Form(data)
    try:
        new = split_gap(services_of(request), gap_id, form.all("ticket"), form.text("title"), request.user)
    except InvalidInput as error:
        return _gap_page(request, gap_id, {"why_arrange": str(error)}, status=400)
    return see_other(request, f"/gaps/{new.gap}", "split_later" if new.report_follows else "split")


def _gap_page(request: WebRequest, gap_id: str, more: dict[str, Any] | None = None, status: int = 200) -> PageResponse:
    db = services_of(request).db
    report = latest_report(db)
    view = read_gap(db, gap_id)
    answered = [GapStatus(view.gap.status)] if GapStatus(view.gap.status) in ANSWERED else []
    context = {
        "view": view,
        "listed": LISTED,
        "others": [gap for gap in report.gaps if gap.id != gap_id] if report else [],
        "articles": articles_of_gap(db, gap_id),
        "may_propose": request.user.may(Permission.PROPOSE_ARTICLES),
        "may_change": request.user.may(Permission.CHANGE_GAPS),
        "answered": bool(answered),
        "statuses": (*answered, GapStatus.OPEN, GapStatus.ASSIGNED, GapStatus.DISMISSED),
        **(more or {}),
    }
    return page(request, "gap.html", context, status)


handlers = [
    show_gaps,
    show_changes,
    export_csv,
    export_json,
    rebuild_gaps,
    show_gap,
    save_gap,
    close,
    merge_into,
    split_off,
]
