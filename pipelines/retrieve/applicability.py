"""Whether a resolution holds for the asker's version and environment, with the reason; unknown when in doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from packaging.version import Version

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionVersions
from pipelines.domain.suggestions import Applicability, ApplicabilityVerdict, Query
from pipelines.retrieve.platforms import DECISIVE, platforms
from pipelines.retrieve.versions import ReadVersion, VersionRange, read_range, read_version

_APPLIES = ApplicabilityVerdict.APPLIES
_NOT = ApplicabilityVerdict.DOES_NOT_APPLY
_UNKNOWN = ApplicabilityVerdict.UNKNOWN
_NOT_TIED = Applicability(verdict=_APPLIES, why="not tied to a version")
_NOT_ON_RECORD = Applicability(verdict=_UNKNOWN, why="no version is on record")

_NAMED_LIMIT = 4


def applicability(query: Query, resolution: Resolution) -> Applicability:
    """Compare the asker's version and environment with what the resolution states about itself."""
    by_version = _by_version(query.version, resolution.content.versions)
    same, other = _platforms(query.environment, resolution.content.text(FieldName.ENVIRONMENT))
    if other and by_version.verdict is not _NOT:
        return Applicability(verdict=_UNKNOWN, why=_joined(by_version.why, other))
    if same:
        return Applicability(verdict=by_version.verdict, why=_joined(by_version.why, same))
    return by_version


def _joined(first: str, second: str) -> str:
    return f"{first}; {second}"


def _by_version(asked: str | None, stated: ResolutionVersions) -> Applicability:
    if stated.state is SettledState.NOT_APPLICABLE:
        return _NOT_TIED
    if stated.state is SettledState.NOT_KNOWN or not (stated.affected or stated.fixed_in):
        return _NOT_ON_RECORD
    said = _said(stated)
    if not asked or not asked.strip():
        return Applicability(verdict=_UNKNOWN, why=f"{said}; your version is not given")
    have = f"you have {asked.strip()}"
    tried = list(_tried(asked, stated))
    if not tried:
        return Applicability(verdict=_UNKNOWN, why=f"{said}; {have}, which cannot be compared")
    found = [_at(version, stated, said, have) for version in tried]
    if len({one.verdict for one in found}) > 1:
        return Applicability(
            verdict=_UNKNOWN, why=f"{said}; {have}, and within that the answer differs: give one version"
        )
    return found[0]


def _tried(asked: str, stated: ResolutionVersions) -> Iterator[ReadVersion]:
    """The version that was asked for; of a range every one at which the verdict may be another. Nothing if unread."""
    several = read_range(asked)
    if several and several.low and several.high and not several.exact:
        yield from _within(several, several.low, several.high, stated)
    elif version := read_version(asked):
        yield version


def _within(
    asked: VersionRange, low: ReadVersion, high: ReadVersion, stated: ResolutionVersions
) -> Iterator[ReadVersion]:
    """The ends of the range that was asked for, and what lies within it where the verdict may turn."""
    high = replace(high, product=low.product or high.product)
    yield low
    yield high if asked.high_included else _just_below(high)
    fixes = _comparable(low, stated.fixed_in)
    affected = (r for r in map(read_range, stated.affected) if r and _same_product(low, r))
    turns = (*fixes, *map(_just_below, fixes), *(end for r in affected for end in (r.low, r.high) if end))
    for turn in turns:
        if low.comparable(turn) and low.version < turn.version < high.version:
            yield replace(turn, product=low.product)


def _just_below(version: ReadVersion) -> ReadVersion:
    """What comes before a version and after all earlier ones."""
    return replace(version, version=Version(f"{version.version.base_version}.dev0"))


