"""Triage over the API: has this been solved before, does it apply, and did it hold?"""

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from service.usecases.actors import Permission
from service.usecases.explain import explain
from service.usecases.feedback import give_outcome
from service.usecases.services import Services
from service.usecases.similar import similar_open
from service.usecases.suggest import query_of_ticket, suggest
from service.web.api.schemas import ListAnswer, Nothing
from service.web.api.schemas_explained import ExplainedAnswer, SimilarTicketAnswer
from service.web.api.schemas_suggestions import OutcomeBody, SuggestBody, SuggestionAnswer, named_ticket
from service.web.api.tickets import TICKET_BYTES
from service.web.auth import PERMISSION, WebRequest

_ASK = {PERMISSION: Permission.ASK_SUGGESTIONS}
_SEE_TICKETS = {PERMISSION: Permission.READ_TICKETS}


@post("/suggestions", opt=_ASK, status_code=200, request_max_body_size=TICKET_BYTES, sync_to_thread=True)
def post_suggestions(
    request: WebRequest, services: NamedDependency[Services], data: JSONBody[SuggestBody]
) -> SuggestionAnswer:
    """What solved this before, ranked and explained, or an abstention. Kept under its id, for the outcome."""
    key = data.key
    query = data.query(query_of_ticket(services.db, key) if key else None)
    return SuggestionAnswer.of(suggest(services, query, request.user, key))


@get("/suggestions/{suggestion_id:str}", opt=_ASK, sync_to_thread=True)
def get_suggestion(services: NamedDependency[Services], suggestion_id: FromPath[str]) -> ExplainedAnswer:
    """An answer as it was given: the question, every number behind each place, and the models that made them."""
    return ExplainedAnswer.of(explain(services, suggestion_id))


@get("/similar-tickets", opt=_SEE_TICKETS, sync_to_thread=True)
def get_similar(services: NamedDependency[Services], ticket: FromQuery[str] = "") -> ListAnswer[SimilarTicketAnswer]:
    """Open tickets that ask what this one asks, nearest first."""
    key = named_ticket(ticket)
    found = similar_open(services, query_of_ticket(services.db, key), key)
    return ListAnswer[SimilarTicketAnswer](items=tuple(SimilarTicketAnswer.of(one) for one in found))


@post("/suggestions/{suggestion_id:str}/outcome", opt=_ASK, sync_to_thread=True)
def post_outcome(
    request: WebRequest, services: NamedDependency[Services], suggestion_id: FromPath[str], data: JSONBody[OutcomeBody]
) -> Nothing:
    """Whether a suggested resolution fixed it, helped, was not relevant or wrong."""
    give_outcome(services.db, suggestion_id, data.resolution_id, data.outcome, data.key, request.user)
    services.wake()
    return Nothing()


router = Router("/", route_handlers=[post_suggestions, get_suggestion, get_similar, post_outcome], tags=["Suggestions"])
