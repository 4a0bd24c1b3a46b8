"""Fixtures that every layer's tests may ask for."""

from hypothesis import settings

from tests.databases import (
    database,
    migrated_postgres,
    migrated_sqlite,
    postgres_database,
    postgres_url,
    sqlite_database,
)

__all__ = [
    "database",
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
