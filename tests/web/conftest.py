"""Fixtures of the web's tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from service.store.engine import Database
from service.usecases.actors import UserRole
from tests.web.examples import DECISION, FIRST, TICKET, send
from tests.web.installation import Installation, services_over


@pytest.fixture
def installation(sqlite_database: Database, tmp_path: Path) -> Installation:
    """A fresh installation that drafts every closed ticket."""
    return Installation(services_over(sqlite_database, tmp_path, capture="all", webhook_secret_generic="s3cret"))


@pytest.fixture
def admin(installation: Installation) -> Iterator[TestClient[Any]]:
    """A client that may do everything."""
    with installation.client(UserRole.ADMIN) as client:
        yield client


@pytest.fixture
def anonymous(installation: Installation) -> Iterator[TestClient[Any]]:
    """A client that nobody is signed in with."""
    with installation.client() as client:
        yield client


@pytest.fixture
def drafted(installation: Installation, admin: TestClient[Any]) -> TestClient[Any]:
    """A client of an installation with one draft, D-1."""
    send(admin, TICKET)
    installation.work()
    return admin


@pytest.fixture
def confirmed(installation: Installation, drafted: TestClient[Any]) -> TestClient[Any]:
    """The same with the draft confirmed as R-1, and searchable."""
    assert 201 == drafted.post("/api/v1/drafts/D-1/confirm", json=DECISION, headers=FIRST).status_code
    installation.work()
    return drafted
