"""Turns groups of demand into the numbers a KB manager decides on."""

import hashlib
import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from pipelines.domain.gaps import DemandKind, DemandSignal, GapType
from pipelines.domain.value import Value
from pipelines.gaps.affinity import Marks
from pipelines.gaps.cluster import centroid, closeness, cluster
from pipelines.gaps.label import keywords, title
from pipelines.gaps.shortfall import Proof, Verdicts, judged
from pipelines.ports import Vectors

SMALLEST_GAP = 2
"""Demand that stands alone is counted, and stays single."""

GROWTH_WEEKS = 4

WIDEST = 10.0
"""Upper over lower limit of an estimate of the unseen from which on it says nothing that a manager could plan with."""


class Fact(Value):
    """What of one ticket or search the report's figures are made of, so that they can be made for a part of them.

    `account` is a digest: it is counted, never shown.
    """

    ticket: str | None
    at: datetime
    kinds: tuple[DemandKind, ...]
    account: str | None = None
    tier: str | None = None
    area: str | None = None
    escalated: bool = False
    types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    hours: float | None = None
    senior_hours: float | None = None


class Gap(Value):
    """A group of demand. `hours`: time its tickets were open; `growth`: signals a week, recent less before.

    `cohesion`: mean log odds that two of its signals ask for the same knowledge.
    """

    title: str
    type: GapType
    keywords: tuple[str, ...]
    signals: tuple[str, ...]
    tickets: tuple[str, ...]
    accounts: int
    searches: int
    escalations: int
    hours: float | None
    growth: float
    enough_to_write: str
    senior_hours: float | None = None
    cohesion: float = 0.0
    proof: Proof | None = None
    facts: tuple[Fact, ...] = ()
    centroid: tuple[float, ...]


class Unseen(Value):
    """Problems that the demand has likely not shown yet, from how many were asked about `once` and `twice`."""

    estimate: float
    low: float
    high: float
    once: int = 0
    twice: int = 0

    @property
    def tells(self) -> bool:
        """Whether the interval is narrow enough to say a number at all."""
        return self.estimate > 0 and self.high <= WIDEST * self.low


class Report(Value):
    """`singles`: the ids of the signals that stand alone, `single` in number."""

    gaps: tuple[Gap, ...]
    unseen: Unseen
    signals: int
    single: int
    singles: tuple[str, ...] = ()
    inputs_sha256: str


def build(
    signals: Sequence[DemandSignal],
    subjects: Sequence[str],
    vectors: Vectors,
    now: datetime,
    *,
    marks: Sequence[Marks] | None = None,
    groups: Sequence[Sequence[int]] | None = None,
    verdicts: Verdicts | None = None,
) -> Report:
    """The report on unanswered demand. `subjects`, `vectors` (unit rows) and `marks` stand in the order of `signals`.

    `groups`: the gaps as rows, where it is settled which rows belong together; otherwise they are clustered here.
    Signals are taken in the order of their ids, so that the same inputs give the same report, byte for byte.
    """
    if groups is None:
        groups = [group for group in cluster(vectors, marks) if len(group) >= SMALLEST_GAP]
    order = sorted(range(len(signals)), key=lambda i: signals[i].id)
    place = {row: number for number, row in enumerate(order)}
    signals = [signals[i] for i in order]
    subjects = [subjects[i] for i in order]
    vectors = vectors[order]
    marks = [marks[i] for i in order] if marks else None
    real = sorted(sorted(place[row] for row in group) for group in groups)
    words = keywords([s.text for s in signals], real)
    close = closeness(vectors, marks, real)
    gaps = [
        _gap(
            [signals[i] for i in group], title(subjects, vectors, group), found, centroid(vectors, group), now
        ).model_copy(update=_proven([signals[i] for i in group], verdicts or Verdicts()) | {"cohesion": near})
        for group, found, near in zip(real, words, close, strict=True)
    ]
    gaps.sort(key=lambda gap: (-len(gap.signals), -gap.escalations, -gap.cohesion, gap.title, gap.signals))
    grouped = {row for group in real for row in group}
    singles = tuple(signal.id for row, signal in enumerate(signals) if row not in grouped)
    return Report(
        gaps=tuple(gaps),
        unseen=unseen([*map(len, real), *[1] * len(singles)]),
        signals=len(signals),
        single=len(singles),
        singles=singles,
        inputs_sha256=inputs_hash(signals),
    )


def _proven(signals: Sequence[DemandSignal], verdicts: Verdicts) -> dict[str, Any]:
    kind, proof = judged(signals, verdicts)
    return {"type": kind, "proof": proof, "enough_to_write": enough_to_write(signals, kind)}


