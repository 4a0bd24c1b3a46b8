"""A ticket's page: its conversation, where it stands in capture, and its close gate."""

from litestar import get
from litestar.params import FromPath

from pipelines.domain.tickets import TicketKey
from service.usecases.actors import Permission
from service.usecases.tickets import read_ticket
from service.web.auth import WebRequest, services_of
from service.web.pages.confirm_form import LABELS, hints
from service.web.pages.forms import clean
from service.web.pages.frame import PageResponse, page
from service.web.pages.thread import thread


@get("/tickets/{source:str}/{identifier:str}", opt={"permission": Permission.READ_TICKETS}, sync_to_thread=True)
def show_ticket(request: WebRequest, source: FromPath[str], identifier: FromPath[str]) -> PageResponse:
    view = read_ticket(services_of(request).db, TicketKey(source=clean(source), id=clean(identifier)))
    context = {"view": view, "thread": thread(view.ticket), "hints": hints(view.ticket), "labels": LABELS}
    return page(request, "ticket.html", context)


handlers = [show_ticket]
