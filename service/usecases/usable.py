"""Which texts that people type can be kept."""

from pipelines.domain.errors import InvalidInput
from pipelines.domain.storable import require_storable

LONGEST_TEXT = 20_000
"""Characters of one field. A resolution is read in seconds; whole logs belong in the ticket."""


def require_usable(name: str, text: str) -> None:
    """Raises InvalidInput for a text that is too long for a field, or that no database keeps."""
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"{name} is over {LONGEST_TEXT} characters; keep what the next agent needs.")
    require_storable(text, name)
