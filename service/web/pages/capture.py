"""How confirming goes: distributions for those who look after the process, never for judging anybody."""

from litestar import get
from litestar.params import FromQuery

from service.usecases.actors import Permission
from service.usecases.capture_figures import WINDOWS, capture_figures
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import LABELS
from service.web.pages.frame import PageResponse, page


@get("/capture", opt={"permission": Permission.READ_CAPTURE_FIGURES}, sync_to_thread=True)
def show_capture(request: WebRequest, days: FromQuery[int] = 90) -> PageResponse:
    """The figures of a window; one that is not offered reads as 90 days."""
    window = days if days in WINDOWS else 90
    found = capture_figures(services_of(request).db, window)
    groups = ((found.all,) if found.all else ()) + found.groups
    context = {"figures": found, "groups": groups, "days": window, "windows": WINDOWS, "labels": LABELS}
    return page(request, "capture.html", context)


handlers = [show_capture]
