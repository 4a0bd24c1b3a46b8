"""The pages: server-rendered, complete without scripts. service.app registers the handlers and the template engine."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from service.web.pages import (
    article_start,
    article_work,
    articles,
    capture,
    checklist,
    confirm,
    confirm_work,
    contradictions,
    gaps,
    queue,
    resolution_work,
    resolutions,
    sign_in,
    single_questions,
    tickets,
    triage,
)

# One router, not a list of handlers: Litestar wraps the earlier handler of a path anew for each later one that is
# registered with the application on its own, and then answers with a coroutine that nobody awaits.
page_handlers: list[ControllerRouterHandler] = [
    Router(
        path="/",
        include_in_schema=False,
        route_handlers=[
            *triage.handlers,
            *queue.handlers,
            *confirm.handlers,
            *confirm_work.handlers,
            *resolutions.handlers,
            *resolution_work.handlers,
            *gaps.handlers,
            *single_questions.handlers,
            *articles.handlers,
            *article_start.handlers,
            *article_work.handlers,
            *capture.handlers,
            *checklist.handlers,
            *contradictions.handlers,
            *tickets.handlers,
            *sign_in.handlers,
        ],
    )
]
