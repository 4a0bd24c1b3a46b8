"""Exporting: what an audience may read and nothing else, again without a change, and no file of anybody else's."""

import csv
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence
from pipelines.domain.errors import InvalidInput
from pipelines.domain.resolutions import Audience
from service.cli import precedent
from service.store.engine import Database
from service.usecases.article_status import archive_article, publish_article, submit_article
from service.usecases.articles import ArticleChange, edit_article
from service.usecases.export_article import export_one
from service.usecases.export_articles import export_articles
from service.usecases.services import Services
from service.usecases.start_article import keep_article
from tests.databases import url_of
from tests.usecases.cases import ADA
from tests.usecases.test_articles import BY_HAND, KIM


def published(db: Database, title: str, audience: Audience, area: str | None = "Export & more") -> str:
    content = ArticleContent(
        title=title,
        parts={part: (Sentence(text=f"{part} of {title}."),) for part in (ArticlePart.ISSUE, ArticlePart.RESOLUTION)},
        product_area=area,
    )
    view = keep_article(db, content, BY_HAND, ADA, audience=audience)
    submit_article(db, view.article.id, KIM, 1)
    publish_article(db, view.article.id, KIM, 2)
    return view.article.id


def files(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file()}


def test_an_export_holds_what_its_audience_may_read_and_nothing_that_is_not_published(
    services: Services, tmp_path: Path
) -> None:
    db, folder = services.db, tmp_path / "site"
    published(db, "For all", Audience.PUBLIC)
    published(db, "For customers", Audience.CUSTOMER, None)
    published(db, "For us", Audience.INTERNAL)
    keep_article(db, ArticleContent(title="Draft"), BY_HAND, ADA, audience=Audience.PUBLIC)
    made = export_articles(db, folder, Audience.CUSTOMER)
    texts = ["content/export-more/a-1-for-all.md", "content/general/a-2-for-customers.md"]
    assert ["articles.csv", *texts, "index.json"] == list(files(folder))
    assert 2 == made.articles
    facts = yaml.safe_load(files(folder)["content/export-more/a-1-for-all.md"].split("\n---\n")[0])
    assert ("For all", "a-1-for-all", "A-1", False, "public", ["Export & more"]) == tuple(
        facts[key] for key in ("title", "slug", "id", "draft", "audience", "categories")
    )
    with (folder / "articles.csv").open(encoding="utf-8", newline="") as table:
        first, second = csv.DictReader(table)
    assert ("For all", "<h2>Issue</h2>") == (first["title"], first["body_html"].partition("\n")[0])
    assert "A-2" == second["id"]
    listed = json.loads(files(folder)["index.json"])["articles"]
    assert texts == [one["path"] for one in listed]


def test_exporting_again_writes_nothing_and_follows_what_changed(services: Services, tmp_path: Path) -> None:
    db = services.db
    published(db, "Stays", Audience.PUBLIC)
    published(db, "Goes", Audience.PUBLIC, "Old area")
    export_articles(db, tmp_path / "site", Audience.PUBLIC)
    before = files(tmp_path / "site")
    assert () == export_articles(db, tmp_path / "site", Audience.PUBLIC).written
    assert before == files(tmp_path / "site")
    edit_article(db, "A-1", ArticleChange(title="Draft of a new title"), KIM, 3)
    archive_article(db, "A-2", KIM, 3, "wrong")
    again = export_articles(db, tmp_path / "site", Audience.PUBLIC)
    assert ("content/old-area/a-2-goes.md",) == again.removed
    assert {"articles.csv", "index.json"} == set(again.written)
    assert not (tmp_path / "site/content/old-area").exists()
    assert before["content/export-more/a-1-stays.md"] == files(tmp_path / "site")["content/export-more/a-1-stays.md"]


