"""Starting an article: for a gap, from chosen resolutions, or by hand."""

from typing import Any

from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from pipelines.domain.errors import InvalidInput, NotEnoughToWrite
from pipelines.domain.resolutions import Audience
from service.usecases.actors import Permission
from service.usecases.gap_article import assess_gap, start_from_gap
from service.usecases.start_article import start_by_hand, start_from_resolutions
from service.web.auth import WebRequest, services_of
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, page, see_other

_PROPOSE = {"permission": Permission.PROPOSE_ARTICLES}
_DEFAULT = Audience.CUSTOMER


@get("/gaps/{gap_id:str}/article", opt=_PROPOSE, sync_to_thread=True)
def show_start(request: WebRequest, gap_id: FromPath[str], audience: FromQuery[str | None] = None) -> PageResponse:
    """Whether there is enough to write an article for a gap, and if not, what is missing and whom to ask."""
    readers = Audience(audience) if audience in set(Audience) else _DEFAULT
    return _start_page(request, gap_id, readers)


@post("/gaps/{gap_id:str}/article", opt=_PROPOSE, sync_to_thread=True)
def start_for_gap(request: WebRequest, gap_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Draft it from what is confirmed, or keep a skeleton to be written by hand."""
    form = Form(data)
    readers = audience_of(form)
    by_hand = form.text("how") == "by_hand"
    try:
        view = start_from_gap(services_of(request), gap_id, readers, request.user, by_hand=by_hand)
    except NotEnoughToWrite:
        return _start_page(request, gap_id, readers, status=422)
    return _drafted(request, view.article.id, by_hand=by_hand)


@post("/articles", opt=_PROPOSE, sync_to_thread=True)
def start(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Draft it from the chosen resolutions, or with none start an empty one by hand."""
    form = Form(data)
    chosen = form.all("resolution")
    readers = audience_of(form)
    if chosen or not form.text("title"):
        view = start_from_resolutions(services_of(request), chosen, readers, request.user, form.optional("title"))
        return _drafted(request, view.article.id, by_hand=False)
    view = start_by_hand(services_of(request).db, form.text("title"), readers, request.user)
    return _drafted(request, view.article.id, by_hand=True)


def audience_of(form: Form) -> Audience:
    """The audience that a form names. Raises InvalidInput."""
    given = form.text("audience") or _DEFAULT.value
    if given not in set(Audience):
        raise InvalidInput(f"audience must be one of {', '.join(Audience)}.")
    return Audience(given)


def _drafted(request: WebRequest, article_id: str, *, by_hand: bool) -> PageResponse:
    """What was started by hand is opened for writing, by those who may; what was drafted is read first."""
    if by_hand and request.user.may(Permission.CHANGE_ARTICLES):
        return see_other(request, f"/articles/{article_id}/edit", "article_drafted")
    return see_other(request, f"/articles/{article_id}", "article_drafted")


def _start_page(request: WebRequest, gap_id: str, readers: Audience, status: int = 200) -> PageResponse:
    context = {
        "start": assess_gap(services_of(request).db, gap_id, readers),
        "audiences": tuple(Audience),
        "may_decide": request.user.may(Permission.DECIDE_DRAFTS),
    }
    return page(request, "article_start.html", context, status)


handlers = [show_start, start_for_gap, start]
