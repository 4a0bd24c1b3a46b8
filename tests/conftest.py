"""Fixtures that every layer's tests may ask for."""

from functools import cache

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from service.usecases import access
from tests.databases import (
    database,
    migrated_postgres,
    migrated_sqlite,
    postgres_database,
    postgres_url,
    sqlite_database,
)
from tests.made_once import chroma_server, exported_model

__all__ = [
    "chroma_server",
    "database",
    "exported_model",
    "migrated_postgres",
    "migrated_sqlite",
    "postgres_database",
    "postgres_url",
    "sqlite_database",
]

# A busy machine is slow, which is no failure; and a property that thirty examples do not break is looked at again in
# every run, with other examples.
settings.register_profile("suite", max_examples=30, deadline=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> None:
    """Let this process hash passwords at the least cost: what makes guessing slow would make tests slow too."""
    access._hasher = cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