def inputs_hash(signals: Sequence[DemandSignal]) -> str:
    """The hash of the demand that a report is made from, in any order.

    How long an open ticket has been open by now is left out: it would change with every look at the clock.
    """
    lines = (
        json.dumps(
            s.model_dump(
                mode="json", exclude={"hours", "senior_hours"} if s.kind is DemandKind.UNANSWERED_TICKET else None
            ),
            sort_keys=True,
            ensure_ascii=False,
        )
        for s in signals
    )
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _gap(signals: Sequence[DemandSignal], name: str, words: tuple[str, ...], middle: Vectors, now: datetime) -> Gap:
    tickets = sorted({s.ticket for s in signals if s.ticket})
    return Gap(
        title=name,
        type=GapType.MISSING,
        keywords=words,
        signals=tuple(s.id for s in signals),
        tickets=tuple(tickets),
        accounts=len({s.account for s in signals if s.account}),
        searches=sum(s.ticket is None for s in signals),
        escalations=sum(s.escalated for s in signals),
        hours=_total([s.hours for s in signals]),
        growth=growth([s.at for s in signals], now),
        enough_to_write=enough_to_write(signals),
        senior_hours=_total([s.senior_hours for s in signals]),
        facts=tuple(_fact(s) for s in signals),
        centroid=tuple(round(float(x), 6) for x in middle),
    )


def _total(hours: Sequence[float | None]) -> float | None:
    known = [each for each in hours if each is not None]
    return round(sum(known), 1) if known else None


def _fact(signal: DemandSignal) -> Fact:
    return Fact(
        ticket=signal.ticket,
        at=signal.at,
        kinds=signal.kinds or (signal.kind,),
        account=hashlib.sha256(signal.account.encode()).hexdigest()[:12] if signal.account else None,
        tier=signal.tier,
        area=signal.product_area,
        escalated=signal.escalated,
        types=signal.escalation_types,
        stages=signal.stages,
        hours=round(signal.hours, 1) if signal.hours is not None else None,
        senior_hours=round(signal.senior_hours, 1) if signal.senior_hours is not None else None,
    )


def growth(times: Sequence[datetime], now: datetime, weeks: int = GROWTH_WEEKS) -> float:
    """Signals a week in the last `weeks` weeks, less those a week in as many weeks before."""
    recent, before = around(times, now, weeks)
    return (recent - before) / weeks


def around(times: Sequence[datetime], now: datetime, weeks: int = GROWTH_WEEKS) -> tuple[int, int]:
    """How many came in the last `weeks` weeks, and how many in as many weeks before."""
    recent = sum(now - timedelta(weeks=weeks) < at <= now for at in times)
    before = sum(now - timedelta(weeks=2 * weeks) < at <= now - timedelta(weeks=weeks) for at in times)
    return recent, before


def enough_to_write(signals: Sequence[DemandSignal], kind: GapType = GapType.MISSING) -> str:
    """Whether an article could be written from what there is.

    `yes` where a confirmed record is about it and is only not found: somebody has vouched for the answer. `partly`
    where a confirmed record holds for others (stale) or not for sure (contradictory), or a closed ticket may hold an
    answer that nobody confirmed; else `no`, also where outcomes speak against the record.
    """
    if kind is GapType.UNFINDABLE:
        return "yes"
    half = kind in (GapType.STALE, GapType.CONTRADICTORY) or any(s.kind == "closed_without_knowledge" for s in signals)
    return "partly" if half else "no"


def unseen(sizes: Sequence[int]) -> Unseen:
    """Problems not seen yet, by Chao's lower bound in its bias-corrected form, with its log-normal 95 % interval.

    Sources: Chao 1984 and 1987; the bias-corrected form and its variance as in Chao 2005 and Gotelli and Colwell 2011.
    The classic form, once^2 / (2 twice), is far too high where few were asked about twice, and has no value for none.
    """
    once = sum(size == 1 for size in sizes)
    twice = sum(size == 2 for size in sizes)  # noqa: PLR2004
    estimate = once * (once - 1) / (2 * (twice + 1))
    if estimate == 0:
        return Unseen(estimate=0.0, low=0.0, high=0.0, once=once, twice=twice)
    variance = estimate + once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2)
    if twice:
        variance += once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    else:
        variance -= once**4 / (4 * (len(sizes) + estimate))
    spread = math.exp(1.96 * math.sqrt(math.log(1 + max(variance, 0.0) / estimate**2)))
    return Unseen(
        estimate=round(estimate, 1),
        low=round(estimate / spread, 1),
        high=round(estimate * spread, 1),
        once=once,
        twice=twice,
    )
