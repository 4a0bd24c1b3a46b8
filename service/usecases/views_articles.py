"""What the use cases of articles return."""

from datetime import datetime

from pipelines.articles.enough import Missing
from pipelines.domain.articles import Article, Drafting
from pipelines.domain.suggestions import TrackRecord
from service.usecases.views import View


class ArticleLine(View):
    """An article in a list. `published`: readers are served a version of it."""

    id: str
    version: int
    title: str
    status: str
    audience: str
    product_area: str | None = None
    owner: str | None = None
    gap: str | None = None
    published: bool = False
    updated_at: datetime


class ArticleHistory(View):
    """One version of an article, and how it was drafted where it was not edited by hand."""

    version: int
    status: str
    audience: str
    actor: str
    why: str
    at: datetime
    drafting: Drafting | None = None


class ArticleSourceView(View):
    """A resolution behind an article. `changed`: it is at another version now, or archived."""

    resolution: str
    title: str
    version: int
    current: int
    archived: bool
    changed: bool


class ArticleView(View):
    """An article with all that its page shows. `drafting` is of the version that was not edited by hand, the first."""

    article: Article
    drafting: Drafting | None = None
    history: tuple[ArticleHistory, ...] = ()
    sources: tuple[ArticleSourceView, ...] = ()
    indexed: bool = False
    track_record: TrackRecord = TrackRecord()
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None


class Ask(View):
    """Somebody of the house who may know, and why."""

    name: str
    why: str


class Waiting(View):
    """A draft on which nobody has decided."""

    id: str  # D-12
    ticket: str
    title: str


class FallsShort(View):
    """A record that comes near a gap and cannot be written from, and why."""

    resolution: str
    title: str
    why: str


class GapStart(View):
    """Whether there is enough to write an article for a gap. `enough`: a confirmed answer that its readers may have."""

    gap: str
    title: str
    audience: str
    enough: bool
    records: tuple[str, ...] = ()
    falls_short: tuple[FallsShort, ...] = ()
    missing: tuple[Missing, ...] = ()
    ask: tuple[Ask, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    articles: tuple[ArticleLine, ...] = ()
