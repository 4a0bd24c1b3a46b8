"""Resolutions, their versions, and the tickets beside them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import Row, Select, Text, cast
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, or_, select, update

from pipelines.domain.resolutions import Audience, Confidence, Governance, Resolution, ResolutionContent
from service.store.ids import resolution_name
from service.store.tables import ResolutionRow, ResolutionVersionRow, ReviewRow

_AT_ONCE = 500


_CURRENT = (
    columns(
        col(ResolutionRow.id),
        col(ResolutionRow.version),
        col(ResolutionRow.confidence),
        col(ResolutionRow.audience),
        col(ResolutionRow.governance),
        col(ResolutionRow.indexed_version),
        col(ResolutionRow.created_at),
        col(ResolutionRow.updated_at),
        cast(col(ResolutionVersionRow.content), Text).label("content"),
    )
    .where(col(ResolutionVersionRow.resolution_id) == col(ResolutionRow.id))
    .where(col(ResolutionVersionRow.version) == col(ResolutionRow.version))
)


_BEHIND = or_(col(ResolutionRow.indexed_version).is_(None), col(ResolutionRow.indexed_version) < ResolutionRow.version)


class ResolutionRecord(NamedTuple):
    number: int
    resolution: Resolution
    indexed_version: int | None
    created_at: datetime
    updated_at: datetime


class VersionRecord(NamedTuple):
    version: int
    content: ResolutionContent
    actor: str
    why: str
    at: datetime


def add(session: Session, content: ResolutionContent, actor: str, why: str, now: datetime) -> Resolution:
    """A new resolution at version 1: not validated, internal."""
    row = ResolutionRow(
        title=content.title,
        product_area=content.product_area,
        confidence=Confidence.NOT_VALIDATED.value,
        audience=Audience.INTERNAL.value,
        governance=Governance.EXPERIENCE.value,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None  # noqa: S101 - set by the flush
    _add_version(session, row.id, 1, content, actor, why, now)
    return _resolution(row, content)


def revise(
    session: Session,
    number: int,
    content: ResolutionContent,
    actor: str,
    why: str,
    now: datetime,
    *,
    confidence: Confidence | None = None,
    audience: Audience | None = None,
    governance: Governance | None = None,
) -> Resolution:
    """The next version of a resolution that `load` has locked."""
    row = session.get_one(ResolutionRow, number)
    row.version += 1
    row.title, row.product_area, row.updated_at = content.title, content.product_area, now
    row.confidence = confidence.value if confidence else row.confidence
    row.audience = audience.value if audience else row.audience
    row.governance = governance.value if governance else row.governance
    session.add(row)
    _add_version(session, number, row.version, content, actor, why, now)
    session.flush()
    return _resolution(row, content)


def _add_version(
    session: Session, number: int, version: int, content: ResolutionContent, actor: str, why: str, now: datetime
) -> None:
    session.add(
        ResolutionVersionRow(
            resolution_id=number,
            version=version,
            content=content.model_dump(mode="json"),
            actor=actor,
            why=why,
            at=now,
        )
    )


def load(session: Session, number: int, *, lock: bool = False) -> ResolutionRecord | None:
    """A resolution at its current version; with `lock` nobody else revises it until the unit of work ends."""
    if lock:
        session.exec(select(ResolutionRow.id).where(ResolutionRow.id == number).with_for_update()).one_or_none()
    found = load_many(session, [number])
    return found[0] if found else None


def load_many(session: Session, numbers: Iterable[int]) -> list[ResolutionRecord]:
    """Those of the resolutions that exist, in no particular order.

    Every question reads dozens: as columns, since making the row objects took most of the time.
    """
    return [_read(row) for row in session.execute(_CURRENT.where(col(ResolutionRow.id).in_(list(numbers))))]


def unindexed(session: Session, limit: int, after: int = 0) -> list[ResolutionRecord]:
    """Resolutions whose current version the vector index does not have, oldest first."""
    statement = _CURRENT.where(col(ResolutionRow.id) > after, _BEHIND).order_by(col(ResolutionRow.id)).limit(limit)
    return [_read(row) for row in session.execute(statement)]


def mark_indexed(session: Session, versions: Sequence[tuple[int, int]]) -> None:
    """The index now holds these (number, version); one that was revised meanwhile stays unindexed."""
    for number, version in versions:
        session.exec(
            update(ResolutionRow)
            .where(col(ResolutionRow.id) == number, col(ResolutionRow.version) >= version)
            .values(indexed_version=version)
        )


def mark_lost(session: Session, numbers: Sequence[int]) -> None:
    """The index turned out not to hold these."""
    for start in range(0, len(numbers), _AT_ONCE):
        some = col(ResolutionRow.id).in_(numbers[start : start + _AT_ONCE])
        session.exec(update(ResolutionRow).where(some).values(indexed_version=None))


def forget_index(session: Session) -> int:
    """Mark every resolution as not indexed; returns how many there are."""
    session.exec(update(ResolutionRow).values(indexed_version=None))
    return session.exec(select(func.count()).select_from(ResolutionRow)).one()


def served_versions(session: Session) -> dict[int, int | None]:
    """Number and indexed version of every resolution that is not archived; None: not in the index yet."""
    rows = session.exec(
        select(ResolutionRow.id, ResolutionRow.indexed_version).where(
            ResolutionRow.confidence != Confidence.ARCHIVED.value
        )
    ).all()
    return {number: version for number, version in rows if number is not None}


class Narrowing(TypedDict, total=False):
    """What a list of resolutions is narrowed by; what is left out or empty narrows nothing."""

    product_area: str | None
    confidence: str | None
    audience: str | None
    fix_kind: str | None
    needs_review: bool


def listed(session: Session, narrowing: Narrowing, *, before: int | None, limit: int) -> list[ResolutionRecord]:
    """Current versions, newest first, from below the number `before`."""
    statement = _narrowed(_CURRENT, narrowing)
    if before is not None:
        statement = statement.where(col(ResolutionRow.id) < before)
    rows = session.execute(statement.order_by(col(ResolutionRow.id).desc()).limit(limit))
    return [_read(row) for row in rows]


def among(session: Session, numbers: Sequence[int], narrowing: Narrowing) -> set[int]:
    """Those of the numbers that there are and that the narrowing leaves."""
    statement = _narrowed(_CURRENT.with_only_columns(col(ResolutionRow.id)), narrowing)
    return set(session.execute(statement.where(col(ResolutionRow.id).in_(numbers))).scalars())


def _narrowed(statement: Select[*tuple[Any, ...]], narrowing: Narrowing) -> Select[*tuple[Any, ...]]:
    if product_area := narrowing.get("product_area"):
        # People type it: lower() of both, and for what SQLite's does not know (only ASCII) as it stands.
        area = col(ResolutionRow.product_area)
        statement = statement.where(or_(func.lower(area) == product_area.lower(), area == product_area))
    if confidence := narrowing.get("confidence"):
        statement = statement.where(col(ResolutionRow.confidence) == confidence)
    if audience := narrowing.get("audience"):
        statement = statement.where(col(ResolutionRow.audience) == audience)
    if fix_kind := narrowing.get("fix_kind"):
        statement = statement.where(col(ResolutionVersionRow.content)["fix_kind"].as_string() == fix_kind)
    if narrowing.get("needs_review"):
        open_ones = select(ReviewRow.resolution_id).where(col(ReviewRow.settled_at).is_(None))
        statement = statement.where(col(ResolutionRow.id).in_(open_ones))
    return statement


def archived(session: Session, limit: int) -> list[ResolutionRecord]:
    """What is archived, the latest changed first."""
    latest = (col(ResolutionRow.updated_at).desc(), col(ResolutionRow.id).desc())
    statement = _CURRENT.where(col(ResolutionRow.confidence) == Confidence.ARCHIVED.value).order_by(*latest)
    return [_read(row) for row in session.execute(statement.limit(limit))]


def versions(session: Session, number: int) -> list[VersionRecord]:
    """Every version, oldest first."""
    rows = session.exec(
        select(ResolutionVersionRow)
        .where(ResolutionVersionRow.resolution_id == number)
        .order_by(col(ResolutionVersionRow.version))
    )
    return [
        VersionRecord(row.version, ResolutionContent.model_validate(row.content), row.actor, row.why or "", row.at)
        for row in rows
    ]


def confirmed_at(session: Session, numbers: Sequence[int]) -> dict[str, datetime]:
    """When the current version of each was made, by the resolution's name."""
    rows = session.exec(select(ResolutionRow.id, ResolutionRow.updated_at).where(col(ResolutionRow.id).in_(numbers)))
    return {resolution_name(number): at for number, at in rows if number is not None}


