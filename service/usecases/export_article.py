"""One article as a file: Markdown with front matter, or a page of HTML."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from pipelines.articles.front_matter import front_matter
from pipelines.articles.html import html_page
from pipelines.articles.markdown import markdown
from pipelines.articles.slug import folder, slug
from pipelines.domain.articles import ArticleContent
from pipelines.domain.resolutions import Audience, Governance
from service.store.engine import Database
from service.store.queries import article_links, articles
from service.store.queries.articles import PublishedArticle
from service.store.session import Session
from service.usecases.articles import load_article

FORMATS = ("markdown", "html")
_ENDINGS = {"markdown": "md", "html": "html"}


class Exported(NamedTuple):
    """An article's file. `path` is relative, with forward slashes; `sources` are resolutions with their versions."""

    id: str
    title: str
    slug: str
    path: str
    text: str
    content: ArticleContent
    audience: Audience
    version: int
    sources: tuple[str, ...]
    created_at: datetime
    changed_at: datetime


class _Facts(NamedTuple):
    id: str
    version: int
    content: ArticleContent
    audience: Audience
    governance: Governance
    created_at: datetime
    changed_at: datetime
    gap: str | None
    published: bool


def export_one(db: Database, article_id: str, form: str) -> Exported:
    """The published version of an article; without one the newest, marked as a draft. Raises NotFound."""
    with db.read() as session:
        record = load_article(session, article_id)
        served = articles.published(session, numbers=[record.number])
        sources = source_names(session, record.number)
    if served:
        return exported(served[0], sources, form)
    article = record.article
    facts = _Facts(
        article.id,
        article.version,
        article.content,
        article.audience,
        article.governance,
        record.created_at,
        record.updated_at,
        article.gap,
        published=False,
    )
    return _exported(facts, sources, form)


def exported(article: PublishedArticle, sources: tuple[str, ...], form: str) -> Exported:
    """A published article as a file."""
    facts = _Facts(
        article.id,
        article.version,
        article.content,
        article.audience,
        article.governance,
        article.created_at,
        article.published_at,
        article.gap,
        published=True,
    )
    return _exported(facts, sources, form)


def source_names(session: Session, number: int) -> tuple[str, ...]:
    """The resolutions behind an article, each with the version that it was drafted from."""
    return tuple(f"{s.resolution} v{s.version}" for s in article_links.sources(session, number))


def _exported(facts: _Facts, sources: tuple[str, ...], form: str) -> Exported:
    content = facts.content
    name = slug(content.title, facts.id)
    body = markdown(content)
    if form == "markdown":
        text = f"{_front(facts, name, sources)}\n{body}"
    else:
        text = html_page(content.title, body, _notes(facts))
    return Exported(
        id=facts.id,
        title=content.title,
        slug=name,
        path=f"content/{folder(content.product_area)}/{name}.{_ENDINGS[form]}",
        text=text,
        content=content,
        audience=facts.audience,
        version=facts.version,
        sources=sources,
        created_at=facts.created_at,
        changed_at=facts.changed_at,
    )


def _front(facts: _Facts, name: str, sources: tuple[str, ...]) -> str:
    content = facts.content
    area = content.product_area
    return front_matter(
        {
            "title": content.title,
            "slug": name,
            "id": facts.id,
            "version": facts.version,
            "date": _day(facts.created_at),
            "lastmod": _day(facts.changed_at),
            "draft": not facts.published,
            "audience": facts.audience.value,
            "governance": facts.governance.value,
            "product_area": area,
            "categories": [area] if area else [],
            "tags": [*([area] if area else []), facts.audience.value],
            "affected_versions": _distinct(v for line in content.versions for v in line.affected),
            "fixed_in": _distinct(v for line in content.versions for v in line.fixed_in),
            "sources": list(sources),
            "gap": facts.gap,
        }
    )


def _notes(facts: _Facts) -> tuple[str, ...]:
    state = "published" if facts.published else "draft, not published; changed"
    return (f"{facts.id}, version {facts.version}, {state} {facts.changed_at:%Y-%m-%d}",)


def _day(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
