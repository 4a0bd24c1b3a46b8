"""Brings a database to the schema of this program, and says how far it is from it.

Alembic is loaded where there is something to do: nearly every start finds the newest schema there.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

from pipelines.domain.errors import ConfigurationError
from service.store.tables import Row

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_LOCK = 7_305_114
"""The PostgreSQL advisory lock of migrating; any number that nothing else in the database uses."""

_LEXICAL = "resolution_fts"
"""SQLite keeps full text in shadow tables of this prefix; they are no model's table."""


class NewerDatabase(ConfigurationError):
    """The database has steps that this program does not know."""

    code = "newer_database"


class UnreachableDatabase(ConfigurationError):
    """No connection to the database can be made."""

    code = "unreachable_database"


def _reason(error: OperationalError) -> str:
    """The driver's first line: which host, which file, what it said."""
    return str(error.orig).strip().splitlines()[0] if error.orig else "no reason given"


def migrate(engine: Engine) -> None:
    """Upgrade to the newest schema, in one transaction. Processes that do so at once take turns.

    Raises NewerDatabase where a newer program has been here, UnreachableDatabase.
    """
    try:
        with engine.begin() as connection:  # SQLite: BEGIN IMMEDIATE, which is the lock
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            if _revision(connection) != newest() and steps_after(_revision(connection)):
                from alembic import command  # noqa: PLC0415

                command.upgrade(_config(connection), "head")
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise UnreachableDatabase(f"The database {where} cannot be opened or reached: {_reason(error)}") from error


def pending(engine: Engine) -> list[str]:
    """The ids of the steps not applied yet, oldest first. Raises NewerDatabase."""
    with engine.connect() as connection:
        return steps_after(_revision(connection))


def steps_after(revision: str | None) -> list[str]:
    """The ids of the steps after this one, oldest first. Raises NewerDatabase for one this program does not know."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    steps = [step.revision for step in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()][::-1]
    if revision is None:
        return steps
    if revision not in steps:
        raise NewerDatabase(f"The database is at step {revision!r}, which this version lacks; update the program.")
    return steps[steps.index(revision) + 1 :]


def newest() -> str:
    """The id of the last step: each file of a step is named like it."""
    return max(path.stem for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def drift(engine: Engine) -> list[object]:
    """What the models say and the database lacks, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        return list(compare_metadata(context, Row.metadata))


def is_ours(name: str | None, type_: str, _parents: Any) -> bool:
    """Whether Alembic's comparison shall look at a thing of the database: all but what full-text search keeps."""
    return not (type_ == "table" and name is not None and name.startswith(_LEXICAL))


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
