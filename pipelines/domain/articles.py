"""Articles: a knowledge-base text in parts, each sentence with the records it rests on, and the legal moves."""

from collections.abc import Mapping
from enum import StrEnum

from pipelines.domain.errors import IllegalMove
from pipelines.domain.resolutions import Audience, Governance
from pipelines.domain.value import Value


class ArticleStatus(StrEnum):
    """Where the newest version stands. A published version goes on being served while a newer one is a draft."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ArticlePart(StrEnum):
    """The parts of a KCS article, in the order in which they are read."""

    ISSUE = "issue"
    ENVIRONMENT = "environment"
    RESOLUTION = "resolution"
    CAUSE = "cause"


class SentenceOrigin(StrEnum):
    """Whose words a sentence is: a customer's, those of a confirmed record, the LLM's, or its editor's."""

    CUSTOMER = "customer"
    RECORD = "record"
    LLM = "llm"
    HAND = "hand"


class DraftedBy(StrEnum):
    OFFLINE = "offline"
    LLM = "llm"
    HAND = "hand"


class SourceRef(Value):
    """What a sentence rests on: a field of a resolution at one version, or a ticket (SOURCE/ID, no version)."""

    record: str
    version: int | None = None
    field: str | None = None

    @property
    def is_ticket(self) -> bool:
        return "/" in self.record


class Sentence(Value):
    """One sentence or line, as plain text. `sources` is empty where an editor wrote it.

    `when`: the condition it is for, where an article holds several; `starts_line`: it begins a new line;
    `cleared_for`: the widest audience that an editor confirmed it for although internal notes say the like.
    """

    text: str
    origin: SentenceOrigin = SentenceOrigin.HAND
    sources: tuple[SourceRef, ...] = ()
    when: str | None = None
    starts_line: bool = False
    cleared_for: Audience | None = None


class VersionLine(Value):
    """Versions as one record has them, or as an editor wrote them (`record` None)."""

    record: str | None = None
    when: str | None = None
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    cleared_for: Audience | None = None


class LeftOut(Value):
    """What a draft does not say, and why: never the words themselves."""

    record: str
    field: str
    why: str


class Drafting(Value):
    """Who or what wrote a version and what it had to leave out. `dropped`: LLM sentences that their records lack."""

    by: DraftedBy
    model: str | None = None
    prompt_id: str | None = None
    prompt_version: int | None = None
    prompt_sha256: str | None = None
    fallback_reason: str | None = None
    dropped: int = 0
    left_out: tuple[LeftOut, ...] = ()


class ArticleContent(Value):
    """One version of an article's text."""

    title: str
    parts: Mapping[ArticlePart, tuple[Sentence, ...]] = {}
    versions: tuple[VersionLine, ...] = ()
    product_area: str | None = None
    title_cleared_for: Audience | None = None

    def part(self, name: ArticlePart) -> tuple[Sentence, ...]:
        return self.parts.get(name, ())

    @property
    def records(self) -> tuple[str, ...]:
        """The resolutions and tickets that it rests on, each once, in the order of the text."""
        stated = (ref.record for name in ArticlePart for s in self.part(name) for ref in s.sources)
        return tuple(dict.fromkeys((*stated, *(line.record for line in self.versions if line.record))))


class Article(Value):
    """An article at its newest version. `published_version` is the one that readers are served, None for none."""

    id: str
    version: int
    content: ArticleContent
    status: ArticleStatus = ArticleStatus.DRAFT
    audience: Audience = Audience.INTERNAL
    governance: Governance = Governance.EXPERIENCE
    owner: str | None = None
    gap: str | None = None  # G-4
    published_version: int | None = None


_MOVES: Mapping[ArticleStatus, frozenset[ArticleStatus]] = {
    ArticleStatus.DRAFT: frozenset({ArticleStatus.IN_REVIEW, ArticleStatus.ARCHIVED}),
    ArticleStatus.IN_REVIEW: frozenset({ArticleStatus.DRAFT, ArticleStatus.PUBLISHED, ArticleStatus.ARCHIVED}),
    ArticleStatus.PUBLISHED: frozenset({ArticleStatus.DRAFT, ArticleStatus.ARCHIVED}),
    ArticleStatus.ARCHIVED: frozenset({ArticleStatus.DRAFT}),
}


def move_status(current: ArticleStatus, wanted: ArticleStatus) -> ArticleStatus:
    """The new status. Raises IllegalMove where the step skips the review or leads out of the archive elsewhere."""
    if wanted in _MOVES[current]:
        return wanted
    allowed = ", ".join(status for status in ArticleStatus if status in _MOVES[current])
    raise IllegalMove(f"An article cannot go from {current} to {wanted}; from {current} it can go to: {allowed}.")


def unfinished(content: ArticleContent) -> list[tuple[str, str]]:
    """What keeps an article from being published, each with what to do about it; empty when it is complete."""
    found = [] if content.title.strip() else [("title", "give the article a title")]
    empty = (
        name
        for name in (ArticlePart.ISSUE, ArticlePart.RESOLUTION)
        if not any(sentence.text.strip() for sentence in content.part(name))
    )
    return [*found, *((name.value, "it is empty; write what readers need") for name in empty)]
