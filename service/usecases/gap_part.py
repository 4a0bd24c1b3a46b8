"""The newest gap report for one part of the demand: every figure counted anew over that part."""

from collections.abc import Iterable
from datetime import datetime

from pipelines.domain.gaps import UNSOLVED, GapStatus
from pipelines.domain.value import Value
from pipelines.gaps.report import Fact, growth
from pipelines.gaps.select import Figures, Part, figures, shares, weekly
from service.store.engine import Database
from service.usecases.read_gaps import latest_report
from service.usecases.views import View
from service.usecases.views_gaps import GapLine, GapReportView


class PartGap(View):
    """A gap with its figures over a part of its demand, and the share of all listed demand up to and with it."""

    gap: GapLine
    figures: Figures
    share: float


class Choices(Value):
    """What a report can be filtered by."""

    areas: tuple[str, ...]
    tiers: tuple[str, ...]
    escalations: tuple[str, ...]
    stages: tuple[str, ...]


class PartReport(View):
    """`weeks`: listed demand in each of the last weeks. `to_most`: how many gaps hold 80 % of the listed demand."""

    report: GapReportView
    gaps: tuple[PartGap, ...]
    weeks: tuple[int, ...]
    to_most: int
    dismissed: int
    choices: Choices


MOST = 0.8


def part_of_report(db: Database, part: Part, *, dismissed: bool = False) -> PartReport | None:
    """The part of the newest report, most demand first; None before the first.

    Gaps that a record closed are not in it, and dismissed ones only where asked for, then alone.
    """
    report = latest_report(db)
    if report is None:
        return None
    now = report.built_at
    away = [gap for gap in report.gaps if gap.status == GapStatus.DISMISSED]
    listed = away if dismissed else [gap for gap in report.gaps if GapStatus(gap.status) in UNSOLVED]
    kept = [(gap, [fact for fact in gap.facts if part.holds(fact, now)]) for gap in listed]
    counted = [
        (gap, _figures(gap, facts, part, now)) for gap, facts in kept if facts or (not gap.facts and part == Part())
    ]
    counted.sort(key=lambda pair: -pair[1].demand)
    cumulative = shares([each.demand for _, each in counted])
    times = [fact.at for _, facts in kept for fact in facts]
    return PartReport(
        report=report,
        gaps=tuple(
            PartGap(gap=gap, figures=each, share=share) for (gap, each), share in zip(counted, cumulative, strict=True)
        ),
        weeks=tuple(weekly(times, now)),
        to_most=next((place for place, share in enumerate(cumulative, start=1) if share >= MOST), 0),
        dismissed=len(away),
        choices=_choices(fact for gap in listed for fact in gap.facts),
    )


def _figures(gap: GapLine, facts: list[Fact], part: Part, now: datetime) -> Figures:
    """Over the facts; as it was counted for a report that was made before facts were kept, or lost some to erasure."""
    if part != Part() or len(facts) == gap.demand["tickets"] + gap.demand["searches"]:
        return figures(facts, now)
    return Figures(
        tickets=gap.demand["tickets"],
        accounts=gap.demand["accounts"],
        searches=gap.demand["searches"],
        tiers=(),
        escalations=gap.escalations,
        hours=gap.hours,
        senior_hours=gap.senior_hours,
        growth=gap.growth if gap.growth is not None else growth([], now),
    )


def _choices(facts: Iterable[Fact]) -> Choices:
    own = list(facts)
    return Choices(
        areas=tuple(sorted({fact.area for fact in own if fact.area})),
        tiers=tuple(sorted({fact.tier for fact in own if fact.tier})),
        escalations=tuple(sorted({kind for fact in own for kind in fact.types})),
        stages=tuple(sorted({stage for fact in own for stage in fact.stages})),
    )
