"""The queue: which drafts await an agent, whose they are, how old and how complete."""

from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter

from pipelines.domain.drafts import DraftState
from service.usecases.actors import Permission
from service.usecases.queue import list_drafts
from service.web.auth import WebRequest, services_of
from service.web.pages.frame import PageResponse, page

TABS = (
    ("awaiting", "Awaiting"),
    (DraftState.CONFIRMED.value, "Confirmed"),
    (DraftState.LINKED.value, "Linked"),
    (DraftState.REJECTED.value, "Rejected"),
    (DraftState.SUPERSEDED.value, "Superseded"),
)


@get("/queue", opt={"permission": Permission.READ_DRAFTS}, sync_to_thread=True)
def show_queue(
    request: WebRequest,
    wanted: Annotated[str, QueryParameter(name="state")] = "awaiting",
    show: FromQuery[str] = "all",
    cursor: FromQuery[str | None] = None,
) -> PageResponse:
    """Drafts of one state; an unknown state or filter reads as the first one."""
    tab = wanted if wanted in dict(TABS) else "awaiting"
    state = None if tab == "awaiting" else DraftState(tab)
    mine = show == "mine"
    found = list_drafts(services_of(request).db, state, request.user.name if mine else None, cursor)
    context = {"page": found, "tabs": TABS, "tab": tab, "show": "mine" if mine else "all"}
    return page(request, "queue.html", context)


handlers = [show_queue]
