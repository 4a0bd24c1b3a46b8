"""How a record's versions grow from what became of it, and when an outcome says that they are out of date."""

from pipelines.domain.confirmations import SettledState
from pipelines.domain.kcs import ReviewReason
from pipelines.domain.resolutions import Resolution, ResolutionVersions
from pipelines.domain.suggestions import ApplicabilityVerdict, Query
from pipelines.retrieve.applicability import applicability
from pipelines.retrieve.versions import ReadVersion, read_range, read_version

_LONGEST = 120


def grown(resolution: Resolution, version: str) -> ResolutionVersions:
    """The versions with one more that the fix worked on, where that says something new; as they were otherwise.

    A record that is tied to no version stays so, and what it calls fixed in does not become affected. A range, as the
    answer to a question may be, says that it worked somewhere within it, not throughout.
    """
    stated = resolution.content.versions
    version = " ".join(version.split())
    one = read_range(version) if len(version) <= _LONGEST else None
    if stated.state is SettledState.NOT_APPLICABLE or one is None or not one.exact:
        return stated
    if _verdict(resolution, version) is not ApplicabilityVerdict.UNKNOWN:
        return stated
    return stated.model_copy(update={"state": SettledState.STATED, "affected": (*stated.affected, version)})


def shrunk(resolution: Resolution, version: str) -> ResolutionVersions:
    """The versions without one of those affected; not known where it was all that was said."""
    stated = resolution.content.versions
    left = tuple(one for one in stated.affected if one != " ".join(version.split()))
    state = SettledState.STATED if left or stated.fixed_in else SettledState.NOT_KNOWN
    return stated.model_copy(update={"state": state, "affected": left})


def fixed_on_fixed(resolution: Resolution, version: str) -> bool:
    """Whether the fix helped on a version on which, by the record, the problem was gone."""
    fixed = resolution.content.versions.fixed_in
    return bool(fixed) and _verdict(resolution, version) is ApplicabilityVerdict.DOES_NOT_APPLY


def wrong_on(resolution: Resolution, version: str | None) -> ReviewReason:
    """What a wrong answer says of the record: stale, where the version is newer than any the record speaks of."""
    read = read_version(version) if version else None
    known = [end for end in _ends(resolution.content.versions) if read and end.comparable(read)]
    newer = bool(read and known) and all(read.version > end.version for end in known if read)
    return ReviewReason.STALE if newer else ReviewReason.WRONG


def _verdict(resolution: Resolution, version: str) -> ApplicabilityVerdict:
    return applicability(Query(version=version), resolution).verdict


def _ends(versions: ResolutionVersions) -> list[ReadVersion]:
    ranges = (read_range(text) for text in versions.affected)
    ends = [end for found in ranges if found for end in (found.low, found.high) if end]
    return [*ends, *(read for text in versions.fixed_in if (read := read_version(text)))]
