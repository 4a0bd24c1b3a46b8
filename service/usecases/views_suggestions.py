"""What use cases return of answers that were given, and of who else asks now."""

from collections.abc import Mapping
from datetime import datetime

from pipelines.domain.suggestions import Query, Question, Reason, TrackRecord
from service.usecases.views import TicketLine, View


class GivenResolution(View):
    """One resolution of a kept answer: what it was then, and every number that its place came from."""

    resolution_id: str
    version: int
    title: str
    """As it stood in that version; empty where the resolution is gone."""

    recommended: bool
    rank: int
    score: float
    probability: float
    similarity: float | None
    lexical: float | None
    applicability: str
    why: str = ""
    features: Mapping[str, float] = {}
    reasons: tuple[Reason, ...] = ()
    track_record: TrackRecord = TrackRecord()
    outcome: str | None = None


class GivenSuggestion(View):
    """An answer as it was given, with what it was made by: embedding model and ranking."""

    id: str
    at: datetime
    ticket: str | None
    query: Query
    verdict: str
    degraded: tuple[str, ...]
    model_id: str | None
    ranking_id: str | None
    same_ranking: bool
    """Whether the ranking is still the one that gave it."""

    threshold: float | None = None
    """The probability from which on an answer was recommended to a question of its product area."""

    question: Question | None
    given: tuple[GivenResolution, ...]


class SimilarTicket(View):
    """An open ticket about the same. similarity: cosine of the two questions."""

    ticket: TicketLine
    similarity: float
