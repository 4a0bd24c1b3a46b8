"""Puts back what redaction took out, for those who may see the ticket as it is.

Nothing taken out is kept: a mark's place leads to the raw message, and who has that may have the words. Where the
message is gone, or was another when the mark was made, there is no way back.
"""

from collections.abc import Iterable, Mapping

from pipelines.capture.redaction_marks import MARK
from pipelines.domain.drafts import MarkPlace


def originals(places: Iterable[MarkPlace], bodies: Mapping[tuple[str, int], str]) -> dict[str, str]:
    """What each mark stands for, as the thread first has it; `bodies` by message and revision."""
    found: dict[str, str] = {}
    for place in places:
        body = bodies.get((place.message, place.revision), "")
        if 0 <= place.start < place.end <= len(body):
            found[place.mark] = body[place.start : place.end]
    return found


def parts(text: str) -> list[tuple[str, str | None]]:
    """A text cut at its marks: plain words with None, marks with their kind."""
    found: list[tuple[str, str | None]] = []
    last = 0
    for match in MARK.finditer(text):
        found += [(text[last : match.start()], None), (match.group(), match.group("kind"))]
        last = match.end()
    return [part for part in (*found, (text[last:], None)) if part[0]]
