"""Bodies that explain an answer later, and that show who else asks the same now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.usecases.views_suggestions import GivenResolution, GivenSuggestion, SimilarTicket
from service.web.api.schemas import AnswerBody
from service.web.api.schemas_resolutions import TrackRecordAnswer
from service.web.api.schemas_suggestions import QuestionAnswer, ReasonAnswer


class ExplainedResolution(AnswerBody):
    """A resolution at the version that was shown. `features`: what the score was made from; zeros left out."""

    resolution_id: str
    version: int
    title: str
    recommended: bool
    rank: int
    score: float
    probability: float
    similarity: float | None
    lexical: float | None
    applicability: str
    why: str
    features: Mapping[str, float]
    reasons: tuple[ReasonAnswer, ...]
    track_record: TrackRecordAnswer
    outcome: str | None

    @classmethod
    def of(cls, one: GivenResolution) -> "ExplainedResolution":
        return cls.model_validate(one.model_dump())


class ExplainedAnswer(AnswerBody):
    """An answer as it was given. `query` is redacted; `model_id` and `ranking_id` name what made it."""

    id: str
    at: datetime
    ticket: str | None
    query: Mapping[str, Any]
    verdict: str
    degraded: tuple[str, ...]
    model_id: str | None
    ranking_id: str | None
    same_ranking: bool
    threshold: float | None
    question: QuestionAnswer | None
    given: tuple[ExplainedResolution, ...]

    @classmethod
    def of(cls, view: GivenSuggestion) -> "ExplainedAnswer":
        question = QuestionAnswer(**view.question.model_dump(exclude={"gain"})) if view.question else None
        plain = view.model_dump(exclude={"question", "given", "query"})
        given = tuple(ExplainedResolution.of(one) for one in view.given)
        return cls(**plain, query=view.query.model_dump(mode="json"), question=question, given=given)


class SimilarTicketAnswer(AnswerBody):
    ticket: str
    subject: str
    created_at: datetime
    account_name: str | None
    similarity: float

    @classmethod
    def of(cls, one: SimilarTicket) -> "SimilarTicketAnswer":
        line = one.ticket
        return cls(
            ticket=line.key,
            subject=line.subject,
            created_at=line.created_at,
            account_name=line.account_name,
            similarity=one.similarity,
        )
