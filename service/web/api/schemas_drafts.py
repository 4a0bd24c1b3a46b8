"""Bodies of the queue: drafts with their evidence, and the agent's decisions on them."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from pipelines.domain.confirmations import (
    Confirmed,
    DecisionKind,
    LinkAddition,
    RejectReason,
    SettledField,
    SettledState,
    SettledVersions,
)
from pipelines.domain.contradictions import Settled, Settlement
from pipelines.domain.drafts import SUBJECT, DraftField, DraftState, DraftVersions, Evidence, FieldName, FixKind
from pipelines.domain.tickets import Ticket, Visibility
from service.usecases.views import ConfirmationResult, Decision, DraftView, QueueLine
from service.web.api.schemas import AnswerBody, RequestBody
from service.web.api.schemas_dedupe import AddedAnswer, DedupeAnswer, RecurrenceAnswer

LONGEST_SITTING = 7 * 24 * 3600


class FieldBody(RequestBody):
    state: SettledState
    text: str | None = None
    affirmed: bool = False


class VersionsBody(RequestBody):
    state: SettledState
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    affirmed: bool = False


class SettledBody(RequestBody):
    """What becomes of a known resolution that gives another fix for the same condition.

    both_hold needs `conditions`, which say when each holds; replaced archives the known one in favour of the new.
    """

    resolution_id: str
    how: Settlement
    conditions: str = Field("", max_length=4000)


class ConfirmBody(RequestBody):
    """What is left out is unsettled, which 422 lists: nothing is filled in from the draft behind the agent's back."""

    title: str = ""
    fields: Mapping[FieldName, FieldBody] = Field(default_factory=dict)
    fix_kind: FixKind | None = None
    versions: VersionsBody | None = None
    product_area: str | None = None
    seconds: float | None = Field(None, ge=0, le=LONGEST_SITTING)
    settles: tuple[SettledBody, ...] = ()

    def decision(self) -> Confirmed:
        return Confirmed(
            title=self.title,
            fields={
                name: SettledField(state=field.state, text=field.text or "", affirmed=field.affirmed)
                for name, field in self.fields.items()
            },
            fix_kind=self.fix_kind,
            versions=SettledVersions(**self.versions.model_dump()) if self.versions else None,
            product_area=self.product_area,
            seconds=self.seconds,
            settles=tuple(Settled(**one.model_dump()) for one in self.settles),
        )


class LinkBody(RequestBody):
    resolution_id: str
    add: tuple[LinkAddition, ...] = ()
    seconds: float | None = Field(None, ge=0, le=LONGEST_SITTING)


class RejectBody(RequestBody):
    reason: RejectReason
    note: str | None = Field(None, max_length=4000)
    seconds: float | None = Field(None, ge=0, le=LONGEST_SITTING)


class DecidedAnswer(AnswerBody):
    """The resolution that the ticket counts for now, at its new version."""

    resolution_id: str
    version: int


class LinkedAnswer(DecidedAnswer):
    """The same of a linked ticket, with what it brought into the record; what stands there already is not added."""

    added: tuple[AddedAnswer, ...]

    @classmethod
    def of(cls, made: ConfirmationResult) -> "LinkedAnswer":
        added = tuple(AddedAnswer(part=one.part, text=one.text) for one in made.added)
        return cls(resolution_id=made.resolution_id, version=made.version, added=added)


class DraftLineAnswer(AnswerBody):
    """A draft in the queue. `stated`: how many of the five fields the thread states with evidence.

    A closing that taught several things has a draft for each: this is number `part` of `parts`.
    """

    id: str
    ticket: str
    subject: str
    title: str
    state: DraftState
    assignee: str | None
    escalated: bool
    closed_at: datetime | None
    created_at: datetime
    stated: int
    part: int
    parts: int
    summariser: str
    fallback_reason: str | None
    thin: tuple[str, ...]

    @classmethod
    def of(cls, line: QueueLine) -> "DraftLineAnswer":
        return cls(**line.model_dump(include=set(cls.model_fields)))


class EvidenceAnswer(AnswerBody):
    """A verbatim quote: code points [start, end) of that revision of the raw message, or of the subject."""

    message: str
    revision: int
    start: int
    end: int
    visibility: Visibility | None
    quote: str


class DraftFieldAnswer(AnswerBody):
    """`supported` is false where no quote proves the text; `flags` say what speaks against it.

    `internal`: it rests on internal notes and is not for customers; null where that was not kept.
    """

    text: str
    supported: bool
    flags: tuple[str, ...]
    internal: bool | None
    evidence: tuple[EvidenceAnswer, ...]


