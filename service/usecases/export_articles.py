"""Published articles as a folder that static-site generators and helpdesk importers take.

Doing it again changes nothing that did not change. A file of an article that is not published any more is removed only
if an earlier export wrote it and nobody changed it since: the manifest says which files are its own.
"""

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from pipelines.articles.html import html_body
from pipelines.articles.markdown import markdown
from pipelines.domain.audience import readable_by
from pipelines.domain.errors import InvalidInput
from pipelines.domain.resolutions import Audience
from service.store.engine import Database
from service.store.queries import articles
from service.usecases.export_article import FORMATS, Exported, exported, source_names

MANIFEST = "index.json"
TABLE = "articles.csv"
COLUMNS = ("id", "title", "category", "tags", "audience", "status", "published_at", "path", "body_html")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

log = structlog.get_logger(__name__)


class ExportResult(NamedTuple):
    """What an export did to its folder, as paths below it. `kept`: files of its own that somebody changed since."""

    articles: int
    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    narrower: tuple[Audience, ...] = ()
    """The audiences of published articles that this one may not read, the widest first."""


def export_articles(db: Database, directory: Path, audience: Audience, form: str = "markdown") -> ExportResult:
    """Write what this audience may read, and nothing else. Raises InvalidInput for a form that is not one of FORMATS,
    or a folder that cannot be written to.
    """
    if form not in FORMATS:
        raise InvalidInput(f"The format must be one of {', '.join(FORMATS)}.")
    with db.read() as session:
        served = articles.published(session, audiences=readable_by(audience))
        others = {one.audience for one in articles.published(session)} - set(readable_by(audience))
        files = [exported(one, source_names(session, one.number), form) for one in served]
    texts = {one.path: one.text for one in files}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        before = _own_files(directory)
        texts[TABLE] = _table(files)
        texts[MANIFEST] = _manifest(files, texts, audience, form)
        written = [path for path, text in texts.items() if _write(directory, path, text)]
        removed, kept = _remove(directory, {path: digest for path, digest in before.items() if path not in texts})
    except OSError as error:
        raise InvalidInput(f"{directory} cannot be written to: {error.strerror or type(error).__name__}.") from error
    log.info("articles.exported", articles=len(files), written=len(written), removed=len(removed))
    return ExportResult(len(files), tuple(written), tuple(removed), tuple(kept), _widest_first(others))


def _widest_first(audiences: Collection[Audience]) -> tuple[Audience, ...]:
    return tuple(one for one in reversed(readable_by(Audience.INTERNAL)) if one in audiences)


def _manifest(files: Sequence[Exported], texts: Mapping[str, str], audience: Audience, form: str) -> str:
    listed = [
        {
            "id": one.id,
            "title": one.title,
            "slug": one.slug,
            "path": one.path,
            "product_area": one.content.product_area,
            "audience": one.audience.value,
            "version": one.version,
            "published_at": one.changed_at.isoformat(timespec="seconds"),
            "sources": list(one.sources),
        }
        for one in files
    ]
    own = {path: _digest(text.encode()) for path, text in texts.items()}
    facts: dict[str, Any] = {"format": form, "audience": audience.value, "articles": listed, "files": own}
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _table(files: Sequence[Exported]) -> str:
    """One line an article, its text as HTML. A text that a spreadsheet takes for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in files:
        area = one.content.product_area or ""
        row = {
            "id": one.id,
            "title": one.title,
            "category": area,
            "tags": "; ".join(tag for tag in (area, one.audience.value) if tag),
            "audience": one.audience.value,
            "status": "published",
            "published_at": one.changed_at.isoformat(timespec="seconds"),
            "path": one.path,
            "body_html": html_body(markdown(one.content)),
        }
        writer.writerow({key: f"'{value}" if value.startswith(_FORMULA) else value for key, value in row.items()})
    return out.getvalue()


def _own_files(directory: Path) -> dict[str, str]:
    """The files that an earlier export wrote, with their hashes; none where its manifest cannot be read."""
    try:
        files = json.loads((directory / MANIFEST).read_text("utf-8"))["files"]
        return {str(path): str(digest) for path, digest in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _remove(directory: Path, stale: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Remove stale files that are as they were written. A manifest may name anything: only what lies below content."""
    removed: list[str] = []
    kept: list[str] = []
    root = (directory / "content").resolve()
    for path, digest in stale.items():
        file = directory / path
        if not file.is_file() or file.is_symlink() or root not in file.resolve().parents:
            continue
        if _digest(file.read_bytes()) != digest:
            kept.append(path)
            continue
        file.unlink()
        removed.append(path)
        if file.parent != directory / "content" and not any(file.parent.iterdir()):
            file.parent.rmdir()
    return removed, kept


def _write(directory: Path, path: str, text: str) -> bool:
    """Put the whole file in place at once; False where it is there already."""
    file = directory / path
    data = text.encode()
    if file.is_file() and not file.is_symlink() and file.read_bytes() == data:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(partial).chmod(0o644)
        Path(partial).replace(file)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return True


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
