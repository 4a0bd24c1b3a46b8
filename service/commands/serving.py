"""Runs the server and the worker as processes: start, signals, graceful stop."""

import gc
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from pipelines.domain.errors import ConfigurationError
from service.container import open_services
from service.index_lock import IndexLock
from service.jobs.runner import Worker
from service.logs import configure_logs
from service.settings import Settings
from service.usecases.demo import load_demo
from service.usecases.index import queue_sweep
from service.usecases.nightly import queue_nightly

_COLLECT_AFTER = 20_000

log = structlog.get_logger(__name__)


def serve(settings: Settings, *, demo: bool = False, ready: Callable[[str], None] = lambda _address: None) -> None:
    """Serve until SIGTERM or SIGINT; then finish what is in hand. `ready` is told the address once it answers."""
    from service.app import create_app  # noqa: PLC0415 (litestar)

    _refuse_second(settings)
    gc.disable()  # until it serves: starting makes half a million things, and none of them is garbage
    listening = _listen(settings)
    host, port = listening.getsockname()[:2]
    config = uvicorn.Config(
        create_app(settings, demo=demo),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_grace,
        lifespan="on",
    )
    server = _Announcing(config, lambda: ready(f"http://{_shown(host)}:{port}"))
    # uvicorn stops gracefully at SIGTERM and then raises it anew, which would end the process as if it had been killed.
    signal.signal(signal.SIGTERM, server.handle_exit)
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()
    if not server.started:
        raise ConfigurationError("The server could not start; the log above says why.")


class _Announcing(uvicorn.Server):
    """Says so once it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        collect_seldom()
        if self.started:
            self._ready()


def collect_seldom() -> None:
    """Leave what is there by now out of all searches for garbage, and search a thirtieth as often from now on.

    A question makes some thousand short-lived things and no cycles: a tenth of its cost was looking for them.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    gc.enable()


def _refuse_second(settings: Settings) -> None:
    """Raises IndexLocked where another process serves this data: the taken port would be the lesser half of it."""
    if settings.embedded_index:
        with IndexLock(settings.data_dir):
            pass


def _listen(settings: Settings) -> socket.socket:
    """A listening socket. Raises ConfigurationError for an address that is taken or not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[
            0
        ]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set PRECEDENT_PORT to a free port."
        ) from error
    listening.listen(2048)
    return listening


def _shown(host: str) -> str:
    address = ipaddress.ip_address(host)
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{host}]" if address.version == 6 else host  # noqa: PLR2004 (IPv6)


def serve_demo(settings: Settings, say: Callable[[str], None]) -> None:
    """Load the demo once, then serve it."""
    from service.app import refuse_public_demo  # noqa: PLC0415 (litestar)

    refuse_public_demo(settings, demo=True)  # before anything is loaded into the data directory
    configure_logs("warning", "console")
    say("Precedent demo: everything runs on this machine; no key, no download.")
    with open_services(settings) as services:
        load_demo(services, say, Worker(services).run_until_idle)

    def ready(address: str) -> None:
        say(f"\nPrecedent is ready at {address}\n")
        say("Try first:")
        say(f"  {address}/         pick an open ticket: what solved it before?")
        say(f"  {address}/queue    confirm a draft, with the keyboard alone")
        say(f"  {address}/gaps     what customers keep asking that nobody has written down")
        say("Stop with Ctrl-C; what you did is kept.")

    serve(settings, demo=True, ready=ready)


def work(settings: Settings, *, until_idle: bool) -> None:
    """Work on queued jobs until told to stop, or until none is due."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    with open_services(settings) as services:
        worker = Worker(services)
        with services.db.write() as session:
            queue_sweep(session)
            queue_nightly(session, settings.gaps_at)
        if until_idle:
            done = worker.run_until_idle(stopping.is_set)
            log.info("worker.idle", jobs=done)
            return
        signal.signal(signal.SIGINT, stop)
        worker.start()
        log.info("worker.started")
        while not stopping.wait(1.0):
            pass
        worker.stop(settings.stop_grace)
        log.info("worker.stopped")
