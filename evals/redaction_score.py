"""What redaction did to things whose place is known, and how sure a share of so many can be."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evals.redaction_lookalikes import LookAlike
from evals.redaction_places import Planted
from evals.redaction_plants import MARKED_AS, Plant
from pipelines.capture.redact import Redactor
from pipelines.domain.drafts import MappedText

_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `count`, with Wilson's 95 % interval, which holds at 0 and at all too."""

    part: int
    count: int

    @property
    def value(self) -> float:
        return self.part / self.count if self.count else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        n, p = self.count, self.value
        if not n:
            return (0.0, 1.0)
        middle = (p + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
        reach = _Z / (1 + _Z * _Z / n) * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        return max(0.0, middle - reach), min(1.0, middle + reach)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.part:3d}/{self.count:<3d} {self.value:.3f} [{low:.2f} {high:.2f}]"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one plant: taken out whole, under a mark of its kind, with words around it taken too."""

    kind: str
    taken: bool
    named: bool
    around: bool


def redacted(place: Planted) -> MappedText:
    """The planted message as the product redacts it in its ticket."""
    return Redactor.for_ticket(place.ticket).redact(MappedText.verbatim(place.body))


def plant_outcome(plant: Plant, place: Planted, text: MappedText) -> Outcome:
    secret = set(_written(place.body, place.start, place.end))
    begin = place.start - plant.start
    sentence = set(_written(place.body, begin, begin + len(plant.sentence)))
    gone = _gone(text)
    kinds = {s.kind for s in text.segments if s.kind and s.raw.start < place.end and place.start < s.raw.end}
    taken = secret <= gone
    named = taken and bool(kinds) and kinds <= MARKED_AS[plant.kind]
    return Outcome(plant.kind, taken, named, around=bool((sentence - secret) & gone))


def is_damaged(place: Planted, text: MappedText) -> bool:
    """Whether any letter or digit of a look-alike was taken out."""
    return bool(_gone(text) & set(_written(place.body, place.start, place.end)))


def _written(body: str, start: int, end: int) -> Iterable[int]:
    """The places of letters and digits: signs at the ends give nothing away."""
    return (at for at in range(start, end) if body[at].isalnum())


def _gone(text: MappedText) -> set[int]:
    return {at for s in text.segments if not s.verbatim for at in range(s.raw.start, s.raw.end)}


def by_kind(pairs: Iterable[tuple[str, bool]]) -> Mapping[str, Share]:
    """Shares by kind in order of first sight, and `all` of them last."""
    counts: dict[str, list[int]] = {}
    for kind, yes in pairs:
        for name in (kind, "all"):
            found = counts.setdefault(name, [0, 0])
            found[0] += yes
            found[1] += 1
    ordered = [name for name in counts if name != "all"] + (["all"] if counts else [])
    return {name: Share(*counts[name]) for name in ordered}


def missed(outcomes: Sequence[tuple[Plant, Outcome]]) -> list[str]:
    """The sentences of the plants that were not taken out whole."""
    return [f"{plant.kind}: {plant.sentence}" for plant, outcome in outcomes if not outcome.taken]


def damaged(outcomes: Sequence[tuple[LookAlike, bool]]) -> list[str]:
    """The sentences of the look-alikes that were not left whole."""
    return [f"{one.kind}: {one.sentence}" for one, hurt in outcomes if hurt]
