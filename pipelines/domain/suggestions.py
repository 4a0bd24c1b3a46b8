"""The ranked answer to one triage query, or an explicit abstention."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from pipelines.domain.resolutions import Resolution
from pipelines.domain.value import Value

UNKNOWN = "unknown"
"""The answer of somebody who cannot say."""


class Answered(Value):
    """What was said to a question that told causes apart. `about` is the question's; `answer` one of its options."""

    about: str
    answer: str


class Query(Value):
    """What a triage agent knows about the new ticket. All texts are redacted before a model or a log sees them."""

    subject: str = ""
    body: str = ""
    product_area: str | None = None
    environment: str | None = None
    version: str | None = None
    answers: tuple[Answered, ...] = ()
    k: int = 5


class ApplicabilityVerdict(StrEnum):
    APPLIES = "applies"
    DOES_NOT_APPLY = "does_not_apply"
    UNKNOWN = "unknown"


class Applicability(Value):
    verdict: ApplicabilityVerdict
    why: str


class Reason(Value):
    """Why a resolution matched, in a form that an agent can check. kind: words | code | meaning | area | version."""

    kind: str
    text: str


class TrackRecord(Value):
    """What became of a resolution when it was shown and reused. Counts, not estimates."""

    shown: int = 0
    reused: int = 0
    held: int = 0
    failed: int = 0
    open: int = 0


class Candidate(Value):
    """A resolution under consideration with what retrieval knows of it.

    similarity is a cosine in [-1, 1], None where the vector search did not return it; title_similarity and
    problem_similarity are those of two of its parts, where it is known by parts;
    lexical is the lexical engine's score, at least 0 and higher is better, None where no word matched.
    """

    resolution: Resolution
    similarity: float | None = None
    title_similarity: float | None = None
    problem_similarity: float | None = None
    lexical: float | None = None
    track_record: TrackRecord = TrackRecord()

    def found_like(self, others: Iterable["Candidate"]) -> Self:
        """This candidate, found as well as the best of it and the others by each search."""
        both = (self, *others)
        scores = {name: [getattr(one, name) for one in both if getattr(one, name) is not None] for name in _FOUND_BY}
        return self.model_copy(update={name: max(found, default=None) for name, found in scores.items()})


_FOUND_BY = ("similarity", "title_similarity", "problem_similarity", "lexical")


class Ranked(Value):
    """A candidate in its place. `probability`: calibrated chance in [0, 1] that it answers the query.

    `features`: what the score was made from, by name.
    """

    rank: int
    score: float
    probability: float
    candidate: Candidate
    applicability: Applicability
    reasons: tuple[Reason, ...] = ()
    features: Mapping[str, float] = {}


class Question(Value):
    """The one thing to ask where the best candidates share a symptom and differ in cause.

    `about` names what it asks about and comes back with the answer. `options` ends with unknown. `apart`: the
    resolutions that it tells apart, likeliest first. `gain`: bits of information expected from asking, above 0.
    """

    about: str
    text: str
    options: tuple[str, ...]
    apart: tuple[str, ...]
    gain: float


class SuggestionVerdict(StrEnum):
    SUGGESTED = "suggested"
    ABSTAINED = "abstained"


class Answer(Value):
    """What triage gets. An abstention has no suggestions; `near_misses` are shown as such and not recommended.

    `threshold`: the probability from which on the best candidate was recommended.
    """

    verdict: SuggestionVerdict
    threshold: float | None = None
    degraded: tuple[str, ...] = ()
    suggestions: tuple[Ranked, ...] = ()
    near_misses: tuple[Ranked, ...] = ()
    question: Question | None = None


class Outcome(StrEnum):
    FIXED = "fixed"
    HELPED = "helped"
    NOT_RELEVANT = "not_relevant"
    WRONG = "wrong"
