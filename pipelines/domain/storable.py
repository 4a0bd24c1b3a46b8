"""What no database keeps as text: a NUL, and half of a surrogate pair. Checked wherever text comes in."""

from pipelines.domain.errors import InvalidInput


def why_unstorable(text: str) -> str | None:
    """What is wrong with a text and what to do about it; None where it can be stored."""
    if "\x00" in text:
        return "holds a NUL character; remove it"
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            return "holds half of a surrogate pair; write the whole character"
    return None


def require_storable(text: str, place: str) -> None:
    """Raises InvalidInput, naming the place and never the text."""
    why = why_unstorable(text)
    if why:
        raise InvalidInput(f"{place} {why}.")


def storable(text: str) -> str:
    """The text with a blank for each NUL and a question mark for each half character: for what is only searched."""
    return text if why_unstorable(text) is None else text.replace("\x00", " ").encode("utf-8", "replace").decode()
