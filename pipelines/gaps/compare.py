"""What changed between two gap reports."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from pipelines.domain.gaps import GapEventKind
from pipelines.domain.value import Value


class ChangeKind(StrEnum):
    """A gap that both reports have with as much demand has not changed."""

    NEW = "new"
    GROWING = "growing"
    SHRINKING = "shrinking"
    GONE = "gone"
    MERGED = "merged"
    CLOSED = "closed"
    VERIFIED = "verified"
    REOPENED = "reopened"


MOVES = {
    GapEventKind.CLOSED: ChangeKind.CLOSED,
    GapEventKind.VERIFIED: ChangeKind.VERIFIED,
    GapEventKind.REOPENED: ChangeKind.REOPENED,
}
"""The moves that count as a change of the report."""


class GapDifference(Value):
    """How a gap changed. `before` and `after`: its tickets and searches, None where the report does not have it."""

    id: str
    kinds: tuple[ChangeKind, ...]
    before: int | None
    after: int | None


def compare(
    before: Mapping[str, int],
    after: Mapping[str, int],
    moves: Mapping[str, Iterable[GapEventKind]],
    merged: Collection[str] = (),
) -> tuple[GapDifference, ...]:
    """Every gap that changed, the most demand first. `moves`: what was done to gaps between the two reports.

    `merged`: those that were made part of another one then, which is all that there is to say of them.
    """
    found = []
    for name in sorted({*before, *after, *moves}):
        then, now = before.get(name), after.get(name)
        kinds = [kind for kind in (_by_demand(then, now),) if kind is not None]
        kinds += [MOVES[move] for move in dict.fromkeys(moves.get(name, ())) if move in MOVES]
        if name in merged and now is None:
            kinds = [ChangeKind.MERGED]
        if kinds:
            found.append(GapDifference(id=name, kinds=tuple(kinds), before=then, after=now))
    return tuple(sorted(found, key=lambda each: (-max(each.before or 0, each.after or 0), each.id)))


def _by_demand(then: int | None, now: int | None) -> ChangeKind | None:
    if then is None:
        return None if now is None else ChangeKind.NEW
    if now is None:
        return ChangeKind.GONE
    if now == then:
        return None
    return ChangeKind.GROWING if now > then else ChangeKind.SHRINKING
