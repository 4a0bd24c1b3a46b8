"""Contradictions: resolutions that give different fixes for the same condition, and settling them."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from pipelines.domain.contradictions import Settlement
from pipelines.domain.errors import InvalidInput
from service.usecases.actors import Permission
from service.usecases.contradictions import list_contradictions, settle_contradiction
from service.web.auth import WebRequest, services_of
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, page, see_other

_READ = {"permission": Permission.READ_RESOLUTIONS}
_CHANGE = {"permission": Permission.CHANGE_RESOLUTIONS}


@get("/contradictions", opt=_READ, sync_to_thread=True)
def show_contradictions(
    request: WebRequest, settled: FromQuery[str] = "", cursor: FromQuery[str | None] = None
) -> PageResponse:
    """Those that await settling, or those that were."""
    return _list(request, settled=settled == "yes", cursor=cursor)


@post("/contradictions/{contradiction_id:str}", opt=_CHANGE, sync_to_thread=True)
def settle(request: WebRequest, contradiction_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Both hold under conditions, or one of the two replaces the other (`holds-R-12`)."""
    sent = Form(data)
    chosen = sent.text("how")
    holds = chosen.removeprefix("holds-") if chosen.startswith("holds-") else None
    # With nothing chosen it is "both hold" without the conditions, which is refused in words.
    how = Settlement.REPLACED if holds else Settlement.BOTH_HOLD
    try:
        services = services_of(request)
        settle_contradiction(
            services.db, contradiction_id, how, request.user, conditions=sent.text("conditions"), holds=holds
        )
    except InvalidInput as error:
        typed = {"failed": contradiction_id, "why": str(error), "conditions": sent.text("conditions"), "how": chosen}
        return _list(request, settled=False, cursor=None, more=typed, status=422)
    services_of(request).wake()
    return see_other(request, "/contradictions", "settled")


def _list(
    request: WebRequest,
    *,
    settled: bool,
    cursor: str | None,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> PageResponse:
    found = list_contradictions(services_of(request).db, settled=settled, cursor=cursor or None)
    may_settle = request.user.may(Permission.CHANGE_RESOLUTIONS)
    context = {"page": found, "settled": settled, "may_settle": may_settle, **(more or {})}
    return page(request, "contradictions.html", context, status)


handlers = [show_contradictions, settle]
