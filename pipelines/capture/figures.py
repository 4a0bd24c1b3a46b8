"""How confirming goes, as distributions: seconds, edits and affirmations. Never by agent, and never so few that one
could be read off.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import quantiles

from pipelines.domain.value import Value

LEAST = 10
"""Decisions below which nothing is shown of a group."""

LEAST_PEOPLE = 3
MOST_OF_ONE = 2 / 3
"""A group of which one person made more would show that person."""

RULE = (
    f"Shown from {LEAST} decisions by at least {LEAST_PEOPLE} people on, none of whom made over two thirds of them; "
    "where one group alone would be left out, the smallest other goes with it, so that it cannot be subtracted."
)
SECONDS = (15, 30, 45, 60, 90, 120, 180, 300, 600)
EDITS = 7
FIELDS = ("title", "symptom", "root_cause", "fix", "fix_kind", "environment", "version")


class Decided(Value):
    """One confirmation. `affirmed` is None where it was not counted; `agent` is used for the rule above alone."""

    agent: str
    seconds: float | None
    edited: tuple[str, ...]
    affirmed: tuple[str, ...] | None
    summariser: str


class Bar(Value):
    """How many decisions lie from `low` to below `high` (None: without an end)."""

    low: float
    high: float | None
    count: int


class Distribution(Value):
    """`count` values with their quartiles; None where there are fewer than LEAST."""

    count: int
    lower: float | None
    median: float | None
    upper: float | None
    bars: tuple[Bar, ...]


class FieldShare(Value):
    """In how many of `decisions` a field was edited, and in how many of `counted` affirmed without evidence."""

    field: str
    decisions: int
    edited: int
    counted: int
    affirmed: int


class Group(Value):
    """The figures of some decisions; `name` is a summariser with its prompt version, or `all`."""

    name: str
    decisions: int
    seconds: Distribution
    edits: Distribution
    affirmed: Distribution
    fields: tuple[FieldShare, ...]


class Figures(Value):
    """`all` is None, and `groups` leaves out, where the rule does not allow showing it."""

    rule: str = RULE
    least: int = LEAST
    least_people: int = LEAST_PEOPLE
    all: Group | None
    groups: tuple[Group, ...]
    withheld: int


def figures(decisions: Sequence[Decided]) -> Figures:
    """The distributions over all decisions, and by who wrote the draft."""
    by_summariser: dict[str, list[Decided]] = {}
    for one in decisions:
        by_summariser.setdefault(one.summariser, []).append(one)
    shown = [name for name, some in by_summariser.items() if may_show(some)]
    hidden = len(by_summariser) - len(shown)
    if hidden == 1 and shown:
        shown.remove(min(shown, key=lambda name: (len(by_summariser[name]), name)))
    return Figures(
        all=_group("all", decisions) if may_show(decisions) else None,
        groups=tuple(_group(name, by_summariser[name]) for name in sorted(shown)),
        withheld=len(by_summariser) - len(shown),
    )


def may_show(decisions: Sequence[Decided]) -> bool:
    """The rule: see RULE."""
    people = Counter(one.agent for one in decisions)
    if len(decisions) < LEAST or len(people) < LEAST_PEOPLE:
        return False
    return max(people.values()) <= MOST_OF_ONE * len(decisions)


def distribution(values: Sequence[float], edges: Sequence[float]) -> Distribution:
    """Quartiles by linear interpolation, and a histogram whose bars begin at 0 and at each of the edges."""
    starts = (0.0, *edges)
    ends: tuple[float | None, ...] = (*edges, None)
    bars = tuple(
        Bar(low=low, high=high, count=sum(low <= v and (high is None or v < high) for v in values))
        for low, high in zip(starts, ends, strict=True)
    )
    if len(values) < LEAST:
        return Distribution(count=len(values), lower=None, median=None, upper=None, bars=())
    lower, median, upper = (round(q, 1) for q in quantiles(values, n=4, method="inclusive"))
    return Distribution(count=len(values), lower=lower, median=median, upper=upper, bars=bars)


def rows(found: Figures) -> Iterable[Mapping[str, str | float | int | None]]:
    """The figures as a flat table, a row a bar or a field's share."""
    for group in ((found.all,) if found.all else ()) + found.groups:
        for measure in ("seconds", "edits", "affirmed"):
            one: Distribution = getattr(group, measure)
            for bar in one.bars:
                yield {"group": group.name, "measure": measure, "from": bar.low, "to": bar.high, "count": bar.count}
        for share in group.fields:
            yield {
                "group": group.name,
                "measure": f"edited {share.field}",
                "from": None,
                "to": None,
                "count": share.edited,
            }
            yield {
                "group": group.name,
                "measure": f"affirmed {share.field}",
                "from": None,
                "to": None,
                "count": share.affirmed,
            }


def _group(name: str, decisions: Sequence[Decided]) -> Group:
    counted = [one.affirmed for one in decisions if one.affirmed is not None]
    edges = tuple(float(n) for n in range(1, EDITS + 1))
    return Group(
        name=name,
        decisions=len(decisions),
        seconds=distribution([one.seconds for one in decisions if one.seconds is not None], SECONDS),
        edits=distribution([float(len(one.edited)) for one in decisions], edges),
        affirmed=distribution([float(len(fields)) for fields in counted], edges),
        fields=tuple(
            FieldShare(
                field=field,
                decisions=len(decisions),
                edited=sum(field in one.edited for one in decisions),
                counted=len(counted),
                affirmed=sum(field in fields for fields in counted),
            )
            for field in FIELDS
        ),
    )
