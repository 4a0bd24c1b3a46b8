"""Whether a version is among the versions that a record lists, for what other steps are given as a function."""

from collections.abc import Sequence

from pipelines.retrieve.versions import read_range, read_version


def covers(version: str, listed: Sequence[str]) -> bool:
    """Whether a version is listed word for word, or lies within a listed range or a coarser version."""
    if version.strip().casefold() in {text.strip().casefold() for text in listed}:
        return True
    asked = read_version(version)
    if asked is None:
        return False
    ranges = [read_range(text) for text in listed]
    return any(one is not None and one.position(asked) == 0 for one in ranges)
