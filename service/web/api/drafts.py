"""The queue over the API, and the three decisions on a draft."""

from typing import Annotated

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from pipelines.domain.drafts import DraftState
from service.usecases.actors import Permission
from service.usecases.checklist import draft_checklist
from service.usecases.confirm import confirm_draft, link_draft, reject_draft
from service.usecases.queue import list_drafts, read_draft
from service.usecases.services import Services
from service.web.api.schemas import ListAnswer, Nothing
from service.web.api.schemas_dedupe import ChecklistAnswer
from service.web.api.schemas_drafts import (
    ConfirmBody,
    DecidedAnswer,
    DraftAnswer,
    DraftLineAnswer,
    LinkBody,
    LinkedAnswer,
    RejectBody,
)
from service.web.auth import PERMISSION, WebRequest
from service.web.etag import IfMatch, etag, required_version

_READ = {PERMISSION: Permission.READ_DRAFTS}
_DECIDE = {PERMISSION: Permission.DECIDE_DRAFTS}


@get("/drafts", opt=_READ, sync_to_thread=True)
def get_drafts(
    services: NamedDependency[Services],
    # `state` itself is Litestar's name for the application's state.
    wanted: Annotated[DraftState | None, QueryParameter(name="state")] = None,
    assignee: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> ListAnswer[DraftLineAnswer]:
    """The queue, newest first; without `state` the drafts that await an agent."""
    page = list_drafts(services.db, wanted, assignee, cursor, limit)
    return ListAnswer[DraftLineAnswer](
        items=tuple(DraftLineAnswer.of(line) for line in page.items), next_cursor=page.next_cursor
    )


@get("/drafts/{draft_id:str}", opt=_READ, sync_to_thread=True)
def get_draft(services: NamedDependency[Services], draft_id: FromPath[str]) -> Response[DraftAnswer]:
    """One draft with fields, evidence and dedupe verdict. Its ETag is what a decision sends as If-Match."""
    draft = DraftAnswer.of(read_draft(services.db, draft_id))
    return Response(draft, headers={"ETag": etag(draft.version)})


@post("/drafts/{draft_id:str}/confirm", opt=_DECIDE, sync_to_thread=True)
def post_confirm(
    request: WebRequest,
    services: NamedDependency[Services],
    draft_id: FromPath[str],
    data: JSONBody[ConfirmBody],
    if_match: IfMatch = None,
) -> DecidedAnswer:
    """Make the draft a resolution. 422 lists what is not settled, 412 says what changed meanwhile."""
    version = required_version(if_match)
    made = confirm_draft(services.db, draft_id, version, data.decision(), request.user)
    services.wake()
    return DecidedAnswer(resolution_id=made.resolution_id, version=made.version)


@post("/drafts/{draft_id:str}/link", opt=_DECIDE, sync_to_thread=True)
def post_link(
    request: WebRequest,
    services: NamedDependency[Services],
    draft_id: FromPath[str],
    data: JSONBody[LinkBody],
    if_match: IfMatch = None,
) -> LinkedAnswer:
    """Say that the ticket is a recurrence of a known resolution, and what it adds to it."""
    version = required_version(if_match)
    made = link_draft(services.db, draft_id, version, data.resolution_id, data.add, data.seconds, request.user)
    services.wake()
    return LinkedAnswer.of(made)


@post("/drafts/{draft_id:str}/reject", opt=_DECIDE, sync_to_thread=True)
def post_reject(
    request: WebRequest,
    services: NamedDependency[Services],
    draft_id: FromPath[str],
    data: JSONBody[RejectBody],
    if_match: IfMatch = None,
) -> Nothing:
    """Keep nothing of the draft, and say why."""
    version = required_version(if_match)
    reject_draft(services.db, draft_id, version, data.reason, data.note, data.seconds, request.user)
    return Nothing()


@post("/drafts/{draft_id:str}/checklist", opt=_READ, sync_to_thread=True, status_code=200)
def post_checklist(
    services: NamedDependency[Services], draft_id: FromPath[str], data: JSONBody[ConfirmBody]
) -> ChecklistAnswer:
    """The KCS content standard held against the form as typed. Nothing is stored."""
    return ChecklistAnswer.of(draft_checklist(services.db, draft_id, data.decision()))


router = Router(
    "/",
    route_handlers=[get_drafts, get_draft, post_confirm, post_link, post_reject, post_checklist],
    tags=["Drafts"],
)
