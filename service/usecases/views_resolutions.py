"""What use cases return of how resolutions held and of what their versions changed."""

from datetime import datetime

from pipelines.domain.suggestions import TrackRecord
from pipelines.retrieve.held import Share, Survival
from service.usecases.views import View


class ReviewEntry(View):
    """What speaks against a resolution: wrong, stale, fixed_version or came_back."""

    reason: str
    ticket: str | None
    version: str | None
    raised_by: str
    at: datetime
    settled_by: str | None
    settled_at: datetime | None


class TrackRecordView(View):
    """How a resolution held. `survival` at 7, 30 and 90 days after a ticket closed, empty without a closed reuse."""

    counts: TrackRecord
    share: Share
    survival: tuple[Survival, ...]
    watched: int
    returns: int
    reviews: tuple[ReviewEntry, ...]

    @property
    def waiting(self) -> tuple[ReviewEntry, ...]:
        return tuple(one for one in self.reviews if one.settled_at is None)


class Change(View):
    """A run of words. kind: same | went | came."""

    kind: str
    text: str


class ChangedField(View):
    name: str
    changes: tuple[Change, ...]


class VersionChanges(View):
    version: int
    actor: str
    at: datetime
    why: str
    fields: tuple[ChangedField, ...]
