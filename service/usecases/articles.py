"""Reading and editing articles."""

from collections.abc import Mapping, Sequence

from pipelines.articles.text import as_text, parse
from pipelines.capture.redact import Redactor
from pipelines.domain.articles import (
    Article,
    ArticleContent,
    ArticlePart,
    ArticleStatus,
    Drafting,
    Sentence,
    VersionLine,
    move_status,
)
from pipelines.domain.errors import InvalidInput, NotFound, StaleVersion
from pipelines.domain.resolutions import Audience, Confidence, Governance
from pipelines.domain.storable import require_storable
from pipelines.domain.value import Value
from service.store.engine import Database
from service.store.ids import article_number, resolution_number
from service.store.queries import article_links, article_use, articles
from service.store.queries.articles import ArticleRecord
from service.store.session import Session
from service.usecases import clock
from service.usecases.actors import Actor, Permission
from service.usecases.article_tickets import redactor_of, tickets_behind
from service.usecases.queue import page_size, read_cursor
from service.usecases.usable import require_usable
from service.usecases.views import Page
from service.usecases.views_articles import ArticleHistory, ArticleLine, ArticleSourceView, ArticleView


class ArticleChange(Value):
    """What to change; what is None stays. Each part as the text of `as_text`; an empty one empties the part."""

    title: str | None = None
    parts: Mapping[ArticlePart, str] = {}
    versions: tuple[VersionLine, ...] | None = None
    product_area: str | None = None
    audience: Audience | None = None
    governance: Governance | None = None
    owner: str | None = None
    why: str | None = None


def list_articles(
    db: Database,
    text: str | None = None,
    *,
    status: str | None = None,
    product_area: str | None = None,
    audience: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ArticleLine]:
    """A page of articles, newest first; with `text` only those that hold all of its words. Raises InvalidInput."""
    size = page_size(limit)
    for name, value in {"text": text, "product_area": product_area}.items():
        require_storable(value or "", name)
    with db.read() as session:
        found = articles.listed(
            session,
            text=text,
            status=status,
            product_area=product_area,
            audience=audience,
            before=read_cursor(cursor),
            limit=size + 1,
        )
    items = tuple(article_line(record) for record in found[:size])
    return Page(items=items, next_cursor=str(found[size - 1].number) if len(found) > size else None)


def article_areas(db: Database) -> list[str]:
    """The product areas that articles are filed under."""
    with db.read() as session:
        return articles.product_areas(session)


def articles_from_resolution(db: Database, resolution_id: str) -> list[ArticleLine]:
    """The articles that were drafted from a resolution, newest first."""
    with db.read() as session:
        return [article_line(r) for r in article_links.drafted_from(session, resolution_number(resolution_id))]


def read_article(db: Database, article_id: str) -> ArticleView:
    """One article with its history and the records behind it. Raises NotFound."""
    with db.read() as session:
        return article_view(session, load_article(session, article_id))


def edit_article(db: Database, article_id: str, change: ArticleChange, actor: Actor, version: int) -> ArticleView:
    """The next version, a draft; what is published stays as it is until this one is.

    A sentence that stands as it did keeps what it rests on, every other is the editor's. Raises NotPermitted,
    NotFound, InvalidInput, StaleVersion, and IllegalMove for one that is archived.
    """
    actor.require(Permission.CHANGE_ARTICLES)
    _refuse_unusable(change)
    with db.write() as session:
        record = load_article(session, article_id, lock=True)
        article = record.article
        require_current(article, version)
        if article.status is ArticleStatus.ARCHIVED:
            move_status(article.status, ArticleStatus.IN_REVIEW)
        behind = tickets_behind(
            session, article.content, [s.resolution for s in article_links.sources(session, record.number)], article.gap
        )
        content = changed_content(article.content, change, redactor_of(behind))
        kept = (change.audience or article.audience, change.governance or article.governance)
        same_owner = change.owner is None or change.owner.strip() == (article.owner or "")
        if content != article.content or kept != (article.audience, article.governance) or not same_owner:
            articles.revise(
                session,
                record.number,
                content,
                actor.name,
                redactor_of(behind).redact_text(change.why or "edited"),
                clock.now(),
                status=ArticleStatus.IN_REVIEW if article.status is ArticleStatus.IN_REVIEW else ArticleStatus.DRAFT,
                audience=change.audience,
                governance=change.governance,
                owner=change.owner,
            )
        return article_view(session, load_article(session, article_id))


