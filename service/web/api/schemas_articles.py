"""Bodies of articles."""

from datetime import datetime

from pydantic import Field

from pipelines.articles.clearance import Refused
from pipelines.articles.text import as_text
from pipelines.domain.articles import ArticlePart, Drafting, Sentence, VersionLine
from pipelines.domain.resolutions import Audience, Governance
from service.usecases.articles import ArticleChange
from service.usecases.export_article import Exported
from service.usecases.views_articles import ArticleLine, ArticleView, GapStart
from service.web.api.schemas import AnswerBody, RequestBody

_LONG = 20_000


class ArticleStartBody(RequestBody):
    """What to write it from: resolutions, or a gap. With neither, or with `by_hand`, a person writes it."""

    resolutions: tuple[str, ...] = Field((), max_length=12)
    gap: str | None = Field(None, max_length=40)
    audience: Audience = Audience.CUSTOMER
    title: str | None = Field(None, max_length=300)
    by_hand: bool = False


class VersionLineBody(RequestBody):
    affected: tuple[str, ...] = Field((), max_length=200)
    fixed_in: tuple[str, ...] = Field((), max_length=200)
    when: str | None = Field(None, max_length=1000)


class ArticleChangeBody(RequestBody):
    """What to change; what is left out stays. A part's text has a line for each step; `### ...` begins a condition."""

    title: str | None = Field(None, max_length=300)
    issue: str | None = Field(None, max_length=_LONG)
    environment: str | None = Field(None, max_length=_LONG)
    resolution: str | None = Field(None, max_length=_LONG)
    cause: str | None = Field(None, max_length=_LONG)
    versions: tuple[VersionLineBody, ...] | None = Field(None, max_length=100)
    product_area: str | None = Field(None, max_length=300)
    audience: Audience | None = None
    governance: Governance | None = None
    owner: str | None = Field(None, max_length=200)
    why: str | None = Field(None, max_length=2000)

    def change(self) -> ArticleChange:
        texts = {part: getattr(self, part.value) for part in ArticlePart}
        lines = None if self.versions is None else tuple(VersionLine(**line.model_dump()) for line in self.versions)
        return ArticleChange(
            title=self.title,
            parts={part: text for part, text in texts.items() if text is not None},
            versions=lines,
            product_area=self.product_area,
            audience=self.audience,
            governance=self.governance,
            owner=self.owner,
            why=self.why,
        )


class ArticleMoveBody(RequestBody):
    """Why it is moved on. `cleared`, for publishing alone: the places that the publisher vouches for."""

    why: str = Field("", max_length=2000)
    cleared: tuple[str, ...] = Field((), max_length=500)


class SourceAnswer(AnswerBody):
    """A field of a resolution at a version, or a ticket (SOURCE/ID) in its customer's words."""

    record: str
    version: int | None
    field: str | None


class SentenceAnswer(AnswerBody):
    """One sentence and what it rests on; `origin`: customer, record, llm or hand."""

    text: str
    origin: str
    sources: tuple[SourceAnswer, ...]
    when: str | None
    cleared_for: str | None

    @classmethod
    def of(cls, sentence: Sentence) -> "SentenceAnswer":
        return cls(
            text=sentence.text,
            origin=sentence.origin.value,
            sources=tuple(SourceAnswer(**ref.model_dump()) for ref in sentence.sources),
            when=sentence.when,
            cleared_for=sentence.cleared_for.value if sentence.cleared_for else None,
        )


class PartAnswer(AnswerBody):
    """A part as text to edit, and sentence by sentence."""

    text: str
    sentences: tuple[SentenceAnswer, ...]


class VersionLineAnswer(AnswerBody):
    record: str | None
    when: str | None
    affected: tuple[str, ...]
    fixed_in: tuple[str, ...]


class LeftOutAnswer(AnswerBody):
    record: str
    field: str
    why: str


class DraftingAnswer(AnswerBody):
    """How the draft came about: `by` is offline, llm or hand."""

    by: str
    model: str | None
    prompt_id: str | None
    prompt_version: int | None
    prompt_sha256: str | None
    fallback_reason: str | None
    dropped: int
    left_out: tuple[LeftOutAnswer, ...]

    @classmethod
    def of(cls, drafting: Drafting) -> "DraftingAnswer":
        return cls(**drafting.model_dump(mode="json"))


