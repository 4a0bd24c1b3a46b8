"""The resolutions: a list with a search, and one record with its evidence, history and use."""

from collections.abc import Mapping
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromPath, FromQuery

from pipelines.capture.redaction_marks import marks_in
from pipelines.domain.drafts import FixKind
from pipelines.domain.resolutions import Audience, Confidence
from service.usecases.actors import Permission
from service.usecases.articles import articles_from_resolution
from service.usecases.contradictions import count_open
from service.usecases.resolutions import count_needing_review, list_resolutions, read_resolution
from service.usecases.reveal import reveal_resolution
from service.usecases.tickets import product_areas
from service.usecases.track_record import read_track_record
from service.usecases.views import ResolutionView
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import LABELS
from service.web.pages.forms import clean
from service.web.pages.frame import PageResponse, page

_READ = {"permission": Permission.READ_RESOLUTIONS}
_REVEAL = {"permission": Permission.READ_TICKETS}


@get("/resolutions", opt=_READ, sync_to_thread=True)
def show_resolutions(
    request: WebRequest,
    q: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    confidence: FromQuery[str | None] = None,
    kind: FromQuery[str | None] = None,
    audience: FromQuery[str | None] = None,
    review: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> PageResponse:
    """Resolutions, newest first, or those that hold the words searched for, the best match first."""
    chosen = confidence if confidence in set(Confidence) else None
    fix_kind = kind if kind in set(FixKind) else None
    readers = audience if audience in set(Audience) else None
    text, product_area = clean(q or "") or None, clean(area or "") or None
    found = list_resolutions(
        services_of(request).db,
        text,
        product_area,
        chosen,
        cursor or None,
        audience=readers,
        fix_kind=fix_kind,
        needs_review=bool(review),
    )
    filters = {"confidence": chosen, "kind": fix_kind, "audience": readers, "review": "1" if review else None}
    asked = {"q": text, "area": product_area, **filters, "cursor": found.next_cursor}
    context = {
        "page": found,
        "text": text,
        "contradictions": count_open(services_of(request).db),
        "needing_review": count_needing_review(services_of(request).db),
        "area": product_area,
        "areas": product_areas(services_of(request).db),
        **filters,
        "confidences": tuple(Confidence),
        "kinds": tuple(FixKind),
        "audiences": tuple(Audience),
        "may_propose": request.user.may(Permission.PROPOSE_ARTICLES),
        "next_href": "/resolutions?" + urlencode({name: value for name, value in asked.items() if value}),
    }
    return page(request, "resolutions.html", context)


@get("/resolutions/{resolution_id:str}", opt=_READ, sync_to_thread=True)
def show_resolution(request: WebRequest, resolution_id: FromPath[str]) -> PageResponse:
    return _record(request, read_resolution(services_of(request).db, resolution_id))


@post("/resolutions/{resolution_id:str}/reveal", opt=_REVEAL, sync_to_thread=True, status_code=200)
def reveal(request: WebRequest, resolution_id: FromPath[str]) -> PageResponse:
    """The record with what was redacted in it, for this once; a post, since the audit trail notes it."""
    db = services_of(request).db
    shown = reveal_resolution(db, resolution_id, request.user)
    view = read_resolution(db, resolution_id)
    return _record(request, view.model_copy(update={"evidence": shown.evidence}), shown.originals)


def _record(request: WebRequest, view: ResolutionView, originals: Mapping[str, str] | None = None) -> PageResponse:
    texts = (*view.resolution.content.texts, *(quote.text for quote in view.evidence))
    context = {
        "view": view,
        "labels": {**LABELS, "versions": LABELS["version"]},
        "originals": originals or {},
        "revealed": originals is not None,
        "articles": articles_from_resolution(services_of(request).db, view.resolution.id),
        "audiences": tuple(Audience),
        "may_propose": request.user.may(Permission.PROPOSE_ARTICLES),
        "held": read_track_record(services_of(request).db, view.resolution.id),
        "may_change": request.user.may(Permission.CHANGE_RESOLUTIONS),
        "may_reveal": request.user.may(Permission.READ_TICKETS) and bool(marks_in(texts)),
    }
    return page(request, "resolution.html", context)


handlers = [show_resolutions, show_resolution, reveal]
