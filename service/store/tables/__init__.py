"""The rows of the store, one module a subject. They stay inside service.store and are never a request or a response."""

from service.store.tables.access import ApiTokenRow, UserRow, WebSessionRow
from service.store.tables.articles import ArticleOutcomeRow, ArticleRow, ArticleSourceRow, ArticleVersionRow
from service.store.tables.capture import ConfirmationRow, DraftRow, WorkInProgressRow
from service.store.tables.columns import Row, UtcDateTime
from service.store.tables.contradictions import ContradictionRow
from service.store.tables.gaps import DemandSignalRow, GapEventRow, GapPinRow, GapReportRow, GapRow
from service.store.tables.jobs import JobRow, JobState
from service.store.tables.operations import AuditEventRow, InstallationRow, TextVectorRow, WebhookDeliveryRow
from service.store.tables.resolutions import (
    ResolutionRow,
    ResolutionVersionRow,
    ResolutionWordsRow,
    ReuseKind,
    ReuseRow,
    ReviewRow,
)
from service.store.tables.suggestions import SuggestionOutcomeRow, SuggestionRow
from service.store.tables.tickets import CaptureState, MessageRow, TicketLinkRow, TicketRow

__all__ = [
    "ApiTokenRow",
    "ArticleOutcomeRow",
    "ArticleRow",
    "ArticleSourceRow",
    "ArticleVersionRow",
    "AuditEventRow",
    "CaptureState",
    "ConfirmationRow",
    "ContradictionRow",
    "DemandSignalRow",
    "DraftRow",
    "GapEventRow",
    "GapPinRow",
    "GapReportRow",
    "GapRow",
    "InstallationRow",
    "JobRow",
    "JobState",
    "MessageRow",
    "ResolutionRow",
    "ResolutionVersionRow",
    "ResolutionWordsRow",
    "ReuseKind",
    "ReuseRow",
    "ReviewRow",
    "Row",
    "SuggestionOutcomeRow",
    "SuggestionRow",
    "TextVectorRow",
    "TicketLinkRow",
    "TicketRow",
    "UserRow",
    "UtcDateTime",
    "WebSessionRow",
    "WebhookDeliveryRow",
    "WorkInProgressRow",
]
