"""The `articles export` command."""

from pathlib import Path

from pipelines.domain.resolutions import Audience
from service.container import open_database
from service.settings import Settings
from service.usecases.export_articles import export_articles


def export_command(settings: Settings, directory: Path, audience: str, form: str) -> tuple[str, str | None]:
    """Write the published articles of an audience into a folder. Raises InvalidInput.

    Says what changed there, and where nothing was exported but others could be, which option exports them.
    """
    with open_database(settings) as db:
        done = export_articles(db, directory, Audience(audience), form)
    counted = "1 article" if done.articles == 1 else f"{done.articles} articles"
    told = f"{counted} for {audience} readers in {directory}: {len(done.written)} files written"
    told += f", {len(done.removed)} removed" if done.removed else ""
    kept = f"\nNot removed, since somebody changed them: {', '.join(done.kept)}." if done.kept else ""
    hint = None
    if not done.articles and done.narrower:
        readers = " and ".join(done.narrower)
        hint = f"The published articles are for {readers} readers: export those with --audience {done.narrower[0]}."
    return f"{told}.{kept}", hint