def test_files_of_others_and_files_that_somebody_changed_stay(services: Services, tmp_path: Path) -> None:
    db = services.db
    for title in ("One", "Two"):
        published(db, title, Audience.PUBLIC)
    outside = tmp_path / "outside.md"
    outside.write_text("mine")
    site = tmp_path / "site"
    export_articles(db, site, Audience.PUBLIC)
    (site / "content/export-more/mine.md").write_text("mine")
    (site / "content/export-more/a-1-one.md").write_text("changed")
    manifest = json.loads((site / "index.json").read_text())
    forged = manifest["files"]["content/export-more/a-2-two.md"]
    manifest["files"] |= {"../outside.md": forged, "content/../../outside.md": forged}
    (site / "index.json").write_text(json.dumps(manifest))
    for name in ("A-1", "A-2"):
        archive_article(db, name, KIM, 3, "wrong")
    done = export_articles(db, site, Audience.PUBLIC)
    assert (("content/export-more/a-2-two.md",), ("content/export-more/a-1-one.md",)) == (done.removed, done.kept)
    assert ("mine", "mine") == (outside.read_text(), (site / "content/export-more/mine.md").read_text())


def test_another_format_replaces_the_first_and_a_damaged_manifest_removes_nothing(
    services: Services, tmp_path: Path
) -> None:
    published(services.db, "One <b>", Audience.PUBLIC)
    export_articles(services.db, tmp_path / "site", Audience.PUBLIC)
    assert ("content/export-more/a-1-one-b.md",) == (
        export_articles(services.db, tmp_path / "site", Audience.PUBLIC, "html").removed
    )
    assert "<title>One &lt;b&gt;</title>" in files(tmp_path / "site")["content/export-more/a-1-one-b.html"]
    (tmp_path / "site/index.json").write_text("[1]")
    archive_article(services.db, "A-1", KIM, 3, "wrong")
    assert ((), ()) == export_articles(services.db, tmp_path / "site", Audience.PUBLIC)[2:4]
    with pytest.raises(InvalidInput, match="format"):
        export_articles(services.db, tmp_path / "site", Audience.PUBLIC, "pdf")


def test_an_article_that_is_not_published_says_so_in_its_file(services: Services) -> None:
    keep_article(services.db, ArticleContent(title="Draft"), BY_HAND, ADA, audience=Audience.PUBLIC)
    made = export_one(services.db, "A-1", "markdown")
    assert yaml.safe_load(made.text.split("\n---\n")[0])["draft"] is True
    assert "draft, not published" in export_one(services.db, "A-1", "html").text


def test_the_command_exports_public_articles_unless_told_otherwise(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(sqlite_database, "For all", Audience.PUBLIC)
    published(sqlite_database, "For partners", Audience.PARTNER)
    monkeypatch.setenv("PRECEDENT_DATABASE_URL", url_of(sqlite_database))
    monkeypatch.setenv("PRECEDENT_DATA_DIR", str(tmp_path / "data"))
    told = CliRunner().invoke(precedent, ["articles", "export", str(tmp_path / "out")], catch_exceptions=False)
    assert (0, True) == (told.exit_code, told.output.startswith("1 article for public readers"))
    asked = ["articles", "export", str(tmp_path / "out"), "--audience", "partner", "--format", "html"]
    assert CliRunner().invoke(precedent, asked, catch_exceptions=False).output.startswith("2 articles for partner")
    assert 2 == CliRunner().invoke(precedent, ["articles", "export", "--audience", "all", "x"]).exit_code


def test_an_export_of_nothing_says_which_option_exports_what_is_published_for_others(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRECEDENT_DATABASE_URL", url_of(sqlite_database))
    monkeypatch.setenv("PRECEDENT_DATA_DIR", str(tmp_path / "data"))
    asked = ["articles", "export", str(tmp_path / "out")]
    assert "" == CliRunner().invoke(precedent, asked, catch_exceptions=False).stderr
    published(sqlite_database, "For us", Audience.INTERNAL)
    published(sqlite_database, "For customers", Audience.CUSTOMER)
    told = CliRunner().invoke(precedent, asked, catch_exceptions=False)
    assert (0, True) == (told.exit_code, told.stdout.startswith("0 articles for public readers"))
    assert "for customer and internal readers: export those with --audience customer" in told.stderr
    published(sqlite_database, "For all", Audience.PUBLIC)
    assert "" == CliRunner().invoke(precedent, asked, catch_exceptions=False).stderr
