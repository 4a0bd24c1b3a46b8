"""Fixtures of the use cases' tests."""

from pathlib import Path

import pytest

from service.store.engine import Database
from service.usecases.services import Services
from tests.web.installation import services_over


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    """An installation's parts over a fresh database, on each engine in turn; it drafts escalated tickets."""
    return services_over(database, tmp_path)
