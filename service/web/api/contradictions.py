"""Contradictions between resolutions over the API."""

from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from service.usecases.actors import Permission
from service.usecases.contradictions import list_contradictions, settle_contradiction
from service.usecases.services import Services
from service.web.api.schemas import ListAnswer
from service.web.api.schemas_contradictions import ContradictionAnswer, SettleBody
from service.web.auth import PERMISSION, WebRequest

_READ = {PERMISSION: Permission.READ_RESOLUTIONS}
_CHANGE = {PERMISSION: Permission.CHANGE_RESOLUTIONS}


@get("/contradictions", opt=_READ, sync_to_thread=True)
def get_contradictions(
    services: NamedDependency[Services],
    settled: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> ListAnswer[ContradictionAnswer]:
    """The contradictions that await settling, newest first; with `settled` those that were."""
    page = list_contradictions(services.db, settled=settled, cursor=cursor, limit=limit)
    return ListAnswer[ContradictionAnswer](
        items=tuple(ContradictionAnswer.of(view) for view in page.items), next_cursor=page.next_cursor
    )


@post("/contradictions/{contradiction_id:str}/settle", opt=_CHANGE, sync_to_thread=True, status_code=200)
def post_settle(
    request: WebRequest,
    services: NamedDependency[Services],
    contradiction_id: FromPath[str],
    data: JSONBody[SettleBody],
) -> ContradictionAnswer:
    """Say that both hold and when, or which of the two replaces the other. 409 where it is settled already."""
    settled = settle_contradiction(
        services.db, contradiction_id, data.how, request.user, conditions=data.conditions, holds=data.holds
    )
    services.wake()
    return ContradictionAnswer.of(settled)


router = Router("/", route_handlers=[get_contradictions, post_settle], tags=["Contradictions"])
