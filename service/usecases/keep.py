"""Backup and restore of an embedded installation, also of one that is running."""

import json
from pathlib import Path

from pipelines.domain.errors import ConfigurationError
from service.settings import Settings
from service.store import jobs
from service.store.backup import UnusableBackup, backup_sqlite, restore_sqlite
from service.store.engine import Database
from service.store.queries import access, articles, resolutions
from service.usecases import clock
from service.usecases.index import REINDEX_JOB

DATABASE = "precedent.db"
MANIFEST = "backup.json"
FORMAT = 1


def backup(settings: Settings, target: Path) -> Path:
    """Write what cannot be made again into the directory `target`: the database. The index is rebuilt from it.

    Raises ConfigurationError for PostgreSQL, and where the directory holds something else.
    """
    _require_embedded(settings)
    if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / MANIFEST).is_file())):
        raise ConfigurationError(f"{target} is not empty and is no backup; name a new directory.")
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    backup_sqlite(settings.sql_url, target / DATABASE)
    manifest = {"format": FORMAT, "made_at": clock.now().isoformat(), "embedding_model": settings.embedding_model}
    (target / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return target / DATABASE


def restore(settings: Settings, source: Path) -> None:
    """Put a backup in place of what is there, with the order to rebuild the index.

    That is done by the server that is running, or by the next one that starts. Raises ConfigurationError before
    anything is touched.
    """
    _require_embedded(settings)
    try:
        manifest = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableBackup(f"{source} is no backup: it has no readable {MANIFEST}.") from error
    made_in = manifest.get("format") if isinstance(manifest, dict) else None
    if made_in != FORMAT:
        raise UnusableBackup(f"{source} was made by another version of Precedent (format {made_in}).")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    restore_sqlite(source / DATABASE, settings.sql_url, _after_restore)


def _after_restore(db: Database) -> None:
    # In the same step as the data: an installation killed in between would trust an index of another time.
    with db.write() as session:
        resolutions.forget_index(session)
        articles.forget_index(session)
        jobs.end_leases(session)  # who had a job in hand when the backup was made does not have it now
        jobs.enqueue(session, REINDEX_JOB, "all", dedupe_key=REINDEX_JOB, priority=20)
        access.audit(session, "command line", "restored", "installation", clock.now())


def _require_embedded(settings: Settings) -> None:
    if settings.database_url:
        raise ConfigurationError("This installation keeps its data in PostgreSQL; use pg_dump and pg_restore.")
