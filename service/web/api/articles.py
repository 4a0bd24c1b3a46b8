"""Articles over the API: every role reads, people propose, kb_manager and admin write and publish."""

from collections.abc import Callable
from typing import Annotated, Literal

from litestar import Response, Router, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from pipelines.domain.articles import ArticleStatus
from pipelines.domain.resolutions import Audience
from service.usecases.actors import Permission
from service.usecases.article_clearance import check_article
from service.usecases.article_status import archive_article, publish_article, return_article, submit_article
from service.usecases.articles import edit_article, list_articles, read_article
from service.usecases.export_article import export_one
from service.usecases.gap_article import assess_gap, start_from_gap
from service.usecases.services import Services
from service.usecases.start_article import start_by_hand, start_from_resolutions
from service.usecases.views_articles import ArticleView
from service.web.api.schemas import ListAnswer
from service.web.api.schemas_articles import (
    ArticleAnswer,
    ArticleChangeBody,
    ArticleLineAnswer,
    ArticleMoveBody,
    ArticleStartBody,
    ExportAnswer,
    GapStartAnswer,
    RefusedAnswer,
)
from service.web.auth import PERMISSION, WebRequest
from service.web.etag import IfMatch, etag, required_version

_READ = {PERMISSION: Permission.READ_ARTICLES}
_PROPOSE = {PERMISSION: Permission.PROPOSE_ARTICLES}
_CHANGE = {PERMISSION: Permission.CHANGE_ARTICLES}


@get("/articles", opt=_READ, sync_to_thread=True)
def get_articles(
    services: NamedDependency[Services],
    text: FromQuery[str | None] = None,
    status: FromQuery[ArticleStatus | None] = None,
    product_area: FromQuery[str | None] = None,
    audience: FromQuery[Audience | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> ListAnswer[ArticleLineAnswer]:
    """Articles, newest first; with `text` those that hold all of its words."""
    page = list_articles(
        services.db,
        text,
        status=status.value if status else None,
        product_area=product_area,
        audience=audience.value if audience else None,
        cursor=cursor,
        limit=limit,
    )
    return ListAnswer[ArticleLineAnswer](
        items=tuple(ArticleLineAnswer.of(line) for line in page.items), next_cursor=page.next_cursor
    )


@post("/articles", opt=_PROPOSE, sync_to_thread=True)
def post_article(
    request: WebRequest, services: NamedDependency[Services], data: JSONBody[ArticleStartBody]
) -> Response[ArticleAnswer]:
    """Start one: from resolutions, for a gap, or by hand. 422 where a gap has no confirmed answer yet."""
    actor = request.user
    if data.gap is not None:
        view = start_from_gap(services, data.gap, data.audience, actor, by_hand=data.by_hand)
    elif data.resolutions or not data.by_hand:
        view = start_from_resolutions(services, data.resolutions, data.audience, actor, data.title)
    else:
        view = start_by_hand(services.db, data.title or "", data.audience, actor)
    return _answer(view, 201)


@get("/articles/{article_id:str}", opt=_READ, sync_to_thread=True)
def get_article(services: NamedDependency[Services], article_id: FromPath[str]) -> Response[ArticleAnswer]:
    """One article with history, records and what each sentence rests on."""
    return _answer(read_article(services.db, article_id))


@patch("/articles/{article_id:str}", opt=_CHANGE, sync_to_thread=True)
def patch_article(
    request: WebRequest,
    services: NamedDependency[Services],
    article_id: FromPath[str],
    data: JSONBody[ArticleChangeBody],
    if_match: IfMatch = None,
) -> Response[ArticleAnswer]:
    """Edit it: the next version, a draft. What is published stays as it is until this version is."""
    version = required_version(if_match)
    return _answer(edit_article(services.db, article_id, data.change(), request.user, version))


@get("/articles/{article_id:str}/check", opt=_READ, sync_to_thread=True)
def get_check(
    services: NamedDependency[Services], article_id: FromPath[str], audience: FromQuery[Audience | None] = None
) -> ListAnswer[RefusedAnswer]:
    """What keeps it from its audience, or from another, sentence by sentence."""
    found = check_article(services.db, article_id, audience)
    return ListAnswer[RefusedAnswer](items=tuple(RefusedAnswer.of(one) for one in found))


@post("/articles/{article_id:str}/publish", opt=_CHANGE, status_code=200, sync_to_thread=True)
def post_publish(
    request: WebRequest,
    services: NamedDependency[Services],
    article_id: FromPath[str],
    data: JSONBody[ArticleMoveBody],
    if_match: IfMatch = None,
) -> Response[ArticleAnswer]:
    """Serve it to its audience; 422 names what is empty and each place that its readers may not have."""
    version = required_version(if_match)
    view = publish_article(services.db, article_id, request.user, version, data.why, data.cleared)
    services.wake()
    return _answer(view)


@get("/articles/{article_id:str}/export", opt=_READ, sync_to_thread=True)
def get_export(
    services: NamedDependency[Services],
    article_id: FromPath[str],
    form: Annotated[Literal["markdown", "html"], QueryParameter(name="format")] = "markdown",
) -> ExportAnswer:
    """The published version as a file's text; without one the newest, marked as a draft."""
    return ExportAnswer.of(export_one(services.db, article_id, form))


@get("/gaps/{gap_id:str}/article-start", opt=_READ, sync_to_thread=True)
def get_article_start(
    request: WebRequest,
    services: NamedDependency[Services],
    gap_id: FromPath[str],
    audience: FromQuery[Audience] = Audience.CUSTOMER,
) -> GapStartAnswer:
    """Whether there is enough to write an article for a gap; if not, what is missing and whom to ask."""
    found = assess_gap(services.db, gap_id, audience)
    return GapStartAnswer.of(
        found if request.user.may(Permission.READ_DRAFTS) else found.model_copy(update={"waiting": ()})
    )


def _move(name: str, move: Callable[..., ArticleView], says: str) -> HTTPRouteHandler:
    """The call that moves an article on, of whose version the caller knows."""

    def moved(
        request: WebRequest,
        services: NamedDependency[Services],
        article_id: FromPath[str],
        data: JSONBody[ArticleMoveBody],
        if_match: IfMatch = None,
    ) -> Response[ArticleAnswer]:
        view = move(services.db, article_id, request.user, required_version(if_match), data.why)
        services.wake()
        return _answer(view)

    moved.__name__, moved.__doc__ = f"post_{name}", says
    return post(f"/articles/{{article_id:str}}/{name}", opt=_CHANGE, status_code=200, sync_to_thread=True)(moved)


def _answer(view: ArticleView, status: int = 200) -> Response[ArticleAnswer]:
    return Response(ArticleAnswer.of(view), status_code=status, headers={"ETag": etag(view.article.version)})


router = Router(
    "/",
    route_handlers=[
        get_articles,
        post_article,
        get_article,
        patch_article,
        get_check,
        get_export,
        _move("submit", submit_article, "Hand it to review."),
        _move("return", return_article, "Make it a draft again, from review or out of the archive."),
        post_publish,
        _move("archive", archive_article, "Take it away from its readers, with the reason."),
        get_article_start,
    ],
    tags=["Articles"],
)
