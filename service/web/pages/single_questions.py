"""The questions that stand alone, and what a manager does with those that he knows to belong together."""

from typing import Any

from litestar import get, post
from litestar.params import URLEncodedBody

from pipelines.domain.errors import InvalidInput, NotFound
from service.usecases.actors import Permission
from service.usecases.arrange_gaps import put_into_gap, start_gap
from service.usecases.read_gaps import latest_report
from service.usecases.single_questions import single_questions
from service.web.auth import WebRequest, services_of
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, page, see_other
from service.web.pages.gap_filters import asked_for, part_of, query_of

_READ = {"permission": Permission.READ_GAPS}
_CHANGE = {"permission": Permission.CHANGE_GAPS}


@get("/gaps/single", opt=_READ, sync_to_thread=True)
def show_single_questions(request: WebRequest) -> PageResponse:
    """What of the newest report forms no group, newest first, or the part of it that the address asks for."""
    return _list(request)


@post("/gaps/single", opt=_CHANGE, sync_to_thread=True)
def arrange_single_questions(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Put the chosen tickets into a gap, or start one of them."""
    form = Form(data)
    chosen, into, title = form.all("ticket"), form.text("into"), form.text("title")
    services = services_of(request)
    try:
        if form.checked("start"):
            message, left = "started", start_gap(services, chosen, title, request.user)
        else:
            message, left = "added", put_into_gap(services, into, chosen, request.user)
    except (InvalidInput, NotFound) as error:
        typed = {"why": str(error), "chosen": chosen, "into": into, "title": title, "starting": form.checked("start")}
        return _list(request, typed, status=400)
    return see_other(request, f"/gaps/{left.gap}", f"{message}_later" if left.report_follows else message)


def _list(request: WebRequest, typed: dict[str, Any] | None = None, status: int = 200) -> PageResponse:
    services = services_of(request)
    asked = asked_for(request)
    cursor = request.query_params.get("cursor") or None
    found = single_questions(services, part_of(asked), cursor)
    report = latest_report(services.db)
    context = {
        "found": found,
        "asked": asked,
        "filtered": any(asked.values()),
        "here": f"/gaps/single{query_of({**asked, 'cursor': cursor})}",
        "first": f"/gaps/single{query_of(asked)}" if cursor else None,
        "next": f"/gaps/single{query_of({**asked, 'cursor': found.next_cursor})}"
        if found and found.next_cursor
        else None,
        "gaps": report.gaps if report else (),
        "may_change": request.user.may(Permission.CHANGE_GAPS),
        **(typed or {}),
    }
    return page(request, "single_questions.html", context, status)


handlers = [show_single_questions, arrange_single_questions]
