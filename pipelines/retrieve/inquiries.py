"""What could be asked to tell records apart: versions, platforms, error codes, areas, and names in the setup."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from pipelines.domain.suggestions import ApplicabilityVerdict
from pipelines.retrieve.conditions import (
    ANOTHER,
    NO,
    NONE_OF_THESE,
    YES,
    Conditions,
    area_weights,
    code_weights,
    name_weights,
    platform_weights,
    version_verdict,
    version_weights,
)
from pipelines.retrieve.platforms import KINDS, platforms
from pipelines.retrieve.query import PreparedQuery, product_names
from pipelines.retrieve.versions import ReadVersion, read_range, read_version

MOST_OPTIONS = 4
MOST_NAMES = 8
_LONGEST_NAME = 40
_VERSIONS_COMPARED = 12

# How often the agent can say without going back to the customer, roughly: what is asked seldom helps if nobody knows.
_ANSWERABLE = {"version": 0.8, "code": 0.7, "area": 0.9, "deployment": 0.9}
_OTHERWISE = 0.75

_TEXTS = {
    "version": "Which version does the customer have?",
    "code": "Which error code do they see?",
    "area": "Which part of the product is it about?",
    "operating system": "On which operating system does it happen?",
    "deployment": "Where does it run?",
    "browser": "In which browser does it happen?",
    "database": "Which database is behind it?",
    "identity provider": "Which identity provider do they use?",
    "file format": "Which file format is it about?",
}
NAME = "name:"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question with its options, unknown left out. `about` names it: `version`, `browser`, `name:Okta` ..."""

    about: str
    text: str
    options: tuple[str, ...]
    weights: Callable[[Conditions, Sequence[str]], list[float]]
    answerable: float = _OTHERWISE

    def chance(self, answer: str, stated: Conditions) -> float:
        """The chance that the customer gives this answer, one of the options or another, if the record is right."""
        known = next((option for option in self.options if option.casefold() == answer.strip().casefold()), None)
        options = self.options if known else (*self.options, answer.strip())
        weights = self.weights(stated, options)
        return weights[options.index(known) if known else -1] / sum(weights)


def inquiries(prepared: PreparedQuery, stated: Sequence[Conditions]) -> Iterator[Inquiry]:
    """Each question that could tell the records apart, left out what the query says already."""
    said = f"{prepared.lexical}\n{prepared.environment or ''}"
    told = platforms(said)
    if not prepared.version:
        yield from _found(_by_version(stated))
    yield from (one for kind in KINDS if kind not in told for one in _found(_by_platform(kind, stated)))
    if not prepared.codes:
        yield from _found(_by_code(stated))
    if not prepared.product_area:
        yield from _found(_by_area(stated))
    for name in _names(stated):
        if name.casefold() not in said.casefold():
            yield _by_name(name)


def is_asked(about: str) -> bool:
    """Whether there is a question of that name at all, whatever the records."""
    return about in _TEXTS or (about.startswith(NAME) and 0 < len(about) - len(NAME) <= _LONGEST_NAME)


def inquiry_about(about: str, stated: Sequence[Conditions]) -> Inquiry | None:
    """The question of that name over these records, None where it would tell nothing apart."""
    if about.startswith(NAME) and 0 < len(about) - len(NAME) <= _LONGEST_NAME:
        return _by_name(about.removeprefix(NAME))
    if about in KINDS:
        return _by_platform(about, stated)
    made = {"version": _by_version, "code": _by_code, "area": _by_area}.get(about)
    return made(stated) if made else None


def _found(inquiry: Inquiry | None) -> tuple[Inquiry, ...]:
    return (inquiry,) if inquiry else ()


def _inquiry(
    about: str, options: Sequence[str], weights: Callable[[Conditions, Sequence[str]], list[float]]
) -> Inquiry | None:
    if len(options) < 2:  # noqa: PLR2004 - one option is no question
        return None
    return Inquiry(about, _TEXTS[about], tuple(options), weights, _ANSWERABLE.get(about, _OTHERWISE))


def _by_platform(kind: str, stated: Sequence[Conditions]) -> Inquiry | None:
    names = list(dict.fromkeys(name for one in stated for name in one.platforms(kind)))[: MOST_OPTIONS - 1]
    if kind == "deployment":
        names = ["cloud", "on-premises"] if names else []
    elif names:
        names.append(ANOTHER)
    return _inquiry(kind, names, partial(platform_weights, kind))


def _by_code(stated: Sequence[Conditions]) -> Inquiry | None:
    codes = list(dict.fromkeys(code for one in stated for code in sorted(one.codes)))[: MOST_OPTIONS - 1]
    return _inquiry("code", [*codes, NONE_OF_THESE] if codes else [], code_weights)


def _by_area(stated: Sequence[Conditions]) -> Inquiry | None:
    areas = (one.resolution.content.product_area for one in stated)
    return _inquiry("area", list(dict.fromkeys(a.strip() for a in areas if a))[:MOST_OPTIONS], area_weights)


def _by_name(name: str) -> Inquiry:
    return Inquiry(f"{NAME}{name}", f"Is {name} part of the setup?", (YES, NO), partial(name_weights, name))


def _names(stated: Sequence[Conditions]) -> list[str]:
    """Names that some of the environments hold and others do not; those that a kind or a version covers left out."""
    found: dict[str, str] = {}
    for one in stated:
        for name in product_names(one.environment):
            if "=" not in name and not platforms(name) and not re.search(r"\d", name) and len(name) <= _LONGEST_NAME:
                found.setdefault(name.casefold(), name)
    apart = [shown for key, shown in found.items() if not all(key in one.names for one in stated)]
    return apart[:MOST_NAMES]


def _by_version(stated: Sequence[Conditions]) -> Inquiry | None:
    """Ranges of versions, each with the same records applying throughout; the first version of each stands for it."""
    versions = _stated_versions(stated)
    verdicts = [tuple(version_verdict(one.resolution, v.shown) for one in stated) for v in versions]
    if len(set(verdicts)) < 2:  # noqa: PLR2004 - all apply alike
        return None
    options: list[str] = []
    start = 0
    for place in range(1, len(versions) + 1):
        if place < len(versions) and verdicts[place] == verdicts[start]:
            continue
        first, last = versions[start], versions[place - 1]
        options.append(_ranged(first, last, final=place == len(versions) and _left_behind(verdicts[start])))
        start = place
    return _inquiry("version", options[-MOST_OPTIONS:], version_weights)


def _ranged(first: ReadVersion, last: ReadVersion, *, final: bool) -> str:
    if final:
        return f"{first.shown} or later"
    return first.shown if first is last else f"{first.shown} to {last.shown}"


def _left_behind(verdicts: Sequence[ApplicabilityVerdict]) -> bool:
    return ApplicabilityVerdict.DOES_NOT_APPLY in verdicts


def _stated_versions(stated: Sequence[Conditions]) -> list[ReadVersion]:
    """The versions that the records name, lowest first, each once; only those that can be compared with the most."""
    found: dict[tuple[str, str], ReadVersion] = {}
    for one in stated:
        versions = one.resolution.content.versions
        ends = [end for text in versions.affected if (r := read_range(text)) for end in (r.low, r.high) if end]
        ends += [read for text in versions.fixed_in if (read := read_version(text))]
        for end in ends:
            found.setdefault((end.scale, str(end.version)), end)
    scales = [scale for scale, _ in found]
    usual = max(sorted(set(scales)), key=scales.count, default="")
    return sorted((v for v in found.values() if v.scale == usual), key=lambda v: v.version)[-_VERSIONS_COMPARED:]
