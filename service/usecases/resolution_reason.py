"""What a version's history says of it: the reason that was given, and every move that its texts do not show."""

from collections.abc import Iterator

from pipelines.domain.confirmations import VERSION
from pipelines.domain.resolutions import Resolution, ResolutionField, ResolutionVersions

_STATES = ("confidence", "audience", "governance")


def told(given: str, before: Resolution, after: Resolution) -> str:
    """The reason, in the words that were given for it, with each state that moved and each part that was vouched for.

    A former version keeps its texts alone: what it was for whom stands nowhere else.
    """
    moves = [*_moved(before, after), *_vouched(before, after)]
    return "; ".join([given, *moves] if given else moves or ["corrected"])


def _moved(before: Resolution, after: Resolution) -> Iterator[str]:
    for name in _STATES:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new:
            yield f"{name} from {_plain(old)} to {_plain(new)}"


def _vouched(before: Resolution, after: Resolution) -> Iterator[str]:
    known = dict(_parts(before))
    for name, part in _parts(after):
        former = known.get(name)
        if part.cleared_for and part.cleared_for is not (former.cleared_for if former else None):
            yield f"{_plain(name)} confirmed for {part.cleared_for} readers"


def _parts(resolution: Resolution) -> Iterator[tuple[str, ResolutionField | ResolutionVersions]]:
    yield from ((name.value, field) for name, field in resolution.content.fields.items())
    yield VERSION, resolution.content.versions


def _plain(word: str) -> str:
    return word.replace("_", " ")
