"""The resolutions: a list with a search, and one record with its evidence, history and use."""

from urllib.parse import urlencode

from litestar import get
from litestar.params import FromPath, FromQuery

from pipelines.domain.resolutions import Confidence
from service.usecases.actors import Permission
from service.usecases.contradictions import count_open
from service.usecases.resolutions import list_resolutions, read_resolution
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import LABELS
from service.web.pages.forms import clean
from service.web.pages.frame import PageResponse, page

_READ = {"permission": Permission.READ_RESOLUTIONS}


@get("/resolutions", opt=_READ, sync_to_thread=True)
def show_resolutions(
    request: WebRequest,
    q: FromQuery[str | None] = None,
    area: FromQuery[str | None] = None,
    confidence: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
) -> PageResponse:
    """Resolutions, newest first, or those that hold the words searched for."""
    chosen = confidence if confidence in set(Confidence) else None
    text, product_area = clean(q or "") or None, clean(area or "") or None
    found = list_resolutions(services_of(request).db, text, product_area, chosen, cursor or None)
    asked = {"q": text, "area": product_area, "confidence": chosen, "cursor": found.next_cursor}
    context = {
        "page": found,
        "text": text,
        "contradictions": count_open(services_of(request).db),
        "area": product_area,
        "confidence": chosen,
        "confidences": tuple(Confidence),
        "next_href": "/resolutions?" + urlencode({name: value for name, value in asked.items() if value}),
    }
    return page(request, "resolutions.html", context)


@get("/resolutions/{resolution_id:str}", opt=_READ, sync_to_thread=True)
def show_resolution(request: WebRequest, resolution_id: FromPath[str]) -> PageResponse:
    view = read_resolution(services_of(request).db, resolution_id)
    labels = {**LABELS, "versions": LABELS["version"]}
    return page(request, "resolution.html", {"view": view, "labels": labels})


handlers = [show_resolutions, show_resolution]
