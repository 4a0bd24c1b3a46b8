"""What of a resolution a customer may be sent: nothing that rests on an internal note, unless a person opened it."""

from collections.abc import Collection

from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Audience, Resolution, ResolutionField, ResolutionVersions

_OUTSIDE = (Audience.CUSTOMER, Audience.PUBLIC)
_OPENING = {
    FixKind.FIX: "This is a known problem, and this fixes it:",
    FixKind.WORKAROUND: "This is a known problem. Until it is fixed, this helps:",
    FixKind.CONFIGURATION: "This is a matter of configuration:",
    FixKind.ANSWER: "",
}


def customer_reply(resolution: Resolution, internal: Collection[tuple[str, str]]) -> str | None:
    """The words to send, None where the fix may not leave the house.

    `internal`: the messages, as (ticket, message), that customers did not see. A record whose audience is customers was
    opened for them by somebody; of any other, a field may go out that quotes public messages alone.
    """
    content = resolution.content
    fix = content.fields.get(FieldName.FIX)
    if fix is None or not fix.text or not _may_leave(resolution, fix, internal):
        return None
    parts = [_OPENING[content.fix_kind or FixKind.FIX], fix.text]
    versions = content.versions
    if versions.fixed_in and _may_leave(resolution, versions, internal):
        parts.append(f"Fixed in: {', '.join(versions.fixed_in)}.")
    return "\n\n".join(part for part in parts if part)


def _may_leave(
    resolution: Resolution, part: ResolutionField | ResolutionVersions, internal: Collection[tuple[str, str]]
) -> bool:
    """Without a quote nobody can say where the words come from, and they stay inside."""
    if resolution.audience in _OUTSIDE:
        return True
    quoted = [(quote.ticket, quote.evidence.message) for quote in part.evidence]
    return bool(quoted) and not any(place in internal for place in quoted)
