"""What the use cases of articles return."""

from datetime import datetime

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
