"""The API under /api/v1. One module a kind of thing, with its bodies beside it in `schemas_*`."""

from litestar import Router

from service.web.api import articles, capture, contradictions, drafts, gaps, resolutions, suggestions, tickets, webhooks

BASE = "/api/v1"


def api_router() -> Router:
    """A router of its own for each application: Litestar binds a router to one."""
    return Router(
        BASE,
        route_handlers=[
            webhooks.router,
            tickets.router,
            drafts.router,
            resolutions.router,
            suggestions.router,
            gaps.router,
            articles.router,
            capture.router,
            contradictions.router,
        ],
    )