def first_confirmed_at(session: Session, numbers: Sequence[int]) -> dict[str, datetime]:
    """When each was first confirmed, by the resolution's name."""
    rows = session.exec(select(ResolutionRow.id, ResolutionRow.created_at).where(col(ResolutionRow.id).in_(numbers)))
    return {resolution_name(number): at for number, at in rows if number is not None}


def product_areas(session: Session) -> list[str]:
    found = session.exec(
        select(ResolutionRow.product_area).where(col(ResolutionRow.product_area).is_not(None)).distinct()
    )
    return sorted(area for area in found if area)


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(ResolutionRow)).one()


def count_unindexed(session: Session) -> int:
    """How many the vector index does not have at their current version."""
    return session.exec(select(func.count()).select_from(ResolutionRow).where(_BEHIND)).one()


def _read(row: Row[Any]) -> ResolutionRecord:
    """A record from a row of _CURRENT."""
    resolution = Resolution(
        id=resolution_name(row.id),
        version=row.version,
        content=ResolutionContent.model_validate_json(row.content),
        confidence=Confidence(row.confidence),
        audience=Audience(row.audience),
        governance=Governance(row.governance),
    )
    return ResolutionRecord(row.id, resolution, row.indexed_version, row.created_at, row.updated_at)


def _resolution(row: ResolutionRow, content: ResolutionContent) -> Resolution:
    assert row.id is not None  # noqa: S101 - rows that were flushed have one
    return Resolution(
        id=resolution_name(row.id),
        version=row.version,
        content=content,
        confidence=Confidence(row.confidence),
        audience=Audience(row.audience),
        governance=Governance(row.governance),
    )
