"""The `articles export` command."""

from pathlib import Path

from pipelines.domain.resolutions import Audience
from service.container import open_database
from service.settings import Settings
from service.usecases.export_articles import export_articles


def export_command(settings: Settings, directory: Path, audience: str, form: str) -> str:
    """Write the published articles of an audience into a folder; says what changed there. Raises InvalidInput."""
    with open_database(settings) as db:
        done = export_articles(db, directory, Audience(audience), form)
    told = f"{done.articles} articles for {audience} readers in {directory}: {len(done.written)} files written"
    told += f", {len(done.removed)} removed" if done.removed else ""
    kept = f"\nNot removed, since somebody changed them: {', '.join(done.kept)}." if done.kept else ""
    return f"{told}.{kept}"
