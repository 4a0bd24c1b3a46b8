"""What of a resolution may be said to whom: nothing that rests on internal notes leaves the house unconfirmed.

The one place that decides it, for articles and for replies that are copied to customers.
"""

from collections.abc import Mapping

from pipelines.domain.confirmations import VERSION, SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Audience, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.value import Value

_WIDTH = (Audience.INTERNAL, Audience.PARTNER, Audience.CUSTOMER, Audience.PUBLIC)


class SafeText(Value):
    """The part of a resolution that an audience may read. `left_out` names what it may not.

    `title` is None where the symptom, of which it is made, is left out.
    """

    title: str | None
    fields: Mapping[FieldName, str]
    fix_kind: FixKind | None = None
    affected: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def internal_fields(content: ResolutionContent) -> tuple[str, ...]:
    """The fields that rest on internal notes, or of which that is not known; versions as `version`."""
    found = [name.value for name, field in content.fields.items() if _stated(field) and field.internal is not False]
    versions = content.versions
    return (*found, VERSION) if _stated(versions) and versions.internal is not False else tuple(found)


def text_for(content: ResolutionContent, audience: Audience) -> SafeText:
    """What this audience may read: all of it inside the house; outside, what customers were told or was confirmed."""
    fields: dict[FieldName, str] = {}
    left_out: list[str] = []
    for name, field in content.fields.items():
        if not _stated(field) or not field.text:
            continue
        if _open(field, audience):
            fields[name] = field.text
        else:
            left_out.append(name.value)
    versions = content.versions
    shown = _stated(versions) and _open(versions, audience)
    if _stated(versions) and not shown:
        left_out.append(VERSION)
    return SafeText(
        title=None if FieldName.SYMPTOM.value in left_out else content.title,
        fields=fields,
        fix_kind=content.fix_kind if FieldName.FIX in fields else None,
        affected=versions.affected if shown else (),
        fixed_in=versions.fixed_in if shown else (),
        left_out=tuple(left_out),
    )


def _stated(part: ResolutionField | ResolutionVersions) -> bool:
    return part.state is SettledState.STATED


def either_internal(one: bool | None, other: bool | None) -> bool | None:
    """Whether one of two parts rests on internal notes; None where neither does for sure and one is not known."""
    return True if one or other else None if one is None or other is None else False


def wide_enough(cleared: Audience | None, audience: Audience) -> bool:
    """Whether what somebody confirmed for one audience may be read by another."""
    return cleared is not None and _WIDTH.index(cleared) >= _WIDTH.index(audience)


def readable_by(audience: Audience) -> tuple[Audience, ...]:
    """The audiences whose texts this one may read: its own and every wider one."""
    return _WIDTH[_WIDTH.index(audience) :]


def _open(part: ResolutionField | ResolutionVersions, audience: Audience) -> bool:
    return audience is Audience.INTERNAL or part.internal is False or wide_enough(part.cleared_for, audience)
