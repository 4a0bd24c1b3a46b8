"""The triage page: has this been solved before, does it apply, and did it hold?"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody

from pipelines.capture.redaction_marks import marks_in
from pipelines.domain.errors import InvalidInput
from pipelines.domain.suggestions import Answered, Outcome, Query, Ranked
from pipelines.domain.tickets import TicketKey
from pipelines.retrieve.reply import customer_reply
from service.store.engine import Database
from service.usecases.actors import Actor, Permission
from service.usecases.explain import explain
from service.usecases.feedback import give_outcome
from service.usecases.said_on_ticket import Said, said_on_ticket
from service.usecases.similar import similar_open
from service.usecases.suggest import query_of_ticket, suggest
from service.usecases.tickets import open_tickets, product_areas
from service.usecases.views import SuggestionView
from service.web.auth import WebRequest, services_of
from service.web.pages.flash import read as said
from service.web.pages.forms import Form, clean
from service.web.pages.frame import PageResponse, fragment, page, see_other
from service.web.pages.highlight import matched_words

_ASK = {"permission": Permission.ASK_SUGGESTIONS}
_SEE_TICKETS = {"permission": Permission.READ_TICKETS}


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
    more = {"waiting": None if found else _SAY_MORE, "words": _words(Form(data)), "show": Form(data).text("show")}
    return _page(request, query, key, found, more)


@post("/triage/results", opt=_ASK, sync_to_thread=True, status_code=200)
def live_results(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """The results alone, for the live search. It counts as demand once the page says that the question stood."""
    form = Form(data)
    query, key = _query(form)
    counts = form.text("settled") == "1"
    found = suggest(services_of(request), query, request.user, key, counts=counts) if _asks(query) else None
    words = _on(request, key, _words(form))
    context = {"query": query, "ticket": key, "counted": counts, **_shown(query, found, words)}
    return fragment(request, "triage_results.html", context)


@post("/triage/similar", opt=_SEE_TICKETS, sync_to_thread=True, status_code=200)
def similar(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """Open tickets that ask the same, for a script to show beside the results: a request of its own."""
    query, key = _query(Form(data))
    found = similar_open(services_of(request), query, key) if _asks(query) else ()
    return fragment(request, "triage_similar.html", {"similar": found})


@get("/suggestions/{suggestion_id:str}", opt=_ASK, sync_to_thread=True)
def show_explained(request: WebRequest, suggestion_id: FromPath[str]) -> PageResponse:
    """Why triage answered what it answered."""
    return page(request, "suggestion.html", {"view": explain(services_of(request), suggestion_id)})


@post("/triage/outcome", opt=_ASK, sync_to_thread=True, status_code=200)
def record_outcome(request: WebRequest, data: URLEncodedBody[dict[str, Any]]) -> PageResponse:
    """What the agent says of one suggestion. `choice` is `SUGGESTION RESOLUTION OUTCOME`, the rest is the search."""
    form = Form(data)
    suggestion_id, resolution_id, outcome = _choice(form.text("choice"))
    query, key = _query(form)
    counted = give_outcome(services_of(request).db, suggestion_id, resolution_id, outcome, key, request.user)
    services_of(request).wake()
    message = "article_wrong" if outcome is Outcome.WRONG and resolution_id.startswith("A-") else outcome.value
    merged = resolution_id if counted != resolution_id else ""
    told = counted if merged or outcome in (Outcome.FIXED, Outcome.HELPED) else ""
    show = form.text("show")
    if key is not None and _as_it_came(services_of(request).db, key, form):
        return see_other(request, _ticket_page(key, show), message, told, "", merged)
    # What was typed exists in the form alone: answered in place, with the search done again.
    found = suggest(services_of(request), query, request.user, key, counts=False) if _asks(query) else None
    words = _words(form) | {counted: Said(outcome=outcome, by=request.user.name)}
    recorded = said(urlencode({"m": message, "n": told, "o": merged}))
    return _page(request, query, key, found, {"recorded": recorded, "words": words, "show": show})


_SAY_MORE = "Say what the customer asks: a subject, or what they wrote."


def ticket_key(text: str | None) -> TicketKey | None:
    """The ticket that is named, None for nothing. Raises InvalidInput for what names none."""
    if not text:
        return None
    try:
        return TicketKey.parse(clean(text))
    except ValueError as error:
        raise InvalidInput("ticket does not name a ticket; write SOURCE/ID, for example jira/T-1.") from error


def _ticket_page(key: TicketKey, show: str) -> str:
    return f"/?{'show=mine&' if show == 'mine' else ''}ticket={quote(str(key))}"


def _as_it_came(db: Database, key: TicketKey, form: Form) -> bool:
    """Whether the form asks what the ticket itself asks: nothing was typed into it and no question answered."""
    own = query_of_ticket(db, key)
    typed = ("subject", "body", "product_area", "version", "environment")
    return not _answers(form) and all(
        form.text(name) == clean(getattr(own, name) or "") for name in typed if form.checked(name)
    )


def _words(form: Form) -> dict[str, Said]:
    """What was said of records in this search by text, each `RESOLUTION=OUTCOME`: it is kept in the form alone."""
    told = [text.partition("=") for text in form.all("said")]
    known = {one.value for one in Outcome}
    return {name: Said(outcome=Outcome(outcome)) for name, _, outcome in told if outcome in known}


def _on(request: WebRequest, key: TicketKey | None, words: Mapping[str, Said]) -> Mapping[str, Said]:
    """On a ticket what is on record, else what the form holds."""
    return said_on_ticket(services_of(request).db, key) if key else words


def _query(form: Form) -> tuple[Query, TicketKey | None]:
    query = Query(
        subject=form.text("subject"),
        body=form.text("body"),
        product_area=form.optional("product_area"),
        version=form.optional("version"),
        environment=form.optional("environment"),
        answers=_answers(form),
    )
    return query, ticket_key(form.optional("ticket"))


def _answers(form: Form) -> tuple[Answered, ...]:
    """What was said to questions, each `ABOUT=ANSWER`: before (`answered`), now (`say`), less what is taken back."""
    said_ = [text.partition("=") for text in (*form.all("answered"), *form.all("say"))]
    kept = {about.strip(): answer.strip() for about, _, answer in said_ if about.strip() and answer.strip()}
    kept.pop(form.text("unsay"), None)
    return tuple(Answered(about=about, answer=answer) for about, answer in kept.items())


def _shown(query: Query, found: SuggestionView | None, words: Mapping[str, Said]) -> dict[str, Any]:
    """The answer with what only people need: replies to copy, the words that matched, what was said of each record.

    What does not fit here goes below the others and keeps its rank.
    """
    if found is None:
        return {"suggestion": None}
    refused = {name for name, one in words.items() if one.outcome in (Outcome.NOT_RELEVANT, Outcome.WRONG)}

    def below(ranked: Ranked) -> bool:
        return ranked.candidate.resolution.id in refused

    ranked = (*found.answer.suggestions, *found.answer.near_misses)
    resolutions = [one.candidate.resolution for one in ranked]
    question = found.answer.question
    apart = [one for one in resolutions if question and one.id in question.apart]
    replies = {one.id: reply for one in resolutions if (reply := customer_reply(one.content))}
    return {
        "suggestion": found,
        "hits": sorted(found.answer.suggestions, key=below),
        "misses": sorted(found.answer.near_misses, key=below),
        "said": words,
        "solved_by": [name for name, one in words.items() if one.outcome is Outcome.FIXED],
        "replies": replies,
        "to_replace": {name: marks_in([reply]) for name, reply in replies.items()},
        "matched": matched_words(query),
        "apart": apart,
        "alike": found.answer.question,
    }


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
        "counted": True,
        **_shown(query, found, _on(request, key, more.pop("words", {}))),
        "show": "mine" if show == "mine" else "all",
        "tickets": open_tickets(services_of(request).db, _mine(request.user, show)),
        "areas": product_areas(services_of(request).db),
        **more,
    }
    return page(request, "triage.html", context)


handlers = [show_triage, search, live_results, similar, show_explained, record_outcome]
