"""The web application: nothing happens at import, everything it needs is handed in."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager

from litestar import Litestar, Router
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from pipelines.domain.errors import ConfigurationError
from service.settings import Settings
from service.usecases.services import Services
from service.web.api import api_router
from service.web.application import Application
from service.web.auth import ANONYMOUS, OPEN, Authentication
from service.web.csrf import refuse_cross_site
from service.web.guards import check_routes, refuse_long_name, refuse_unstorable, require_permission
from service.web.health import live, ready
from service.web.loopback import is_loopback
from service.web.metrics import RequestMetrics, show_metrics
from service.web.pages import page_handlers
from service.web.pages.templating import STATIC, template_engine
from service.web.problems import EXCEPTION_HANDLERS
from service.web.sign_in import sign_in, sign_out, switch_role

BODY_BYTES = 2 * 1024 * 1024
"""The largest body where a route says nothing else; those that take whole tickets allow more."""

HANDLER_THREADS = 32
"""Requests worked on at once. The loop's own default, a few more than processors, would let some writers that wait for
SQLite's lock hold up everybody; the database's pool is larger than this."""

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


def create_app(settings: Settings, *, demo: bool = False) -> Litestar:
    """The application of an installation. Opens its database and index now, closes them when the server stops.

    With an embedded index, which one process owns, the worker runs in here too. Raises ConfigurationError, IndexLocked.
    """
    from service.container import open_services  # noqa: PLC0415 - tests build the application without it

    refuse_public_demo(settings, demo=demo)
    with ExitStack() as opened:
        services = opened.enter_context(open_services(settings, worker=settings.embedded_index))
        owned = opened.pop_all()
    try:
        return build_app(services, demo=demo, lifespan=[_closing(owned)])
    except BaseException:
        owned.close()
        raise


def build_app(services: Services, *, demo: bool = False, lifespan: Sequence[Lifespan] = ()) -> Litestar:
    """The application over these services. `demo`: visitors from this machine are signed in by themselves.

    Raises ConfigurationError for a demo on an address that others can reach, and for a route without a permission.
    """
    refuse_public_demo(services.settings, demo=demo)
    metrics = RequestMetrics()
    app = Application(
        route_handlers=[api_router(), live, ready, show_metrics, _pages(demo=demo), _static_files()],
        state=State({"services": services, "metrics": metrics, "demo": demo}),
        dependencies={
            "services": Provide(lambda: services, sync_to_thread=False),
            "metrics": Provide(lambda: metrics, sync_to_thread=False),
        },
        middleware=[DefineMiddleware(Authentication, demo=demo)],
        guards=[require_permission, refuse_cross_site, refuse_unstorable],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=_openapi(),
        template_config=TemplateConfig(instance=template_engine()),
        request_max_body_size=BODY_BYTES,
        lifespan=[_with_threads, *lifespan],
        logging_config=None,  # service.logs has set it up
        debug=False,  # Litestar would turn it on from the environment
    )
    check_routes(app)
    return app


def refuse_public_demo(settings: Settings, *, demo: bool) -> None:
    """Raises ConfigurationError for a demo on an address that others can reach."""
    if demo and not is_loopback(settings.host):
        raise ConfigurationError(
            f"The demo signs its visitors in by itself and may not listen on {settings.host}; "
            "use 127.0.0.1, or `precedent serve` with users of its own."
        )


@asynccontextmanager
async def _with_threads(_: Litestar) -> AsyncIterator[None]:
    # The loop shuts it down with itself.
    threads = ThreadPoolExecutor(HANDLER_THREADS, thread_name_prefix="request")
    asyncio.get_running_loop().set_default_executor(threads)
    yield


def _closing(owned: ExitStack) -> Lifespan:
    @asynccontextmanager
    async def until_stopped(_: Litestar) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await sync_to_thread(owned.close)

    return until_stopped


def _pages(*, demo: bool) -> Router:
    """The pages with the forms of signing in and out."""
    # One router for all: Litestar cannot join two routes of the same path when both come from routers.
    pages = Router("/", route_handlers=page_handlers)
    for form in (sign_in, sign_out, switch_role) if demo else (sign_in, sign_out):
        pages.register(form)
    return pages


def _static_files() -> Router:
    return create_static_files_router(
        path="/static",
        directories=[STATIC],
        guards=[refuse_long_name],
        opt={OPEN: True, ANONYMOUS: True},
        include_in_schema=False,
    )


def _openapi() -> OpenAPIConfig:
    """The description as JSON alone: Litestar's viewers load their scripts from other hosts."""
    return OpenAPIConfig(
        title="Precedent",
        version="1",
        use_handler_docstrings=True,
        openapi_router=Router("/schema", route_handlers=[], opt={OPEN: True, ANONYMOUS: True}, include_in_schema=False),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"token": []}],
    )