def changed_content(content: ArticleContent, change: ArticleChange, redactor: Redactor) -> ArticleContent:
    """The content with the change made. What was typed is redacted; what stands as it did is not touched.

    Raises InvalidInput for an article without a title.
    """
    if change.title is not None and not change.title.strip():
        raise InvalidInput("An article needs a title.")
    parts = dict(content.parts)
    for name, text in change.parts.items():
        before = content.part(name)
        if text.strip() == as_text(before):
            continue
        parts[name] = _redacted(parse(text, before), before, redactor)
    title = content.title if change.title is None or change.title.strip() == content.title else change.title.strip()
    area = content.product_area if change.product_area is None else change.product_area.strip() or None
    return content.model_copy(
        update={
            "title": title if title == content.title else redactor.redact_text(title),
            "title_cleared_for": content.title_cleared_for if title == content.title else None,
            "parts": parts,
            "versions": content.versions
            if change.versions is None
            else _changed_versions(content.versions, change.versions, redactor),
            "product_area": area if area == content.product_area else redactor.redact_text(area or "") or None,
        }
    )


def _redacted(sentences: Sequence[Sentence], before: Sequence[Sentence], redactor: Redactor) -> tuple[Sentence, ...]:
    """The sentences with every text and every condition redacted that did not stand there before."""
    texts, conditions = {s.text for s in before}, {s.when for s in before}

    def clean(sentence: Sentence) -> Sentence:
        text, when = sentence.text, sentence.when
        return sentence.model_copy(
            update={
                "text": text if text in texts else redactor.redact_text(text),
                "when": when if when is None or when in conditions else redactor.redact_text(when),
            }
        )

    return tuple(map(clean, sentences))


def _changed_versions(
    before: Sequence[VersionLine], after: Sequence[VersionLine], redactor: Redactor
) -> tuple[VersionLine, ...]:
    """The lines as typed; one whose versions stand as they did keeps its record, whatever the caller says of it."""
    known = {(line.affected, line.fixed_in): line for line in before}
    found = []
    for line in after:
        old = known.get((line.affected, line.fixed_in))
        when = line.when if old is not None and line.when == old.when else redactor.redact_text(line.when or "") or None
        typed = {
            "record": None,
            "affected": tuple(map(redactor.redact_text, line.affected)),
            "fixed_in": tuple(map(redactor.redact_text, line.fixed_in)),
            "cleared_for": None,
        }
        kept = old or line.model_copy(update=typed)
        vouched = kept.cleared_for if when == kept.when else None
        found.append(kept.model_copy(update={"when": when, "cleared_for": vouched}))
    return tuple(found)


def load_article(session: Session, article_id: str, *, lock: bool = False) -> ArticleRecord:
    """Raises NotFound."""
    record = articles.load(session, article_number(article_id), lock=lock)
    if record is None:
        raise NotFound(f"There is no article {article_id}.")
    return record


def require_current(article: Article, version: int) -> None:
    """Raises StaleVersion where the article is at another version."""
    if version != article.version:
        raise StaleVersion(
            f"{article.id} is at version {article.version}; look at what changed and try again.",
            {"version": article.version, "status": article.status.value},
            ("version",),
        )


def article_line(record: ArticleRecord) -> ArticleLine:
    article = record.article
    return ArticleLine(
        id=article.id,
        version=article.version,
        title=article.content.title,
        status=article.status.value,
        audience=article.audience.value,
        product_area=article.content.product_area,
        owner=article.owner,
        gap=article.gap,
        published=article.published_version is not None,
        updated_at=record.updated_at,
    )


def article_view(session: Session, record: ArticleRecord) -> ArticleView:
    """An article with all that its page shows."""
    history = articles.versions(session, record.number)
    drafting: Drafting | None = next((v.drafting for v in reversed(history) if v.drafting), None)
    return ArticleView(
        article=record.article,
        drafting=drafting,
        history=tuple(
            ArticleHistory(
                version=v.version,
                status=v.status.value,
                audience=v.audience.value,
                actor=v.actor,
                why=v.why or "",
                at=v.at,
                drafting=v.drafting,
            )
            for v in history
        ),
        sources=tuple(
            ArticleSourceView(
                resolution=s.resolution,
                title=s.title,
                version=s.version,
                current=s.current,
                archived=s.confidence == Confidence.ARCHIVED.value,
                changed=s.current != s.version,
            )
            for s in article_links.sources(session, record.number)
        ),
        indexed=record.article.published_version is not None
        and record.indexed_version == record.article.published_version,
        track_record=article_use.track_records(session, [record.number])[record.number],
        created_at=record.created_at,
        updated_at=record.updated_at,
        published_at=record.published_at,
    )


def _refuse_unusable(change: ArticleChange) -> None:
    texts = {"title": change.title, "product_area": change.product_area, "owner": change.owner, "why": change.why}
    for name, text in {**texts, **{part.value: text for part, text in change.parts.items()}}.items():
        require_usable(name, text or "")
    for line in change.versions or ():
        for one in (*line.affected, *line.fixed_in, line.when or ""):
            require_usable("versions", one)
