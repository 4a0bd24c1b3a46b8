"""Tickets over the API: the same object, and the same checks, as a line of a ticket file."""

from typing import Any

from litestar import Response, Router, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from pipelines.domain.errors import InvalidTicket
from pipelines.domain.ticket_file import parse_line, ticket_object
from pipelines.domain.tickets import TicketKey
from service.usecases.actors import Permission
from service.usecases.erase import erase_ticket
from service.usecases.receive import receive_ticket
from service.usecases.services import Services
from service.usecases.tickets import read_ticket
from service.web.api.schemas import AnswerBody
from service.web.auth import PERMISSION, WebRequest

TICKET_BYTES = 8 * 1024 * 1024
"""The largest ticket that is taken at once; longer histories come in by import."""


class ReceivedAnswer(AnswerBody):
    """What became of a ticket: created, updated or unchanged, and whether its closing queued a draft."""

    outcome: str
    draft_queued: bool


class ErasedAnswer(AnswerBody):
    """What an erasure left behind: resolutions that stand with what is not the customer's, and searches that went too.

    `rewriting`: the files are written anew in the background, as deleted text stays in them until then.
    """

    resolutions: list[str]
    searches: int
    rewriting: bool = True


@put(
    "/tickets/{source:str}/{id:str}",
    opt={PERMISSION: Permission.SEND_TICKETS},
    request_max_body_size=TICKET_BYTES,
    sync_to_thread=True,
)
def put_ticket(
    services: NamedDependency[Services],
    source: FromPath[str],
    id: FromPath[str],  # noqa: A002 (the name in the address)
    body: RawBody,
) -> Response[ReceivedAnswer]:
    """Create or update a ticket. Its closing queues a draft where the setting `PRECEDENT_CAPTURE` covers it."""
    ticket = parse_line(body, default_source=source)
    for name, given, wanted in (("source", ticket.key.source, source), ("id", ticket.key.id, id)):
        if given != wanted:
            raise InvalidTicket(f"{name} of the ticket is not the {name} in the address; send it to its own address")
    received = receive_ticket(services.db, ticket, services.settings.capture)
    if received.draft_queued:
        services.wake()
    outcome = received.outcome.value
    answer = ReceivedAnswer(outcome=outcome, draft_queued=received.draft_queued)
    return Response(answer, status_code=201 if outcome == "created" else 200)


@get("/tickets/{source:str}/{id:str}", opt={PERMISSION: Permission.READ_TICKETS}, sync_to_thread=True)
def get_ticket(
    services: NamedDependency[Services],
    source: FromPath[str],
    id: FromPath[str],  # noqa: A002 (the name in the address)
) -> dict[str, Any]:
    """The ticket as it was sent, where it stands in capture, and which mandatory fields nobody has confirmed."""
    view = read_ticket(services.db, TicketKey(source=source, id=id))
    return {
        **ticket_object(view.ticket),
        "capture_state": view.capture_state,
        "close_gate": {"open": view.close_gate.open, "unconfirmed": list(view.close_gate.unconfirmed)},
        "drafts": list(view.draft_ids),
        "received_at": view.received_at,
    }


@delete(
    "/tickets/{source:str}/{id:str}",
    opt={PERMISSION: Permission.ERASE_TICKETS},
    status_code=202,
    sync_to_thread=True,
)
def delete_ticket(
    request: WebRequest,
    services: NamedDependency[Services],
    source: FromPath[str],
    id: FromPath[str],  # noqa: A002 (the name in the address)
) -> ErasedAnswer:
    """Erase a ticket with all that was made of it. Sent again it comes in as a new one."""
    actor = request.user
    erased = erase_ticket(services.db, TicketKey(source=source, id=id), services.settings.data_dir, actor.name)
    services.wake()
    return ErasedAnswer(resolutions=list(erased.resolutions), searches=erased.searches)


router = Router("/", route_handlers=[put_ticket, get_ticket, delete_ticket], tags=["Tickets"])