def _at(version: ReadVersion, stated: ResolutionVersions, said: str, have: str) -> Applicability:
    fixed = _is_fixed(version, _comparable(version, stated.fixed_in))
    if fixed is not None and fixed[0]:
        return Applicability(verdict=_NOT, why=f"fixed in {fixed[1].shown}, {have}")
    affected = [r for r in (read_range(text) for text in stated.affected) if r and _same_product(version, r)]
    verdict = _is_affected(version, affected, not_fixed_yet=fixed is not None)
    if verdict is _UNKNOWN and fixed is not None and not stated.affected and fixed[1].parts[0] == version.parts[0]:
        verdict = _APPLIES
    return Applicability(verdict=verdict, why=f"{said}, {have}")


def _said(stated: ResolutionVersions) -> str:
    parts = [f"affects {_listed(stated.affected)}"] if stated.affected else []
    parts += [f"fixed in {_listed(stated.fixed_in)}"] if stated.fixed_in else []
    return ", ".join(parts)


def _listed(texts: Sequence[str]) -> str:
    shown = [text.strip() for text in texts[:_NAMED_LIMIT]]
    more = len(texts) - len(shown)
    if more:
        return ", ".join(shown) + f" and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _comparable(version: ReadVersion, texts: Sequence[str]) -> list[ReadVersion]:
    read = (read_version(text) for text in texts)
    return [r for r in read if r and r.comparable(version) and _product_agrees(version.product, r.product)]


def _same_product(version: ReadVersion, stated: VersionRange) -> bool:
    ends = [end for end in (stated.low, stated.high) if end]
    return all(_product_agrees(version.product, end.product) for end in ends)


def _product_agrees(ours: str, theirs: str) -> bool:
    """Whether two version texts may speak of one product: both name the same, or one names none and no platform."""
    if ours == theirs:
        return True
    if ours and theirs:
        return bool(set(ours.split()) & set(theirs.split()))
    named = ours or theirs
    return not platforms(named)


def _is_fixed(version: ReadVersion, fixes: Sequence[ReadVersion]) -> tuple[bool, ReadVersion] | None:
    """Whether the version has the fix, and the release that says so; None where the fixes do not say.

    Fixes of several branches are told apart: the fix in the asker's own branch decides before any other.
    """
    branch_length = max(1, min(2, len(version.parts)))
    for length in range(branch_length, 0, -1):
        branch = [f for f in fixes if f.parts[:length] == version.parts[:length]]
        if branch:
            fix = min(branch, key=lambda f: f.version)
            if version.version >= fix.version:
                return True, fix
            coarse = len(version.parts) < len(fix.parts) and version.covers(fix)
            return None if coarse else (False, fix)
    if not fixes:
        return None
    last = max(fixes, key=lambda f: f.version)
    if version.version >= last.version:
        return True, last
    first = min(fixes, key=lambda f: f.version)
    return (False, first) if version.version < first.version else None


def _is_affected(
    version: ReadVersion, affected: Sequence[VersionRange], *, not_fixed_yet: bool
) -> ApplicabilityVerdict:
    if any(r.exact and r.low and r.low.comparable(version) and r.low.covers(version) for r in affected):
        return _APPLIES
    ranges = [r for r in affected if not r.exact]
    positions = [r.position(version) for r in ranges]
    if 0 in positions:
        return _APPLIES
    # Single versions are where it was seen, not where it ends: only stated ranges can rule a version out.
    if not ranges or len(ranges) < len(affected) or None in positions:
        return _UNKNOWN
    if not_fixed_yet and any(position == 1 for position in positions):
        return _UNKNOWN
    return _NOT


def _platforms(ours: str | None, theirs: str | None) -> tuple[str, str]:
    """What the two environments share, and where they differ, each in words or empty."""
    if not ours or not theirs:
        return "", ""
    shared: list[str] = []
    different: list[str] = []
    asked, stated = platforms(ours), platforms(theirs)
    for kind in DECISIVE:
        mine, seen = asked.get(kind, ()), stated.get(kind, ())
        common = [name for name in seen if name in mine]
        shared += common
        if mine and seen and not common:
            different.append(f"seen on {_listed(seen)}, you have {_listed(mine)}")
    return (f"seen on {_listed(shared)}, as yours" if shared else ""), "; ".join(different)