class ArticleHistoryAnswer(AnswerBody):
    version: int
    status: str
    audience: str
    actor: str
    why: str
    at: datetime


class ArticleSourceAnswer(AnswerBody):
    """A resolution behind the article; `changed`: it is at another version now."""

    resolution: str
    title: str
    version: int
    current: int
    archived: bool
    changed: bool


class ArticleLineAnswer(AnswerBody):
    """An article in a list. `published`: readers are served a version of it."""

    id: str
    version: int
    title: str
    status: str
    audience: str
    product_area: str | None
    owner: str | None
    gap: str | None
    published: bool
    updated_at: datetime

    @classmethod
    def of(cls, line: ArticleLine) -> "ArticleLineAnswer":
        return cls(**line.model_dump())


class ArticleAnswer(AnswerBody):
    """An article at its newest version; `published_version` is the one that readers are served."""

    id: str
    version: int
    title: str
    status: str
    audience: str
    governance: str
    product_area: str | None
    owner: str | None
    gap: str | None
    published_version: int | None
    parts: dict[str, PartAnswer]
    versions: tuple[VersionLineAnswer, ...]
    drafting: DraftingAnswer | None
    sources: tuple[ArticleSourceAnswer, ...]
    history: tuple[ArticleHistoryAnswer, ...]
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None

    @classmethod
    def of(cls, view: ArticleView) -> "ArticleAnswer":
        article, content = view.article, view.article.content
        return cls(
            id=article.id,
            version=article.version,
            title=content.title,
            status=article.status.value,
            audience=article.audience.value,
            governance=article.governance.value,
            product_area=content.product_area,
            owner=article.owner,
            gap=article.gap,
            published_version=article.published_version,
            parts={
                part.value: PartAnswer(
                    text=as_text(content.part(part)), sentences=tuple(map(SentenceAnswer.of, content.part(part)))
                )
                for part in ArticlePart
            },
            versions=tuple(VersionLineAnswer(**line.model_dump(exclude={"cleared_for"})) for line in content.versions),
            drafting=DraftingAnswer.of(view.drafting) if view.drafting else None,
            sources=tuple(ArticleSourceAnswer(**source.model_dump()) for source in view.sources),
            history=tuple(ArticleHistoryAnswer(**entry.model_dump(exclude={"drafting"})) for entry in view.history),
            created_at=view.created_at,
            updated_at=view.updated_at,
            published_at=view.published_at,
        )


class RefusedAnswer(AnswerBody):
    """A place that the audience may not have, and why; `clearable`: a person may vouch for it."""

    place: str
    text: str
    why: str
    clearable: bool

    @classmethod
    def of(cls, one: Refused) -> "RefusedAnswer":
        return cls(**one._asdict())


class ExportAnswer(AnswerBody):
    """A file: where it belongs, and its text."""

    path: str
    slug: str
    version: int
    audience: str
    text: str

    @classmethod
    def of(cls, made: Exported) -> "ExportAnswer":
        return cls(path=made.path, slug=made.slug, version=made.version, audience=made.audience.value, text=made.text)


class MissingAnswer(AnswerBody):
    part: str
    why: str
    needed: bool


class AskAnswer(AnswerBody):
    name: str
    why: str


class WaitingAnswer(AnswerBody):
    id: str
    ticket: str
    title: str


class FallsShortAnswer(AnswerBody):
    resolution: str
    title: str
    why: str


class GapStartAnswer(AnswerBody):
    """Whether there is enough to write an article for a gap; if not, what is missing and whom to ask."""

    gap: str
    title: str
    audience: str
    enough: bool
    records: tuple[str, ...]
    falls_short: tuple[FallsShortAnswer, ...]
    missing: tuple[MissingAnswer, ...]
    ask: tuple[AskAnswer, ...]
    waiting: tuple[WaitingAnswer, ...]
    articles: tuple[ArticleLineAnswer, ...]

    @classmethod
    def of(cls, start: GapStart) -> "GapStartAnswer":
        return cls(**start.model_dump())
