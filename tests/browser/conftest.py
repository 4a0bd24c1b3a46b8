"""A whole installation behind a real server, and Chromium in front of it."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from service.app import build_app
from service.container import open_services
from service.settings import Settings
from service.usecases.access import create_user
from service.usecases.actors import Actor, UserRole
from service.usecases.confirm import confirm_draft
from service.usecases.queue import read_draft
from service.usecases.resolutions import read_resolution
from service.usecases.services import Services
from service.web.pages.confirm_form import proposed
from tests.browser.examples import keep_draft, stock_count, stock_count_content

# A machine that is busy with other tests is slow, which is no failure.
expect.set_options(timeout=20_000)

PASSWORD = "correct horse battery"
PEOPLE = {"Ana Agent": UserRole.AGENT, "Ben Agent": UserRole.AGENT, "Kim Keeper": UserRole.KB_MANAGER}


@dataclass(frozen=True, slots=True)
class Installation:
    address: str
    services: Services


@contextmanager
def serving(services: Services, *, demo: bool = False) -> Iterator[str]:
    """The address at which a server answers over these services, in a thread of this process."""
    config = uvicorn.Config(build_app(services, demo=demo), host="127.0.0.1", port=0, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the server could not start"
        assert time.monotonic() < deadline, "the server did not start in 30 s"
        time.sleep(0.02)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory, exported_model: Path) -> Iterator[Installation]:
    """One installation for all browser tests of a process, with its worker; each test brings its own tickets."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("browser"), model_dir=exported_model.parent)
    with open_services(settings, worker=True) as services:
        for name, role in PEOPLE.items():
            create_user(services.db, name, role, PASSWORD)
        with serving(services) as address:
            yield Installation(address, services)


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory, exported_model: Path) -> Iterator[Installation]:
    """An installation on its first day: no ticket, no resolution, no report."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("empty"), model_dir=exported_model.parent)
    with open_services(settings) as services:
        create_user(services.db, "Kim Keeper", UserRole.KB_MANAGER, PASSWORD)
        with serving(services) as address:
            yield Installation(address, services)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium is installed; on Debian: apt-get install chromium"
    with sync_playwright() as playwright:
        # The sandbox needs user namespaces, which containers often lack; only our own pages are opened.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(slots=True)
class Watch:
    """What no page may ever do, noted while the tests use it."""

    host: str
    strangers: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note_console(message.text))

    def _note_request(self, url: str) -> None:
        if urlsplit(url).netloc != self.host:
            self.strangers.append(url)

    def _note_console(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, installation: Installation) -> Iterator[OpenPage]:
    """Opens pages signed in as somebody; afterwards no page may have left the host or broken the CSP."""
    contexts: list[BrowserContext] = []
    watches: list[Watch] = []

    def open_as(name: str | None = "Ana Agent", at: Installation = installation, **options: Any) -> Page:
        context = chromium.new_context(base_url=at.address, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        watch = Watch(urlsplit(at.address).netloc)
        watch.over(page)
        watches.append(watch)
        if name is not None:
            sign_in(page, name)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert [] == [url for watch in watches for url in watch.strangers]
    assert [] == [text for watch in watches for text in watch.complaints]


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def wait_until(true: Callable[[], bool], what: str, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"{what} took over {seconds} s"
        time.sleep(0.05)


@pytest.fixture(scope="session")
def known_answer(installation: Installation) -> str:
    """The id of a resolution that triage can find: confirmed, embedded and indexed."""
    services = installation.services
    draft_id = keep_draft(services.db, stock_count("A-1"), stock_count_content())
    view = read_draft(services.db, draft_id)
    decision = proposed(view.content, "Mail", opened=0).decision(seconds=20.0)
    kept = confirm_draft(services.db, draft_id, view.version, decision, Actor(name="Ana Agent", role=UserRole.AGENT))
    services.wake()
    wait_until(lambda: read_resolution(services.db, kept.resolution_id).indexed, "indexing")
    return kept.resolution_id
