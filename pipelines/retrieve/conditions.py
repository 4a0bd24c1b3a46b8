"""Under which circumstances a record stands, and how well an answer about the customer's fits them.

Each function gives, for one candidate, the weight of every option: relative chances that the customer says it if this
candidate is the right one. They are rounded from what the earlier half of the development pairs showed: five of six
duplicates name the same area; of names in the environment of the earlier ticket, half stand in the later one's too.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent
from pipelines.domain.suggestions import ApplicabilityVerdict, Query
from pipelines.retrieve.applicability import applicability
from pipelines.retrieve.codes import product_codes
from pipelines.retrieve.documents import matchable
from pipelines.retrieve.platforms import platforms
from pipelines.retrieve.query import product_names

ANOTHER = "another"
NONE_OF_THESE = "none of these"
YES, NO = "yes", "no"

_FITS = 1.0
_DIFFERS = 0.1
_OTHER_AREA = 0.2
_SILENT = 0.35
_BY_VERDICT = {
    ApplicabilityVerdict.APPLIES: _FITS,
    ApplicabilityVerdict.UNKNOWN: 0.4,
    ApplicabilityVerdict.DOES_NOT_APPLY: 0.05,
}
# A record seldom lists all that its customer had, so that a name it leaves out may still be there.
_YES_IF_STATED, _YES_IF_LEFT_OUT, _YES_IF_SILENT = 0.65, 0.2, 0.3


class Conditions(NamedTuple):
    """What a record states of its circumstances. `names`: words of its environment written as names, folded."""

    resolution: Resolution
    environment: str
    names: frozenset[str]
    codes: frozenset[str]
    told: str

    def platforms(self, kind: str) -> tuple[str, ...]:
        """What the environment names of the kind; where it names none, what the telling of the problem does."""
        return platforms(self.environment).get(kind) or platforms(self.told).get(kind, ())


def conditions(resolution: Resolution) -> Conditions:
    content = resolution.content
    environment, names, told = _read(
        content.title,
        content.text(FieldName.SYMPTOM) or "",
        content.text(FieldName.ROOT_CAUSE) or "",
        content.text(FieldName.ENVIRONMENT) or "",
    )
    return Conditions(resolution, environment, names, codes_of(content), told)


@lru_cache(maxsize=2048)
def _read(title: str, symptom: str, cause: str, environment: str) -> tuple[str, frozenset[str], str]:
    # A first word is written with a capital whatever it is: only names that stand inside a text are names.
    names = frozenset(name.casefold() for name in product_names(environment))
    return environment, names, f"{title}\n{symptom}\n{cause}"


def codes_of(content: ResolutionContent) -> frozenset[str]:
    """The product codes (SAML-0417) that a record names, in upper case."""
    return frozenset(code.upper() for code in product_codes(matchable(content).codes))


def version_weights(stated: Conditions, options: Sequence[str]) -> list[float]:
    """By whether the record applies to the version that an option names first."""
    return [_BY_VERDICT[version_verdict(stated.resolution, option)] for option in options]


def version_verdict(resolution: Resolution, version: str) -> ApplicabilityVerdict:
    return applicability(Query(version=version), resolution).verdict


def platform_weights(kind: str, stated: Conditions, options: Sequence[str]) -> list[float]:
    return _one_of({name.casefold() for name in stated.platforms(kind)}, options)


def area_weights(stated: Conditions, options: Sequence[str]) -> list[float]:
    area = stated.resolution.content.product_area
    return _one_of({area.strip().casefold()} if area else set(), options, _OTHER_AREA)


def _one_of(known: set[str], options: Sequence[str], differs: float = _DIFFERS) -> list[float]:
    if not known:
        return [_SILENT] * len(options)
    return [_FITS if option.casefold() in known else differs for option in options]


def code_weights(stated: Conditions, options: Sequence[str]) -> list[float]:
    """A record that names no code speaks for seeing none."""
    if not stated.codes:
        return [_FITS if option == NONE_OF_THESE else _DIFFERS for option in options]
    return [
        _FITS if option.upper() in stated.codes else 2 * _DIFFERS if option == NONE_OF_THESE else _DIFFERS
        for option in options
    ]


def name_weights(name: str, stated: Conditions, options: Sequence[str]) -> list[float]:
    if not stated.environment:
        yes = _YES_IF_SILENT
    else:
        yes = _YES_IF_STATED if name.casefold() in stated.names else _YES_IF_LEFT_OUT
    return [yes if option == YES else 1 - yes if option == NO else 0.5 for option in options]
