"""One exception tree. Every leaf has a stable `code`; service.web.problems maps each code to an HTTP problem type."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class PrecedentError(Exception):
    """Root of the tree. The message says what happened, to what, and what to do; it never holds ticket text."""

    code: ClassVar[str] = "error"

    def details(self) -> Mapping[str, Any]:
        """Extra members for programs (RFC 9457 extension members)."""
        return {}


class InvalidInput(PrecedentError):
    """The caller sent something that cannot be taken as it is."""

    code = "invalid_input"


class InvalidTicket(InvalidInput):
    """A ticket that is not of the ticket-file form; `reason` names the place and the remedy."""

    code = "invalid_ticket"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnsettledFields(InvalidInput):
    """A confirmation that leaves mandatory fields open or unproved claims unaffirmed."""

    code = "unsettled_fields"

    def __init__(self, unsettled: Sequence[tuple[str, str]]) -> None:
        """`unsettled` pairs a field's name with what the agent has to do about it."""
        super().__init__("Not confirmed: " + "; ".join(f"{name}: {why}" for name, why in unsettled))
        self.unsettled = tuple(unsettled)

    def details(self) -> Mapping[str, Any]:
        return {"unsettled": [{"field": name, "reason": why} for name, why in self.unsettled]}


class NotPublishable(InvalidInput):
    """An article that lacks something, or says what its readers may not have."""

    code = "not_publishable"

    def __init__(
        self,
        amiss: Sequence[tuple[str, str]],
        texts: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """`amiss` pairs a place with what to do about it; `texts` are the sentences, for the caller alone.

        `labels`: the places in words.
        """
        named = labels or {}
        super().__init__("Not published. " + "; ".join(f"{named.get(place, place)}: {why}" for place, why in amiss))
        self.amiss = tuple(amiss)
        self._texts = dict(texts or {})

    def details(self) -> Mapping[str, Any]:
        return {"amiss": [{"place": place, "reason": why, "text": self._texts.get(place)} for place, why in self.amiss]}


class NotEnoughToWrite(InvalidInput):
    """Nothing confirmed answers what an article is wanted for. The details say what is missing and whom to ask."""

    code = "not_enough_to_write"

    def __init__(self, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self._details = dict(details)

    def details(self) -> Mapping[str, Any]:
        return self._details


class NotFound(PrecedentError):
    """No such thing, or none that this caller may see."""

    code = "not_found"


class NotSignedIn(PrecedentError):
    """Nobody is signed in, or the token is unknown or revoked."""

    code = "not_signed_in"


class TooManyAttempts(PrecedentError):
    """Somebody guesses at a password; wait before trying again."""

    code = "too_many_attempts"


class NotPermitted(PrecedentError):
    """The caller's role does not allow it."""

    code = "not_permitted"


class WebhookRefused(NotSignedIn):
    """A webhook whose signature or timestamp does not hold."""

    code = "webhook_refused"


class WebhookNotConfigured(NotPermitted):
    """A webhook source for which no secret is configured."""

    code = "webhook_not_configured"


class Conflict(PrecedentError):
    """The thing is in a state that does not allow this."""

    code = "conflict"


class IllegalMove(Conflict):
    """A move between states that the domain forbids."""

    code = "illegal_move"


class PreconditionMissing(PrecedentError):
    """A change that must name the version it was made on (`If-Match`) and did not."""

    code = "precondition_missing"


class StaleVersion(PrecedentError):
    """The version a change was made on is no longer the current one."""

    code = "stale_version"

    def __init__(self, message: str, current: Mapping[str, Any], changed_fields: Sequence[str]) -> None:
        super().__init__(message)
        self.current = dict(current)
        self.changed_fields = tuple(changed_fields)

    def details(self) -> Mapping[str, Any]:
        return {"current": self.current, "changed_fields": list(self.changed_fields)}


class Unavailable(PrecedentError):
    """A part that is needed does not answer now; trying again later may help."""

    code = "unavailable"


class IndexUnavailable(Unavailable):
    """The vector index cannot be reached or opened."""

    code = "index_unavailable"


class SummariserFailed(Unavailable):
    """A summariser gave no usable answer. `reason` is a stable word; `permanent` says whether asking again can help."""

    code = "summariser_failed"

    def __init__(self, reason: str, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.permanent = permanent
        self.spent: Mapping[str, int | float | str | None] = {}
        """What the answers cost that came to nothing: fields of a Provenance."""


class ConfigurationError(PrecedentError):
    """A setting, or what a setting points at, is unusable."""

    code = "configuration"


class IndexLocked(ConfigurationError):
    """Another process owns the embedded index of this data directory."""

    code = "index_locked"

    def __init__(self, message: str, holder_pid: int | None) -> None:
        super().__init__(message)
        self.holder_pid = holder_pid


class ModelMismatch(ConfigurationError):
    """The vectors in the index were made by another model than the one configured."""

    code = "model_mismatch"
