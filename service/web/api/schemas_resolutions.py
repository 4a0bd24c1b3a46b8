"""Bodies of resolutions: the record with its evidence, history and reuse, and corrections to it."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from pipelines.domain.confirmations import LinkAddition, SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Audience, Confidence, Governance, Origin
from pipelines.domain.suggestions import TrackRecord
from service.usecases.resolutions import ResolutionChange
from service.usecases.views import EvidenceQuote, ResolutionHistory, ResolutionLine, ResolutionUse, ResolutionView
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_contradictions import ContradictionAnswer
from service.web.api.schemas_dedupe import ChecklistAnswer, ChecklistItemAnswer


class ResolutionChangeBody(RequestBody):
    """What to change; what is left out stays. An empty text makes a field not known."""

    title: str | None = None
    symptom: str | None = None
    root_cause: str | None = None
    fix: str | None = None
    environment: str | None = None
    fix_kind: FixKind | None = None
    affected: tuple[str, ...] | None = None
    fixed_in: tuple[str, ...] | None = None
    product_area: str | None = None
    confidence: Confidence | None = None
    audience: Audience | None = None
    governance: Governance | None = None
    why: str | None = Field(None, max_length=1000)
    cleared: tuple[str, ...] = ()
    """Fields, or `version`, that you confirm for the resolution's audience although they rest on internal notes."""
    reviewed: bool = False

    def change(self) -> ResolutionChange:
        return ResolutionChange(**self.model_dump())


class ResolutionLineAnswer(AnswerBody):
    id: str
    version: int
    title: str
    product_area: str | None
    confidence: str
    audience: str
    governance: str
    reused: int
    fix_kind: str | None
    needs_review: bool
    updated_at: datetime

    @classmethod
    def of(cls, line: ResolutionLine) -> "ResolutionLineAnswer":
        return cls(**line.model_dump(include=set(cls.model_fields)))


class ResolutionFieldAnswer(AnswerBody):
    state: SettledState
    text: str | None
    origin: Origin


class ResolutionVersionsAnswer(AnswerBody):
    state: SettledState
    affected: tuple[str, ...]
    fixed_in: tuple[str, ...]
    origin: Origin


class TrackRecordAnswer(AnswerBody):
    """What became of a resolution when it was shown and reused. Counts, not estimates."""

    shown: int
    reused: int
    held: int
    failed: int
    open: int

    @classmethod
    def of(cls, record: TrackRecord) -> "TrackRecordAnswer":
        return cls(**record.model_dump(include=set(cls.model_fields)))


class QuoteAnswer(AnswerBody):
    """The words in a ticket's message that prove a field."""

    field: str
    ticket: str
    message: str
    author: str | None
    role: str
    visibility: str
    at: datetime | None
    text: str

    @classmethod
    def of(cls, quote: EvidenceQuote) -> "QuoteAnswer":
        return cls(**quote.model_dump(include=set(cls.model_fields)))


class HistoryAnswer(AnswerBody):
    version: int
    actor: str
    at: datetime
    why: str
    changed_fields: tuple[str, ...]

    @classmethod
    def of(cls, entry: ResolutionHistory) -> "HistoryAnswer":
        return cls(**entry.model_dump(include=set(cls.model_fields)))


class UseAnswer(AnswerBody):
    ticket: str
    kind: str
    at: datetime
    outcome: str | None

    @classmethod
    def of(cls, use: ResolutionUse) -> "UseAnswer":
        return cls(**use.model_dump(include=set(cls.model_fields)))


class AdditionAnswer(AnswerBody):
    """What a linked ticket brought: its words for the symptom, its environment or a version, and where from."""

    ticket: str
    part: LinkAddition
    text: str
    origin: Origin


class ResolutionAnswer(AnswerBody):
    """One resolution. `version` is also its ETag; `indexed` says whether triage serves this version yet."""

    id: str
    version: int
    title: str
    fields: Mapping[FieldName, ResolutionFieldAnswer | None]
    fix_kind: FixKind | None
    versions: ResolutionVersionsAnswer
    product_area: str | None
    confidence: Confidence
    audience: Audience
    governance: Governance
    evidence: tuple[QuoteAnswer, ...]
    history: tuple[HistoryAnswer, ...]
    uses: tuple[UseAnswer, ...]
    track_record: TrackRecordAnswer
    additions: tuple[AdditionAnswer, ...]
    contradictions: tuple[ContradictionAnswer, ...]
    superseded_by: str | None
    checklist: tuple[ChecklistItemAnswer, ...]
    indexed: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: ResolutionView) -> "ResolutionAnswer":
        resolution, content = view.resolution, view.resolution.content
        plain = {name: field.model_dump(exclude={"evidence"}) for name, field in content.fields.items()}
        return cls(
            id=resolution.id,
            version=resolution.version,
            title=content.title,
            fields={n: ResolutionFieldAnswer(**plain[n]) if n in plain else None for n in FieldName},
            fix_kind=content.fix_kind,
            versions=ResolutionVersionsAnswer(**content.versions.model_dump(exclude={"evidence"})),
            product_area=content.product_area,
            confidence=resolution.confidence,
            audience=resolution.audience,
            governance=resolution.governance,
            evidence=tuple(QuoteAnswer.of(quote) for quote in view.evidence),
            history=tuple(HistoryAnswer.of(entry) for entry in view.history),
            uses=tuple(UseAnswer.of(use) for use in view.uses),
            track_record=TrackRecordAnswer.of(view.track_record),
            additions=tuple(AdditionAnswer(**a.model_dump(exclude={"evidence"})) for a in content.additions),
            contradictions=tuple(ContradictionAnswer.of(one) for one in view.contradictions),
            superseded_by=view.superseded_by,
            checklist=ChecklistAnswer.of(view.checklist).items,
            indexed=view.indexed,
            created_at=view.created_at,
            updated_at=view.updated_at,
        )
