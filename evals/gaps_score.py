"""Judges groups of demand against the problems that were planted in it."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from evals.gaps_planted import Planted

Groups = Sequence[Sequence[int]]
DEPTHS = (10, 20)


def found_problem(group: Sequence[int], planted: Planted) -> str | None:
    """The problem a gap stands for: most of the gap is that problem, and most of the problem is in the gap."""
    counts = Counter(planted.truth[row] for row in group if planted.truth[row] is not None)
    if not counts:
        return None
    problem, count = max(counts.items(), key=lambda item: (item[1], str(item[0])))
    # Of a problem with a resolution, the tickets that triage found it for are no demand.
    size = planted.sizes.get(str(problem)) or planted.truth.count(problem)
    return problem if count > 1 and 2 * count > size and 2 * count >= len(group) else None


def purity(group: Sequence[int], planted: Planted) -> float:
    """Share of the largest true problem in a gap; each single ticket is a problem of its own."""
    counts = Counter(planted.truth[row] or f"\n{row}" for row in group)
    return max(counts.values()) / len(group)


def scores(groups: Groups, planted: Planted) -> dict[str, float]:
    """Measures of gaps (at least two tickets) in the order of the report.

    recall_at_k: planted gaps found among the first k, of those that could be. precision_at_k: places of the first k
    that hold a marked problem, pairs and those whose resolution does not cover them included. purity: mean over the
    first twenty gaps.
    """
    named = [found_problem(group, planted) for group in groups]
    found: dict[str, float] = {}
    for depth in DEPTHS:
        hits = set(named[:depth]) & planted.gaps
        found[f"recall_at_{depth}"] = len(hits) / min(depth, len(planted.gaps))
        first = [name for name in dict.fromkeys(named[:depth]) if name is not None]
        found[f"precision_at_{depth}"] = len(first) / depth
    found["found_anywhere"] = len(set(named) & planted.gaps) / len(planted.gaps)
    top = groups[: DEPTHS[-1]]
    found["purity"] = float(np.mean([purity(group, planted) for group in top])) if top else 0.0
    return found


def reachable(groupings: Sequence[Groups], planted: Planted) -> float:
    """Share of the planted gaps that any of these groupings has: the most that choosing between them could find."""
    found = {found_problem(group, planted) for groups in groupings for group in groups}
    return len(found & planted.gaps) / len(planted.gaps)


def lost(groups: Groups, planted: Planted, depth: int = DEPTHS[-1]) -> dict[str, float]:
    """Where the planted gaps went, as shares: in the first `depth`, below, or why they are nowhere."""
    ways = dict.fromkeys((f"in the first {depth}", "found further down", *_WAYS), 0)
    for gap in planted.gaps:
        places = [place for place, group in enumerate(groups) if found_problem(group, planted) == gap]
        if places:
            ways[f"in the first {depth}" if min(places) < depth else "found further down"] += 1
        else:
            ways[_way_lost(gap, groups, planted)] += 1
    return {way: count / len(planted.gaps) for way, count in ways.items()}


_WAYS = ("taken for covered", "each ticket apart", "in parts", "among others")


def _way_lost(gap: str, groups: Groups, planted: Planted) -> str:
    rows = {row for row, problem in enumerate(planted.truth) if problem == gap}
    if 2 * len(rows) <= planted.sizes[gap]:
        return "taken for covered"
    largest = max((len(rows.intersection(group)) for group in groups), default=1)
    if largest <= 1:
        return "each ticket apart"
    return "in parts" if 2 * largest <= planted.sizes[gap] else "among others"


def stability(before: Mapping[int, int], after: Mapping[int, int]) -> float:
    """Adjusted Rand index over the rows that both runs grouped, each given row: number of its group."""
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 (slow to import)

    rows = sorted(before.keys() & after.keys())
    return float(adjusted_rand_score([before[row] for row in rows], [after[row] for row in rows]))
