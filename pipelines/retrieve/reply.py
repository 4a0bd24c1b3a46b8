"""The words of a resolution to send to a customer; which of them may leave the house, `domain.audience` decides."""

from pipelines.domain.audience import text_for
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Audience, ResolutionContent

_OPENING = {
    FixKind.FIX: "This is a known problem, and this fixes it:",
    FixKind.WORKAROUND: "This is a known problem. Until it is fixed, this helps:",
    FixKind.CONFIGURATION: "This is a matter of configuration:",
    FixKind.ANSWER: "",
}


def customer_reply(content: ResolutionContent) -> str | None:
    """The reply, None where the fix may not leave the house."""
    safe = text_for(content, Audience.CUSTOMER)
    fix = safe.fields.get(FieldName.FIX)
    if not fix:
        return None
    parts = [_OPENING[safe.fix_kind or FixKind.FIX], fix]
    if safe.fixed_in:
        parts.append(f"Fixed in: {', '.join(safe.fixed_in)}.")
    return "\n\n".join(part for part in parts if part)
