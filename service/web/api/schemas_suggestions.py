"""Bodies of triage: a question, its answer, and whether it held."""

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.errors import InvalidInput
from pipelines.domain.resolutions import Audience
from pipelines.domain.suggestions import Answered, ApplicabilityVerdict, Outcome, Query, Ranked, SuggestionVerdict
from pipelines.domain.tickets import TicketKey
from service.usecases.suggest import MOST_ANSWERS
from service.usecases.views import ArticleShown, SuggestionView
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_resolutions import TrackRecordAnswer

MOST_ASKED = 20


def _named_ticket(text: str | None) -> str | None:
    if text is not None:
        try:
            TicketKey.parse(text)
        except ValueError:
            raise ValueError("names no ticket; write SOURCE/ID, for example jira/T-1") from None
    return text


def named_ticket(text: str) -> TicketKey:
    """The ticket of that name. Raises InvalidInput."""
    try:
        return TicketKey.parse(text)
    except ValueError as error:
        raise InvalidInput("ticket names no ticket; write SOURCE/ID, for example jira/T-1.") from error


class AnsweredBody(RequestBody):
    """What was said to a question: its `about`, and one of its options or a value of the same kind."""

    about: str = Field(min_length=1, max_length=100)
    answer: str = Field(min_length=1, max_length=100)


class SuggestBody(RequestBody):
    """Either a ticket or a text. Area, environment and version, given with a ticket, stand in for the ticket's own.

    `answers`: what was said to the question of an earlier answer, sent back with the same question.
    """

    ticket: str | None = None
    subject: str = ""
    body: str = ""
    product_area: str | None = None
    environment: str | None = None
    version: str | None = None
    answers: tuple[AnsweredBody, ...] = Field((), max_length=MOST_ANSWERS)
    k: int = Field(5, ge=1, le=MOST_ASKED)

    _ticket_is_named = field_validator("ticket")(_named_ticket)

    @model_validator(mode="after")
    def _either_ticket_or_text(self) -> "SuggestBody":
        text = bool(self.subject.strip() or self.body.strip())
        if text == bool(self.ticket):
            raise ValueError("give either a ticket, or a subject and a body: one of the two and not both")
        return self

    @property
    def key(self) -> TicketKey | None:
        return TicketKey.parse(self.ticket) if self.ticket else None

    def query(self, asked_by_ticket: Query | None) -> Query:
        """The whole question; `asked_by_ticket` is what the ticket itself asks."""
        given = {
            name: value
            for name in ("product_area", "environment", "version")
            if (value := (getattr(self, name) or "").strip())
        }
        base = asked_by_ticket or Query(subject=self.subject, body=self.body)
        answers = tuple(Answered(about=one.about, answer=one.answer) for one in self.answers)
        return base.model_copy(update={**given, "answers": answers, "k": self.k})


class OutcomeBody(RequestBody):
    resolution_id: str
    outcome: Outcome
    ticket: str | None = None

    _ticket_is_named = field_validator("ticket")(_named_ticket)

    @property
    def key(self) -> TicketKey | None:
        return TicketKey.parse(self.ticket) if self.ticket else None


class VersionsAnswer(AnswerBody):
    affected: tuple[str, ...]
    fixed_in: tuple[str, ...]


class ApplicabilityAnswer(AnswerBody):
    """Whether it applies to the asker's version and environment."""

    verdict: ApplicabilityVerdict
    why: str


class ReasonAnswer(AnswerBody):
    kind: str
    text: str


class ArticleAnswer(AnswerBody):
    """An article as its readers are served it. `sources`: the resolutions it was made from."""

    link: str
    audience: Audience
    published_at: datetime
    sources: tuple[str, ...]


class SuggestedResolution(AnswerBody):
    """A resolution or an article in its place. `probability`: calibrated chance that it answers the question, 0 to 1.

    `resolution_id` is what an outcome names: for an article it is its `article_id`. `article`: what is known of it;
    `told_by`: the published article that tells this resolution too.
    """

    resolution_id: str
    kind: Literal["resolution", "article"]
    article_id: str | None
    article: ArticleAnswer | None
    told_by: str | None
    rank: int
    score: float
    probability: float
    title: str
    symptom: str | None
    root_cause: str | None
    fix: str | None
    fix_kind: FixKind | None
    environment: str | None
    versions: VersionsAnswer
    applicability: ApplicabilityAnswer
    reasons: tuple[ReasonAnswer, ...]
    track_record: TrackRecordAnswer

    @classmethod
    def of(cls, ranked: Ranked, view: SuggestionView) -> "SuggestedResolution":
        resolution = ranked.candidate.resolution
        content = resolution.content
        article = view.articles.get(resolution.id)
        return cls(
            resolution_id=resolution.id,
            kind="article" if article else "resolution",
            article_id=article.id if article else None,
            article=_article(article) if article else None,
            told_by=view.told_by.get(resolution.id),
            rank=ranked.rank,
            score=ranked.score,
            probability=ranked.probability,
            title=content.title,
            symptom=content.text(FieldName.SYMPTOM),
            root_cause=content.text(FieldName.ROOT_CAUSE),
            fix=content.text(FieldName.FIX),
            fix_kind=content.fix_kind,
            environment=content.text(FieldName.ENVIRONMENT),
            versions=VersionsAnswer(affected=content.versions.affected, fixed_in=content.versions.fixed_in),
            applicability=ApplicabilityAnswer(verdict=ranked.applicability.verdict, why=ranked.applicability.why),
            reasons=tuple(ReasonAnswer(kind=reason.kind, text=reason.text) for reason in ranked.reasons),
            track_record=TrackRecordAnswer.of(ranked.candidate.track_record),
        )


def _article(article: ArticleShown) -> ArticleAnswer:
    return ArticleAnswer(
        link=f"/articles/{article.id}",
        audience=Audience(article.audience),
        published_at=article.published_at,
        sources=article.sources,
    )


class QuestionAnswer(AnswerBody):
    """What to ask the customer in order to tell apart what looks alike; send `about` back with the answer.

    `apart`: the resolutions with one symptom and different causes. The last option is unknown.
    """

    about: str
    text: str
    options: tuple[str, ...]
    apart: tuple[str, ...]


class NearGapAnswer(AnswerBody):
    """The known gap that an unanswered question falls into, how many tickets share it and who owns it."""

    id: str
    title: str
    owner: str | None
    tickets: int


class SuggestionAnswer(AnswerBody):
    """A ranked answer, or an abstention, which has no suggestions: near misses are not recommended."""

    id: str
    verdict: SuggestionVerdict
    degraded: tuple[str, ...]
    suggestions: tuple[SuggestedResolution, ...]
    near_misses: tuple[SuggestedResolution, ...]
    question: QuestionAnswer | None = None
    near_gap: NearGapAnswer | None = None

    @classmethod
    def of(cls, view: SuggestionView) -> "SuggestionAnswer":
        answer = view.answer
        abstained = answer.verdict is SuggestionVerdict.ABSTAINED
        return cls(
            id=view.id,
            verdict=answer.verdict,
            degraded=answer.degraded,
            suggestions=() if abstained else tuple(SuggestedResolution.of(r, view) for r in answer.suggestions),
            near_misses=tuple(SuggestedResolution.of(r, view) for r in answer.near_misses),
            near_gap=NearGapAnswer(**view.near_gap) if view.near_gap else None,
            question=QuestionAnswer(**answer.question.model_dump(exclude={"gain"})) if answer.question else None,
        )
