"""A resolution's versions side by side: what each one changed, word by word."""

from difflib import SequenceMatcher
from itertools import pairwise

from pipelines.domain.drafts import FieldName
from pipelines.domain.errors import NotFound
from pipelines.domain.resolutions import ResolutionContent
from service.store.engine import Database
from service.store.ids import resolution_number
from service.store.queries import resolutions
from service.usecases.views_resolutions import Change, ChangedField, VersionChanges

_LONGEST = 4_000
"""Words of a text that are compared; past that the whole text is shown as replaced."""


def read_changes(db: Database, resolution_id: str) -> tuple[VersionChanges, ...]:
    """Every version with what it changed, newest first; the first one changed nothing. Raises NotFound."""
    with db.read() as session:
        versions = resolutions.versions(session, resolution_number(resolution_id))
    if not versions:
        raise NotFound(f"There is no resolution {resolution_id}.")
    first = VersionChanges(
        version=versions[0].version, actor=versions[0].actor, at=versions[0].at, why=versions[0].why, fields=()
    )
    later = [
        VersionChanges(
            version=after.version,
            actor=after.actor,
            at=after.at,
            why=after.why,
            fields=changed(before.content, after.content),
        )
        for before, after in pairwise(versions)
    ]
    return (*reversed(later), first)


def content_at(db: Database, resolution_id: str, version: int | None) -> ResolutionContent | None:
    """What a resolution said at a version; None where it has no such one."""
    with db.read() as session:
        found = resolutions.versions(session, resolution_number(resolution_id))
    return next((one.content for one in found if one.version == version), None)


def changed(before: ResolutionContent, after: ResolutionContent) -> tuple[ChangedField, ...]:
    """The fields whose words differ."""
    ours, theirs = _texts(before), _texts(after)
    return tuple(
        ChangedField(name=name, changes=tuple(differences(ours[name], theirs[name])))
        for name in ours
        if ours[name] != theirs[name]
    )


def _texts(content: ResolutionContent) -> dict[str, str]:
    texts = {"title": content.title} | {name.value: content.text(name) or "" for name in FieldName}
    return texts | {
        "fix_kind": content.fix_kind or "",
        "affected": ", ".join(content.versions.affected),
        "fixed_in": ", ".join(content.versions.fixed_in),
        "product_area": content.product_area or "",
    }


def differences(before: str, after: str) -> list[Change]:
    """Runs of words that stayed, went or came. Without what came it is the text before, without what went the after."""
    ours, theirs = before.split(" "), after.split(" ")
    if max(len(ours), len(theirs)) > _LONGEST:
        return [Change(kind="went", text=before), Change(kind="came", text=after)]
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change(kind="same", text=" ".join(ours[a:b])))
            continue
        if b > a:
            found.append(Change(kind="went", text=" ".join(ours[a:b])))
        if d > c:
            found.append(Change(kind="came", text=" ".join(theirs[c:d])))
    return found
