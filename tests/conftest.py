"""Fixtures that every layer's tests may ask for."""

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
