"""A backup holds what cannot be made again, and a restored installation finds what it knew."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.errors import ConfigurationError
from pipelines.domain.suggestions import Query
from service.store.engine import Database
from service.usecases.keep import MANIFEST, backup, restore
from service.usecases.resolutions import list_resolutions
from service.usecases.services import Services
from service.usecases.suggest import suggest
from tests.usecases.cases import ADA, SYMPTOM, case, confirmed, work
from tests.web.installation import services_over


@pytest.fixture
def embedded(sqlite_database: Database, tmp_path: Path) -> Services:
    """An embedded installation: the fixture's database lies in its data directory."""
    return services_over(sqlite_database, tmp_path)


def test_a_restored_installation_answers_as_the_one_that_was_backed_up(embedded: Services, tmp_path: Path) -> None:
    confirmed(embedded)
    backup(embedded.settings, tmp_path / "kept")
    confirmed(embedded, case("T-2"), title="After the backup")
    assert 2 == len(list_resolutions(embedded.db).items)

    restore(embedded.settings, tmp_path / "kept")
    assert ["R-1"] == [r.id for r in list_resolutions(embedded.db).items]
    assert 6 == embedded.vectors.count()  # of both: the index is not restored but built again
    work(embedded)
    assert 3 == embedded.vectors.count()
    found = suggest(embedded, Query(subject="Nightly export stops with EXP-2041", body=SYMPTOM), ADA)
    assert 1 == len(found.answer.suggestions)


def test_a_backup_can_be_renewed_but_overwrites_nothing_else(embedded: Services, tmp_path: Path) -> None:
    for _ in range(2):
        backup(embedded.settings, tmp_path / "kept")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(ConfigurationError, match="no backup"):
        backup(embedded.settings, tmp_path / "mine")
    assert ["thesis.txt"] == [path.name for path in (tmp_path / "mine").iterdir()]


@pytest.mark.parametrize("manifest", [None, "{", '{"format": 99}', "[]"])
def test_what_is_no_backup_is_refused_and_nothing_is_touched(
    embedded: Services, tmp_path: Path, manifest: str | None
) -> None:
    confirmed(embedded)
    kept = backup(embedded.settings, tmp_path / "kept").parent
    if manifest is None:
        (kept / MANIFEST).unlink()
    else:
        (kept / MANIFEST).write_text(manifest)
    with pytest.raises(ConfigurationError):
        restore(embedded.settings, kept)
    assert 1 == len(list_resolutions(embedded.db).items)


def test_data_in_postgresql_is_kept_by_postgresqls_own_tools(embedded: Services, tmp_path: Path) -> None:
    settings: Any = embedded.settings.model_copy(update={"database_url": "postgresql://h/n"})
    for step in (backup, restore):
        with pytest.raises(ConfigurationError, match="pg_dump"):
            step(settings, tmp_path / "kept")
