"""Fixtures of the journeys: an installation that is run as processes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.store.engine import Database
from tests.databases import url_of
from tests.processes import Program

NewProgram = Callable[..., Program]


@pytest.fixture
def new_program(tmp_path: Path, exported_model: Path) -> NewProgram:
    """Makes an installation with these settings, in a directory of its own named `name`."""

    def make(name: str = "data", **settings: object) -> Program:
        return Program(tmp_path / name, exported_model.parent, **settings)

    return make


@pytest.fixture
def program(new_program: NewProgram) -> Program:
    """An empty embedded installation that drafts every ticket that closes."""
    return new_program(capture="all")


@pytest.fixture
def program_on_each_database(database: Database, tmp_path: Path, exported_model: Path) -> Program:
    """The same on SQLite and on PostgreSQL in turn."""
    settings = {"database_url": url_of(database)} if database.dialect == "postgresql" else {}
    return Program(tmp_path, exported_model.parent, capture="all", **settings)
