"""The KCS checklist beside the confirmation form: as the page opens, and anew while somebody types."""

from typing import Any

from litestar import post
from litestar.params import FromPath, URLEncodedBody

from service.usecases.actors import Permission
from service.usecases.checklist import draft_checklist
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import posted
from service.web.pages.forms import Form
from service.web.pages.frame import PageResponse, fragment


@post("/confirm/{draft_id:str}/checklist", opt={"permission": Permission.DECIDE_DRAFTS}, sync_to_thread=True)
def show_checklist(request: WebRequest, draft_id: FromPath[str], data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """The checklist of the form as typed, for a script to put in its place. Nothing is stored."""
    decision = posted(Form(data)).decision(None)
    items = draft_checklist(services_of(request).db, draft_id, decision)
    return fragment(request, "confirm_checklist.html", {"checklist": items})


handlers = [show_checklist]