class DraftVersionsAnswer(AnswerBody):
    affected: tuple[str, ...]
    fixed_in: tuple[str, ...]
    supported: bool
    flags: tuple[str, ...]
    internal: bool | None
    evidence: tuple[EvidenceAnswer, ...]


class CutAnswer(AnswerBody):
    """What the summariser did not see of a message. `why`: quoted, signature, log or budget."""

    message: str
    characters: int
    why: str


class ProvenanceAnswer(AnswerBody):
    summariser: str
    model: str | None
    prompt_id: str | None
    prompt_version: int | None
    prompt_sha256: str | None
    tokens_in: int | None
    tokens_out: int | None
    tokens_cached: int | None
    cost: float | None
    currency: str | None
    answer_format: str | None
    seconds: float | None
    repaired: bool
    fallback_reason: str | None
    characters_cut: int
    cuts: tuple[CutAnswer, ...]


class DecisionAnswer(AnswerBody):
    kind: DecisionKind
    actor: str
    at: datetime
    seconds: float | None
    edited_fields: tuple[str, ...]
    reason: str | None
    note: str | None
    resolution_id: str | None
    resolution_version: int | None
    bulk: bool

    @classmethod
    def of(cls, decision: Decision) -> "DecisionAnswer":
        return cls(**decision.model_dump(include=set(cls.model_fields)))


class DraftAnswer(AnswerBody):
    """One draft. `version` is also its ETag; a decision names it in If-Match."""

    id: str
    version: int
    state: DraftState
    ticket: str
    title: str
    fields: Mapping[FieldName, DraftFieldAnswer | None]
    fix_kind: FixKind | None
    versions: DraftVersionsAnswer
    tried: tuple[DraftFieldAnswer, ...]
    product_area: str | None
    dedupe: DedupeAnswer
    thin: tuple[str, ...]
    provenance: ProvenanceAnswer
    decisions: tuple[DecisionAnswer, ...]
    other_parts: tuple[str, ...]
    created_at: datetime

    @classmethod
    def of(cls, view: DraftView) -> "DraftAnswer":
        content = view.content
        return cls(
            id=view.id,
            version=view.version,
            state=view.state,
            ticket=str(view.ticket.key),
            title=content.title,
            fields={name: _field(content.fields.get(name), view.ticket) for name in FieldName},
            fix_kind=content.fix_kind,
            versions=_versions(content.versions, view.ticket),
            tried=tuple(_stated(field, view.ticket) for field in content.tried),
            product_area=view.ticket.product_area,
            dedupe=DedupeAnswer(
                verdict=view.dedupe[0].verdict if view.dedupe else "new",
                compared=view.compared,
                candidates=tuple(RecurrenceAnswer.of(found) for found in view.dedupe),
            ),
            thin=view.thin,
            provenance=ProvenanceAnswer(
                **view.provenance.model_dump(include=set(ProvenanceAnswer.model_fields)),
                characters_cut=sum(cut.characters for cut in view.provenance.cuts),
            ),
            decisions=tuple(DecisionAnswer.of(decision) for decision in view.decisions),
            other_parts=view.other_parts,
            created_at=view.created_at,
        )


def _field(field: DraftField | None, ticket: Ticket) -> DraftFieldAnswer | None:
    return _stated(field, ticket) if field else None


def _stated(field: DraftField, ticket: Ticket) -> DraftFieldAnswer:
    evidence = _evidence(field.evidence, ticket)
    told = field.model_dump(include={"text", "supported", "flags", "internal"})
    return DraftFieldAnswer(**told, evidence=evidence)


def _versions(versions: DraftVersions, ticket: Ticket) -> DraftVersionsAnswer:
    return DraftVersionsAnswer(
        affected=versions.affected,
        fixed_in=versions.fixed_in,
        supported=versions.supported,
        flags=versions.flags,
        internal=versions.internal,
        evidence=_evidence(versions.evidence, ticket),
    )


def _evidence(evidence: tuple[Evidence, ...], ticket: Ticket) -> tuple[EvidenceAnswer, ...]:
    """The quotes with their words. `ticket` stands at the revisions that they point at."""
    bodies = {message.id: message.body for message in ticket.messages} | {SUBJECT: ticket.subject}
    return tuple(
        EvidenceAnswer(**place.model_dump(), quote=bodies.get(place.message, "")[place.start : place.end])
        for place in evidence
    )
