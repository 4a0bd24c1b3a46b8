"""The part of a report that a manager looks at: by period, product area, tier, escalation type and stage."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pipelines.domain.value import Value
from pipelines.gaps.interval import SMALL, Interval, of_growth, of_total
from pipelines.gaps.report import GROWTH_WEEKS, Fact, around, growth

WEEKS = 12
"""Weeks that the trend shows."""


class Part(Value):
    """What to keep; what is empty keeps everything. `days`: demand of the last so many days."""

    days: int | None = None
    area: str = ""
    tier: str = ""
    escalation: str = ""
    stage: str = ""

    def holds(self, fact: Fact, now: datetime) -> bool:
        """Whether a ticket or search belongs to the part."""
        return (
            (self.days is None or now - timedelta(days=self.days) < fact.at <= now)
            and self.area in ("", fact.area)
            and self.tier in ("", fact.tier)
            and (not self.escalation or self.escalation in fact.types)
            and (not self.stage or self.stage in fact.stages)
        )


class Figures(Value):
    """The numbers of one gap over some of its facts, with intervals where they are small."""

    tickets: int
    accounts: int
    searches: int
    tiers: tuple[tuple[str, int], ...]
    escalations: int
    hours: float | None
    senior_hours: float | None
    growth: float
    hours_interval: Interval | None = None
    growth_interval: Interval | None = None

    @property
    def demand(self) -> int:
        return self.tickets + self.searches


def figures(facts: Iterable[Fact], now: datetime) -> Figures:
    """What the report counts, counted over these."""
    own = list(facts)
    tiers: dict[str, set[str]] = {}
    for fact in own:
        if fact.account:
            tiers.setdefault(fact.tier or "no tier", set()).add(fact.account)
    return Figures(
        tickets=sum(fact.ticket is not None for fact in own),
        accounts=len({fact.account for fact in own if fact.account}),
        searches=sum(fact.ticket is None for fact in own),
        tiers=tuple(sorted((tier, len(accounts)) for tier, accounts in tiers.items())),
        escalations=sum(fact.escalated for fact in own),
        hours=_total([fact.hours for fact in own]),
        senior_hours=_total([fact.senior_hours for fact in own]),
        growth=growth([fact.at for fact in own], now),
        hours_interval=of_total([fact.hours for fact in own if fact.hours is not None]) if len(own) < SMALL else None,
        growth_interval=of_growth(*around([fact.at for fact in own], now), GROWTH_WEEKS) if len(own) < SMALL else None,
    )


def weekly(times: Iterable[datetime], now: datetime, weeks: int = WEEKS) -> list[int]:
    """Demand in each of the last weeks, the current one last."""
    counts = [0] * weeks
    for at in times:
        age = (now - at) // timedelta(weeks=1)
        if 0 <= age < weeks:
            counts[weeks - 1 - age] += 1
    return counts


def shares(demand: Sequence[int]) -> list[float]:
    """The cumulative share of the whole after each, in the given order."""
    total = sum(demand)
    found: list[float] = []
    so_far = 0
    for count in demand:
        so_far += count
        found.append(so_far / total if total else 0.0)
    return found


def _total(hours: Iterable[float | None]) -> float | None:
    known = [each for each in hours if each is not None]
    return round(sum(known), 1) if known else None
