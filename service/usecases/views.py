"""What use cases return to the web and the command line: plain values, no rows, no behaviour beyond reading."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from pipelines.domain.checklist import ChecklistItem
from pipelines.domain.confirmations import DecisionKind
from pipelines.domain.contradictions import Settlement
from pipelines.domain.drafts import DraftContent, DraftState, FixKind, Provenance
from pipelines.domain.recurrences import Added, Reason
from pipelines.domain.resolutions import Resolution
from pipelines.domain.suggestions import Answer, TrackRecord
from pipelines.domain.tickets import Ticket

Item = TypeVar("Item")


class View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Page(View, Generic[Item]):
    """A page of a list. `next_cursor` is opaque, None on the last page."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


class CloseGate(View):
    """Whether capture is settled: `open` when every mandatory field is confirmed, or a decision made it unnecessary."""

    open: bool
    unconfirmed: tuple[str, ...]


class TicketView(View):
    """A ticket as those allowed to see it may: raw."""

    ticket: Ticket
    capture_state: str  # none | queued | drafted | needs_manual | confirmed | linked | rejected
    close_gate: CloseGate
    draft_ids: tuple[str, ...] = ()
    received_at: datetime


class TicketLine(View):
    """An open ticket in a list."""

    key: str  # SOURCE/ID
    subject: str
    status: str
    created_at: datetime
    assignee: str | None = None
    account_name: str | None = None
    account_tier: str | None = None
    product_area: str | None = None
    priority: str | None = None
    escalated: bool = False


class QueueLine(View):
    """A draft awaiting an agent: whose, how old, how complete."""

    id: str  # D-12
    ticket: str  # SOURCE/ID
    subject: str
    title: str
    state: DraftState
    assignee: str | None = None
    escalated: bool = False
    closed_at: datetime | None = None
    created_at: datetime
    stated: int  # of 5, with evidence
    part: int = 1
    parts: int = 1
    """A closing that taught several things has a draft for each: this is number `part` of `parts`."""
    summariser: str
    fallback_reason: str | None = None
    thin: tuple[str, ...] = ()


class Decision(View):
    """One confirmation on a draft, newest last."""

    kind: DecisionKind
    actor: str
    at: datetime
    seconds: float | None = None
    edited_fields: tuple[str, ...] = ()
    reason: str | None = None
    note: str | None = None
    resolution_id: str | None = None
    resolution_version: int | None = None
    bulk: bool = False


class Recurrence(View):
    """An existing resolution that the draft may be the same as, with what it says of cause and fix now.

    similarity: cosine of the most alike part, in [-1, 1]; reasons and adds: see pipelines.domain.recurrences.
    """

    resolution_id: str
    title: str
    verdict: str  # same_as | update_of | contradicts
    similarity: float
    why: str
    reasons: tuple[Reason, ...] = ()
    adds: tuple[Added, ...] = ()
    root_cause: str | None = None
    fix: str | None = None
    fix_kind: str | None = None


class DraftView(View):
    """One draft with all that the confirmation screen needs. `version` is the ETag's number."""

    id: str
    version: int
    state: DraftState
    content: DraftContent
    provenance: Provenance
    ticket: Ticket  # raw, at the message revisions that the evidence points at
    originals: Mapping[str, str] = {}
    """What the redaction marks in the draft stand for, where the thread still has it."""
    created_at: datetime
    decisions: tuple[Decision, ...] = ()
    dedupe: tuple[Recurrence, ...] = ()
    compared: bool = True  # False: nothing could be compared, or nobody tried
    thin: tuple[str, ...] = ()
    """Why there may be nothing to keep, in words; empty: the draft holds knowledge."""
    other_parts: tuple[str, ...] = ()


class ConfirmationResult(View):
    """The resolution that a decision made or linked, and what a link added to it."""

    resolution_id: str
    version: int
    added: tuple[Added, ...] = ()


class Side(View):
    """One of two resolutions that contradict one another, as it stands now."""

    resolution_id: str
    title: str
    root_cause: str | None = None
    fix: str | None = None
    fix_kind: FixKind | None = None
    archived: bool = False


class ContradictionView(View):
    """Two resolutions with different fixes for the same condition; `how` is None while nobody has settled it.

    `second` is None where a draft was linked to the first instead of becoming a resolution.
    """

    id: str  # C-3
    first: Side
    second: Side | None = None
    draft_id: str | None = None
    how: Settlement | None = None
    conditions: str | None = None
    settled_by: str | None = None
    opened_at: datetime
    settled_at: datetime | None = None


class ResolutionHistory(View):
    version: int
    actor: str
    at: datetime
    why: str
    changed_fields: tuple[str, ...] = ()


class ResolutionUse(View):
    """A ticket that the resolution came from or was used on."""

    ticket: str
    kind: str  # source | linked | suggested
    at: datetime
    outcome: str | None = None


class EvidenceQuote(View):
    """A quote: redacted and without its author's name, or as it stands in the raw message for who asked to see it."""

    field: str
    ticket: str
    message: str
    author: str | None = None
    role: str
    visibility: str
    at: datetime | None = None
    text: str


class ResolutionView(View):
    resolution: Resolution
    history: tuple[ResolutionHistory, ...] = ()
    uses: tuple[ResolutionUse, ...] = ()
    evidence: tuple[EvidenceQuote, ...] = ()
    track_record: TrackRecord = TrackRecord()
    contradictions: tuple[ContradictionView, ...] = ()
    superseded_by: str | None = None
    checklist: tuple[ChecklistItem, ...] = ()
    indexed: bool
    created_at: datetime
    updated_at: datetime


class ResolutionLine(View):
    id: str
    version: int
    title: str
    product_area: str | None = None
    confidence: str
    audience: str
    governance: str
    reused: int = 0
    fix_kind: str | None = None
    needs_review: bool = False
    updated_at: datetime


class ArticleShown(View):
    """What a suggestion says of the article it shows. `sources`: the resolutions it was drafted from."""

    id: str
    audience: str
    published_at: datetime
    sources: tuple[str, ...] = ()


class SuggestionView(View):
    """A kept answer."""

    id: str
    answer: Answer
    near_gap: Mapping[str, Any] | None = None
    dates: Mapping[str, datetime] = {}
    """When each resolution shown was last changed, by its id."""

    appeared: frozenset[str] = frozenset()
    """Those that nobody knew yet when the ticket that asks was opened."""

    articles: Mapping[str, ArticleShown] = {}
    """What is said of those shown that are articles, by their ids."""

    told_by: Mapping[str, str] = {}
    """For a resolution that is shown, the article that tells it too."""


class SignedIn(View):
    """A browser session. The csrf token is bound to it."""

    token: str
    csrf: str
    expires_at: datetime
