"""Resolutions by the words that they hold, the best match first, in pages. Called by the list of resolutions."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipelines.domain.errors import InvalidInput
from service.store.engine import Database
from service.store.ids import is_article, resolution_number
from service.store.lexical import open_lexical_index
from service.store.queries import resolutions
from service.store.queries.resolutions import Narrowing, ResolutionRecord
from service.store.session import Session
from service.store.words import terms

MOST_FOUND = 200
MOST_ARCHIVED = 1000
"""Archived resolutions, the latest changed first, that are read for the words searched for: a fifth of a second."""

_NAMED = re.compile(r"\bR-([0-9]{1,18})\b", re.IGNORECASE)
_CURSOR = re.compile(r"([0-9]{1,6})-([0-9]{1,18})", re.ASCII)


class Place(NamedTuple):
    """Where a page ended: the last resolution on it, and how many stood before that one."""

    before: int
    number: int


def read_place(cursor: str | None) -> Place | None:
    """The place that a cursor stands for. Raises InvalidInput for one that no search gave."""
    if not cursor:
        return None
    read = _CURSOR.fullmatch(cursor)
    if read is None:
        raise InvalidInput("cursor is not one that this search gave; start without one.")
    return Place(int(read[1]), int(read[2]))


def ranked_by_words(db: Database, text: str, *, archived: bool) -> list[int]:
    """The resolutions that a text names, then the served ones by the word search's score, then archived ones.

    Word search knows what is served; what is archived is read, and stands by how many of the words it holds.
    """
    named = [int(number) for number in _NAMED.findall(text)]
    hits = [hit for hit in open_lexical_index(db).search(text, MOST_FOUND) if not is_article(hit.id)]
    # Of equal ones the newest first, as in the list without words.
    served = [
        resolution_number(hit.id) for hit in sorted(hits, key=lambda hit: (-hit.score, -resolution_number(hit.id)))
    ]
    if not archived:
        return list(dict.fromkeys((*named, *served)))
    wanted = {term for term, _ in terms(text)}
    with db.read() as session:
        records = resolutions.archived(session, MOST_ARCHIVED)
    held = {
        record.number: len(wanted & {term for words in record.resolution.content.texts for term, _ in terms(words)})
        for record in records
    }
    put_away = sorted((number for number, words in held.items() if words), key=lambda number: -held[number])
    return list(dict.fromkeys((*named, *served, *put_away)))


def page_of(
    session: Session, ranking: Sequence[int], narrowing: Narrowing, after: Place | None, size: int
) -> tuple[list[ResolutionRecord], str | None]:
    """The next resolutions of a ranking that the narrowing leaves, and the cursor of the page after them.

    The ranking is made anew for each page: where what the last page ended with is gone from it, its place counts.
    """
    start = 0
    if after is not None:
        start = ranking.index(after.number) + 1 if after.number in ranking else after.before
    left = resolutions.among(session, ranking[start:], narrowing)
    numbers = [number for number in ranking[start:] if number in left]
    shown = numbers[:size]
    records = {record.number: record for record in resolutions.load_many(session, shown)}
    onward = f"{ranking.index(shown[-1])}-{shown[-1]}" if len(numbers) > size else None
    return [records[number] for number in shown if number in records], onward
