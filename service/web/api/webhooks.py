"""Events that helpdesks push. What a source signs and sends is its module's business in service.helpdesk."""

import time
from typing import Any

from litestar import Request, Router, post
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from pipelines.domain.errors import NotFound
from service.helpdesk import generic
from service.usecases.receive import receive_delivery
from service.usecases.services import Services
from service.web.api.schemas import Nothing
from service.web.api.tickets import TICKET_BYTES
from service.web.auth import ANONYMOUS, OPEN


@post(
    "/webhooks/{source:str}",
    # Open to the guards: the signature over the body says who sends it.
    opt={OPEN: True, ANONYMOUS: True},
    status_code=202,
    request_max_body_size=TICKET_BYTES,
    sync_to_thread=True,
)
def receive_event(
    request: Request[Any, Any, Any], services: NamedDependency[Services], source: FromPath[str], body: RawBody
) -> Nothing:
    """Take a signed ticket event. A delivery that was seen before is taken and has no second effect."""
    if source != generic.SOURCE:
        raise NotFound(f"There is no webhook of this name; there is: {generic.SOURCE}.")
    configured = services.settings.webhook_secret_generic
    secret = configured.get_secret_value() if configured else None
    headers = {name.lower(): value for name, value in request.headers.items()}
    delivery = generic.verify(headers, body, secret, time.time())
    ticket = generic.parse(body)
    received = receive_delivery(services.db, source, delivery, ticket, services.settings.capture)
    if received is not None and received.draft_queued:
        services.wake()
    return Nothing()


router = Router("/", route_handlers=[receive_event], tags=["Webhooks"])
