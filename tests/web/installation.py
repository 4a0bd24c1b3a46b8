"""A whole installation in one process for tests of the web: real database, real word search, vectors in memory."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from litestar import Litestar
from litestar.enums import ScopeType
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from pipelines.adapters.memory_index import MemoryIndex
from pipelines.capture.extract import OfflineSummariser
from pipelines.ports import Vectors
from service.app import build_app
from service.jobs.runner import Worker
from service.settings import Settings
from service.store.engine import Database
from service.store.lexical import open_lexical_index
from service.usecases import access
from service.usecases.actors import UserRole
from service.usecases.services import Services
from service.web.auth import SESSION_COOKIE

DIMENSION = 256
PASSWORD = "long enough a password"


class WordEmbedder:
    """An embedder without a model: texts are near when they share words."""

    model_id = "words-for-tests"
    dimension = DIMENSION

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        vector = np.full(DIMENSION, 1e-6, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % DIMENSION] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def services_over(db: Database, data_dir: Path, **settings: Any) -> Services:
    """An installation's parts over a database; `settings` as in service.settings."""
    return Services(
        settings=Settings(data_dir=data_dir, **settings),
        db=db,
        embedder=WordEmbedder(),
        vectors=MemoryIndex(DIMENSION),
        lexical=open_lexical_index(db),
        summariser=OfflineSummariser(),
    )


@dataclass
class Installation:
    """An application with its services, and clients that call it as somebody."""

    services: Services
    app: Litestar = field(init=False)
    demo: bool = False

    def __post_init__(self) -> None:
        self.app = build_app(self.services, demo=self.demo)

    def token(self, role: UserRole) -> str:
        return access.create_token(self.services.db, role, f"test {role}")

    @contextmanager
    def client(self, role: UserRole | None = None, *, address: str = "203.0.113.7") -> Iterator[TestClient[Any]]:
        """A client with a bearer token of that role, or with none; `address` is where it calls from."""
        with TestClient(app=calling_from(self.app, address), base_url="http://127.0.0.1:8000") as client:
            client.follow_redirects = False
            if role is not None:
                client.headers["Authorization"] = f"Bearer {self.token(role)}"
            yield client

    def sign_in(self, client: TestClient[Any], role: UserRole = UserRole.AGENT, name: str = "Kim") -> str:
        """Open a browser session in the client, as its sign-in form does; returns the session's CSRF token."""
        access.create_user(self.services.db, name, role, PASSWORD)
        response = client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert 303 == response.status_code
        found = access.session_actor(self.services.db, client.cookies[SESSION_COOKIE])
        assert found is not None
        return found[1]

    def work(self) -> None:
        """Do all the jobs that wait."""
        Worker(self.services).run_until_idle()


def calling_from(app: ASGIApp, address: str) -> Any:
    """The application as somebody at that address reaches it; the test client alone has no address."""

    async def called(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            scope["client"] = (address, 50000)
        await inner(scope, receive, send)

    return partial(called, app)
