"""The triage page: has this been solved before, does it apply, and did it hold?"""

from typing import Any

from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody

from pipelines.domain.errors import InvalidInput
from pipelines.domain.suggestions import Outcome, Query
from pipelines.domain.tickets import TicketKey
from service.usecases.actors import Actor, Permission
from service.usecases.feedback import give_outcome
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.tickets import open_tickets, product_areas
from service.usecases.views import SuggestionView
from service.web.auth import WebRequest, services_of
from service.web.pages.flash import read as said
from service.web.pages.forms import Form, clean
from service.web.pages.frame import PageResponse, fragment, page, see_other

_ASK = {"permission": Permission.ASK_SUGGESTIONS}


@get("/", opt=_ASK, sync_to_thread=True)
def show_triage(
    request: WebRequest,
    ticket: FromQuery[str | None] = None,
    show: FromQuery[str] = "all",
) -> PageResponse:
    """The search, filled in and answered where an open ticket is picked."""
    key = ticket_key(ticket)
    query = query_of_ticket(services_of(request).db, key) if key else Query()
    found = suggest(services_of(request), query, request.user, key) if key and _asks(query) else None
    return _page(request, query, key, found, {"show": show})


@post("/", opt=_ASK, sync_to_thread=True, status_code=200)
def search(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """A search by text. Posted and answered in place: what a customer wrote never stands in an address."""
    query, key = _query(Form(data))
    found = suggest(services_of(request), query, request.user, key) if _asks(query) else None
    return _page(request, query, key, found, {"waiting": None if found else _SAY_MORE})


@post("/triage/results", opt=_ASK, sync_to_thread=True, status_code=200)
def live_results(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """The results alone, for the live search. It counts as demand once the page says that the question stood."""
    form = Form(data)
    query, key = _query(form)
    counts = form.text("settled") == "1"
    found = suggest(services_of(request), query, request.user, key, counts=counts) if _asks(query) else None
    return fragment(request, "triage_results.html", {"suggestion": found, "query": query, "ticket": key})


@post("/triage/outcome", opt=_ASK, sync_to_thread=True, status_code=200)
def record_outcome(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """What the agent says of one suggestion. `choice` is `SUGGESTION RESOLUTION OUTCOME`, the rest is the search."""
    form = Form(data)
    suggestion_id, resolution_id, outcome = _choice(form.text("choice"))
    query, key = _query(form)
    give_outcome(services_of(request).db, suggestion_id, resolution_id, outcome, key, request.user)
    message = outcome.value
    if outcome in (Outcome.FIXED, Outcome.HELPED):
        return see_other(request, "/", message, resolution_id)
    if key is not None:
        return see_other(request, _ticket_page(key), message)
    # A search by text exists in the form alone: answered in place, with the search done again.
    found = suggest(services_of(request), query, request.user, counts=False) if _asks(query) else None
    return _page(request, query, key, found, {"recorded": said(f"m={message}")})


_SAY_MORE = "Say what the customer asks: a subject, or what they wrote."


def ticket_key(text: str | None) -> TicketKey | None:
    """The ticket that is named, None for nothing. Raises InvalidInput for what names none."""
    if not text:
        return None
    try:
        return TicketKey.parse(clean(text))
    except ValueError as error:
        raise InvalidInput("ticket does not name a ticket; write SOURCE/ID, for example jira/T-1.") from error


def _ticket_page(key: TicketKey) -> str:
    return f"/?ticket={key}"


def _query(form: Form) -> tuple[Query, TicketKey | None]:
    query = Query(
        subject=form.text("subject"),
        body=form.text("body"),
        product_area=form.optional("product_area"),
        version=form.optional("version"),
        environment=form.optional("environment"),
    )
    return query, ticket_key(form.optional("ticket"))


def _asks(query: Query) -> bool:
    return bool(query.subject.strip() or query.body.strip())


def _choice(text: str) -> tuple[str, str, Outcome]:
    try:
        suggestion_id, resolution_id, outcome = text.split()
        return suggestion_id, resolution_id, Outcome(outcome)
    except ValueError as error:
        raise InvalidInput("choice is not `SUGGESTION RESOLUTION OUTCOME`; use the buttons of the page.") from error


def _mine(actor: Actor, show: str) -> str | None:
    return actor.name if show == "mine" else None


def _page(
    request: WebRequest,
    query: Query,
    key: TicketKey | None,
    found: SuggestionView | None,
    more: dict[str, Any],
) -> PageResponse:
    show = more.pop("show", "all")
    context = {
        "query": query,
        "ticket": str(key) if key else None,
        "suggestion": found,
        "show": "mine" if show == "mine" else "all",
        "tickets": open_tickets(services_of(request).db, _mine(request.user, show)),
        "areas": product_areas(services_of(request).db),
        **more,
    }
    return page(request, "triage.html", context)


handlers = [show_triage, search, live_results, record_outcome]
