"""Resolutions: the confirmed, reusable record, its KCS state in three independent fields, and the legal moves."""

from collections.abc import Mapping
from enum import StrEnum

from pipelines.domain.confirmations import LinkAddition, SettledState
from pipelines.domain.drafts import Evidence, FieldName, FixKind, MarkPlace
from pipelines.domain.errors import IllegalMove
from pipelines.domain.value import Value


class Confidence(StrEnum):
    WORK_IN_PROGRESS = "work_in_progress"
    NOT_VALIDATED = "not_validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class Audience(StrEnum):
    INTERNAL = "internal"
    PARTNER = "partner"
    CUSTOMER = "customer"
    PUBLIC = "public"


class Governance(StrEnum):
    EXPERIENCE = "experience"
    COMPLIANCE = "compliance"


class Origin(StrEnum):
    """Where a resolution's field came from: the draft as proved, the agent's words, or the ticket's own fields."""

    DRAFT = "draft"
    EDITED = "edited"
    AFFIRMED = "affirmed"
    TICKET = "ticket"


class TicketEvidence(Value):
    """Evidence with the ticket it stands in: a resolution may draw on several tickets."""

    ticket: str  # SOURCE/ID
    evidence: Evidence


class TicketMark(Value):
    """Where a ticket says what a redaction mark stands for."""

    ticket: str  # SOURCE/ID
    place: MarkPlace


class ResolutionField(Value):
    """A field of a resolution. `text` is redacted; None where the field is not known or not applicable."""

    state: SettledState
    text: str | None = None
    origin: Origin = Origin.DRAFT
    evidence: tuple[TicketEvidence, ...] = ()
    internal: bool | None = None
    """Whether it rests on internal notes; None where that is not known, which counts as yes."""
    cleared_for: Audience | None = None
    """The widest audience that somebody confirmed it for, notes or not."""


class ResolutionVersions(Value):
    state: SettledState
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    origin: Origin = Origin.DRAFT
    evidence: tuple[TicketEvidence, ...] = ()
    internal: bool | None = None
    """Whether it rests on internal notes; None where that is not known, which counts as yes."""
    cleared_for: Audience | None = None
    """The widest audience that somebody confirmed it for, notes or not."""


class Addition(Value):
    """What a recurrence added when it was linked: its words for the symptom, its environment, or a version.

    `text` is redacted. Words for the symptom stand here alone; environment and versions in the record's fields as well.
    """

    ticket: str  # SOURCE/ID
    part: LinkAddition
    text: str
    origin: Origin = Origin.DRAFT
    evidence: tuple[TicketEvidence, ...] = ()
    internal: bool | None = None
    """Whether it rests on internal notes; None where that is not known, which counts as yes."""


class ResolutionContent(Value):
    """One version of a resolution's knowledge. `additions`: what the recurrences linked to it brought, oldest first."""

    title: str
    fields: Mapping[FieldName, ResolutionField]
    fix_kind: FixKind | None = None
    versions: ResolutionVersions
    product_area: str | None = None
    additions: tuple[Addition, ...] = ()
    marks: tuple[TicketMark, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that a redaction mark can stand in."""
        fields = (field.text for field in self.fields.values() if field.text)
        added = (addition.text for addition in self.additions)
        return (self.title, *fields, *added, *self.versions.affected, *self.versions.fixed_in)

    def text(self, name: FieldName) -> str | None:
        field = self.fields.get(name)
        return field.text if field else None

    @property
    def wordings(self) -> tuple[str, ...]:
        """The symptom as customers told it whose tickets were linked."""
        return tuple(a.text for a in self.additions if a.part is LinkAddition.SYMPTOM)

    @property
    def answers(self) -> bool:
        """Whether it holds anything to serve: a fix or a cause."""
        return bool(self.text(FieldName.FIX) or self.text(FieldName.ROOT_CAUSE))


class Resolution(Value):
    """A resolution at its current version."""

    id: str
    version: int
    content: ResolutionContent
    confidence: Confidence = Confidence.NOT_VALIDATED
    audience: Audience = Audience.INTERNAL
    governance: Governance = Governance.EXPERIENCE

    @property
    def served(self) -> bool:
        """Whether triage may show it."""
        return self.confidence is not Confidence.ARCHIVED and self.content.answers


_CONFIDENCE_MOVES: Mapping[Confidence, frozenset[Confidence]] = {
    Confidence.WORK_IN_PROGRESS: frozenset({Confidence.NOT_VALIDATED, Confidence.VALIDATED, Confidence.ARCHIVED}),
    Confidence.NOT_VALIDATED: frozenset({Confidence.WORK_IN_PROGRESS, Confidence.VALIDATED, Confidence.ARCHIVED}),
    Confidence.VALIDATED: frozenset({Confidence.NOT_VALIDATED, Confidence.ARCHIVED}),
    # Knowledge taken back out of the archive has to be validated anew.
    Confidence.ARCHIVED: frozenset({Confidence.NOT_VALIDATED}),
}


def move_confidence(current: Confidence, wanted: Confidence) -> Confidence:
    """The new confidence. Raises IllegalMove where KCS does not allow the step."""
    if wanted is current or wanted in _CONFIDENCE_MOVES[current]:
        return wanted
    allowed = ", ".join(sorted(_CONFIDENCE_MOVES[current]))
    raise IllegalMove(f"A resolution cannot go from {current} to {wanted}; from {current} it can go to: {allowed}.")
