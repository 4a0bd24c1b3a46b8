"""What a summariser proposes for a closed ticket, and what grounding made of it. Never changed by a person."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pipelines.domain.tickets import Role, Visibility
from pipelines.domain.value import Value


class FieldName(StrEnum):
    """The four text fields of a draft and of a resolution. Versions are a fifth, with their own shape."""

    SYMPTOM = "symptom"
    ROOT_CAUSE = "root_cause"
    FIX = "fix"
    ENVIRONMENT = "environment"

    # Enum's own is a call: each question looks up some hundred fields.
    __hash__ = str.__hash__


class FixKind(StrEnum):
    FIX = "fix"
    WORKAROUND = "workaround"
    CONFIGURATION = "configuration"
    ANSWER = "answer"


SUBJECT = "subject"
"""The message id under which the ticket's subject line is quoted."""


class Span(Value):
    """A half-open range of code points."""

    start: int
    end: int


class Segment(Value):
    """A run of view text and the raw range it stands for.

    `verbatim` runs have equal length on both sides; others (a redaction mark, a note of what was cut) stand for the
    whole raw range. `kind` names a redaction or a cut, and is None on verbatim runs.
    """

    view: Span
    raw: Span
    verbatim: bool = True
    kind: str | None = None


class MappedText(Value):
    """Text as a model sees it, with the way back to the stored message. Segments tile `text` in order."""

    text: str
    segments: tuple[Segment, ...]

    @classmethod
    def verbatim(cls, text: str) -> "MappedText":
        """The text itself, mapped one to one."""
        whole = Span(start=0, end=len(text))
        return cls(text=text, segments=(Segment(view=whole, raw=whole),) if text else ())

    def raw_span(self, start: int, end: int) -> Span:
        """The raw range that view range [start, end) stands for. Raises ValueError on an empty or outside range."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"view range {start}:{end} is not within a text of {len(self.text)} characters")
        first = next(s for s in self.segments if s.view.start <= start < s.view.end)
        last = next(s for s in self.segments if s.view.start < end <= s.view.end)
        raw_start = first.raw.start + (start - first.view.start) if first.verbatim else first.raw.start
        raw_end = last.raw.start + (end - last.view.start) if last.verbatim else last.raw.end
        return Span(start=raw_start, end=raw_end)


class MarkPlace(Value):
    """Where the thread first says what a redaction mark stands for: code points [start, end) of one revision.

    Only the place is kept, never the words: who may read the message can have them. Of the subject the revision is
    a checksum.
    """

    mark: str
    message: str
    revision: int
    start: int
    end: int


class Cut(Value):
    """A part of the thread that the summariser did not see, and why."""

    message: str
    characters: int
    why: str  # quoted | signature | log | budget


class ViewMessage(Value):
    """One message as a summariser sees it: condensed and redacted."""

    id: str
    revision: int
    at: datetime
    role: Role
    visibility: Visibility
    text: MappedText


class TicketView(Value):
    """A ticket as a model may see it. Nothing in it identifies a person or the customer."""

    subject: MappedText
    product_area: str | None = None
    messages: tuple[ViewMessage, ...]
    cuts: tuple[Cut, ...] = ()


class Quote(Value):
    """Words that a summariser says stand in a message of the view (or in the subject)."""

    message: str
    text: str


class Claim(Value):
    """A field's text as proposed, with the words that are said to prove it."""

    text: str
    quotes: tuple[Quote, ...] = ()


class ProposedVersions(Value):
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


class Proposal(Value):
    """One problem and its resolution as a summariser proposes it. None means: the thread does not say."""

    title: str
    symptom: Claim | None = None
    root_cause: Claim | None = None
    fix: Claim | None = None
    fix_kind: FixKind | None = None
    environment: Claim | None = None
    versions: ProposedVersions = ProposedVersions()
    tried: tuple[Claim, ...] = ()

    def claim(self, name: FieldName) -> Claim | None:
        claim: Claim | None = getattr(self, name.value)
        return claim


class Summary(Value):
    """What a summariser returns: the proposals (one a problem; at least one) and what making them took."""

    proposals: tuple[Proposal, ...]
    provenance: "Provenance"


class Evidence(Value):
    """A verbatim quote by place: code points [start, end) of one revision of a raw message, or of the subject."""

    message: str
    revision: int = 1
    start: int
    end: int
    visibility: Visibility | None = None
    """Who could read that message when it was quoted; None in what was stored before that was kept."""


class DraftField(Value):
    """A grounded field. `supported` is False where no quote was found; `flags` name tokens that the thread lacks."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    supported: bool
    flags: tuple[str, ...] = ()
    internal: bool | None = None
    """Whether it rests on internal notes: quotes one, or says what only one says. None: not known."""

    @property
    def proved(self) -> bool:
        """Whether it is served as supported: quoted, and nothing speaks against it."""
        return self.supported and not self.flags


class DraftVersions(Value):
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    supported: bool = True
    flags: tuple[str, ...] = ()
    internal: bool | None = None

    @property
    def proved(self) -> bool:
        return self.supported and not self.flags

    @property
    def stated(self) -> bool:
        return bool(self.affected or self.fixed_in)


class DraftContent(Value):
    """The grounded proposal of one problem. A field that is absent is one the thread does not state."""

    title: str
    fields: Mapping[FieldName, DraftField] = {}
    fix_kind: FixKind | None = None
    versions: DraftVersions = DraftVersions()
    tried: tuple[DraftField, ...] = ()
    marks: tuple[MarkPlace, ...] = ()
    """Of every redaction mark in the texts, where it comes from; absent for one that the thread does not hold."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that a mark can stand in."""
        return (
            self.title,
            *(field.text for field in self.fields.values()),
            *self.versions.affected,
            *self.versions.fixed_in,
            *(field.text for field in self.tried),
        )

    @property
    def stated(self) -> int:
        """How many of the five (four fields and versions) the thread states with evidence: 0 to 5."""
        return sum(f.supported for f in self.fields.values()) + (self.versions.stated and self.versions.supported)


class Provenance(Value):
    """Who made a draft, with what, from what part of the thread, at what cost."""

    summariser: str  # llm | offline | none
    model: str | None = None
    prompt_id: str | None = None
    prompt_version: int | None = None
    prompt_sha256: str | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    """Of tokens_in, what the endpoint took from its cache."""
    cost: float | None = None
    """By the prices set, over every answer, repairs included; None where no price is set or no tokens were counted."""
    currency: str | None = None
    answer_format: str | None = None
    """What the endpoint was last asked for: json_schema, json_object or plain."""
    seconds: float | None = None
    repaired: bool = False
    cuts: tuple[Cut, ...] = ()
    fallback_reason: str | None = None
    """Why the offline summariser stood in for the LLM, where it did: a stable word such as `refused` or `timeout`."""


class DraftState(StrEnum):
    """Where a draft stands. `needs_manual` is a draft that no summariser could make: the agent fills it in."""

    PENDING = "pending"
    NEEDS_MANUAL = "needs_manual"
    CONFIRMED = "confirmed"
    LINKED = "linked"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"

    @property
    def awaits_agent(self) -> bool:
        return self in (DraftState.PENDING, DraftState.NEEDS_MANUAL)
