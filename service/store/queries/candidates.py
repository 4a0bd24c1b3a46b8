"""What a question ranks: resolutions as they stand at this moment, with how they fared. Every question reads dozens."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Text, and_, bindparam, cast, delete, literal_column, select
from sqlmodel import Session, col

from pipelines.domain.resolutions import Audience, Confidence, Governance, Resolution, ResolutionContent
from pipelines.domain.suggestions import TrackRecord
from pipelines.retrieve.documents import WORDS_FORMAT, matchable, packed, remember, unpacked
from service.store.ids import resolution_name, resolution_number
from service.store.queries.deliveries import ERASURES
from service.store.queries.suggestions import fared
from service.store.remembered import REMEMBERED, Known, RememberedResolutions
from service.store.tables import InstallationRow, ResolutionRow, ResolutionVersionRow, ResolutionWordsRow


class CandidateRecord(NamedTuple):
    """A resolution that may be served now. `changed_at`: when its current version was made."""

    resolution: Resolution
    changed_at: datetime
    track_record: TrackRecord


def load(session: Session, numbers: Sequence[int]) -> dict[int, CandidateRecord]:
    """Those of the resolutions that there are and that triage may show, by number, whatever is remembered of them."""
    rows = session.connection().execute(_STATES, {"numbers": list(numbers)}).all()
    states = {number: state for number, state, _, _ in rows}
    erasures = rows[0].erasures if rows else None
    remembered: RememberedResolutions = session.info[REMEMBERED]
    found = remembered.those_in(states, erasures)
    missing = [number for number in states if number not in found]
    if missing:
        read = _read(session, missing, states)
        remembered.keep(read, erasures)
        found |= read
    shown = {number: times for number, _, times, _ in rows if number in found and found[number].served}
    return {
        number: CandidateRecord(found[number].resolution, found[number].changed_at, track)
        for number, track in fared(session, shown).items()
    }


def _read(session: Session, numbers: Sequence[int], states: Mapping[int, str]) -> dict[int, Known]:
    found: dict[int, Known] = {}
    rows: Any = session.connection().execute(_CONTENTS, {"numbers": list(numbers), "format": WORDS_FORMAT})
    for number, version, confidence, audience, governance, changed_at, content, words in rows:
        resolution = Resolution(
            id=resolution_name(number),
            version=version,
            content=ResolutionContent.model_validate_json(content),
            confidence=Confidence(confidence),
            audience=Audience(audience),
            governance=Governance(governance),
        )
        if words is not None:
            remember(resolution.content, unpacked(words))
        found[number] = Known(states[number], resolution, changed_at, resolution.served)
    return found


def put_words(session: Session, resolution: Resolution) -> None:
    """Keep the words of a resolution's current version beside it."""
    number = resolution_number(resolution.id)
    session.merge(
        ResolutionWordsRow(
            resolution_id=number,
            version=resolution.version,
            format=WORDS_FORMAT,
            words=packed(matchable(resolution.content)),
        )
    )


def remove_words(session: Session, number: int) -> None:
    session.execute(delete(ResolutionWordsRow).where(col(ResolutionWordsRow.resolution_id) == number))


def without_words(session: Session, limit: int, after: int = 0) -> list[int]:
    """The first resolutions after a number whose words are not kept as this program packs them; archived ones aside.

    Held until the unit of work ends: nobody changes or erases what they say before their words are kept.
    """
    statement = (
        select(col(ResolutionRow.id))
        .outerjoin(ResolutionWordsRow, _WORDS_OF_NOW)
        .where(
            col(ResolutionRow.id) > after,
            col(ResolutionRow.confidence) != Confidence.ARCHIVED.value,
            col(ResolutionWordsRow.resolution_id).is_(None),
        )
        .order_by(col(ResolutionRow.id))
        .limit(limit)
        .with_for_update(of=ResolutionRow)
    )
    return [number for number in session.execute(statement, {"format": WORDS_FORMAT}).scalars() if number is not None]


_BLANK = literal_column("' '", Text)
_STATE = (
    col(ResolutionRow.version),
    col(ResolutionRow.confidence),
    col(ResolutionRow.audience),
    col(ResolutionRow.governance),
    col(ResolutionRow.updated_at),
)
# Only to be compared: to make five values of each of forty rows, one of them a time, took longer than to find the rows.
_STATE_AS_TEXT = (
    cast(col(ResolutionRow.version), Text)
    + _BLANK
    + col(ResolutionRow.confidence)
    + _BLANK
    + col(ResolutionRow.audience)
    + _BLANK
    + col(ResolutionRow.governance)
    + _BLANK
    + cast(col(ResolutionRow.updated_at), Text)
)
# Made once: to put a statement together costs as much as to run it.
_STATES = select(
    col(ResolutionRow.id),
    _STATE_AS_TEXT,
    col(ResolutionRow.shown),
    select(cast(col(InstallationRow.value), Text))
    .where(col(InstallationRow.key) == ERASURES)
    .scalar_subquery()
    .label("erasures"),
).where(col(ResolutionRow.id).in_(bindparam("numbers", expanding=True)))

_WORDS_OF_NOW = and_(
    col(ResolutionWordsRow.resolution_id) == col(ResolutionRow.id),
    col(ResolutionWordsRow.version) == col(ResolutionRow.version),
    col(ResolutionWordsRow.format) == bindparam("format"),
)
_CONTENTS = (
    select(
        col(ResolutionRow.id),
        *_STATE,
        cast(col(ResolutionVersionRow.content), Text).label("content"),
        col(ResolutionWordsRow.words),
    )
    .join(
        ResolutionVersionRow,
        and_(
            col(ResolutionVersionRow.resolution_id) == col(ResolutionRow.id),
            col(ResolutionVersionRow.version) == col(ResolutionRow.version),
        ),
    )
    .outerjoin(ResolutionWordsRow, _WORDS_OF_NOW)
    .where(col(ResolutionRow.id).in_(bindparam("numbers", expanding=True)))
)
