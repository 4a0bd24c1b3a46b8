"""What de-duplication answers on labelled pairs, counted by verdict, for given thresholds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.dedupe_cases import Pair
from evals.dedupe_real import RealPair
from evals.measures import Interval, interval
from evals.vectors import EvalVectors
from pipelines.capture.dedupe import SHIPPED, Thresholds, additions, judge, nearest_problem, same_condition
from pipelines.capture.likeness import Likeness, likenesses
from pipelines.domain.recurrences import DedupeVerdict
from pipelines.domain.resolutions import ResolutionContent
from pipelines.retrieve.covers import covers

PREFIXES = frozenset({"TIMOB", "TISTUD", "ALOY", "TC", "AC", "MOD", "TIDOC", "CLI"})
"""What stands before the ticket numbers of the real data, as the number's prefix does in an installation."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A pair with its cosines, which no threshold changes."""

    draft: ResolutionContent
    known: ResolutionContent
    likeness: Likeness
    nearest: bool = True

    def verdict(self, at: Thresholds = SHIPPED) -> DedupeVerdict:
        adds = additions(self.draft, self.known, self.likeness, covers, at)
        return judge(self.likeness, adds, at, nearest=self.nearest)


def compared(pairs: Sequence[Pair | RealPair], vectors: EvalVectors) -> list[Compared]:
    """Each pair as de-duplication compares it; beside the records that there are, where the pair tells them."""
    found = []
    for pair in pairs:
        others = pair.others if isinstance(pair, Pair) else ()
        own, *ours = likenesses(pair.draft, [pair.known, *others], vectors.embed, no_codes=PREFIXES)
        theirs = likenesses(pair.known, others, vectors.embed, no_codes=PREFIXES) if others else []
        found.append(Compared(pair.draft, pair.known, own, nearest_problem(own, ours, theirs)))
    return found


def by_verdict(wanted: Sequence[DedupeVerdict], given: Sequence[DedupeVerdict]) -> dict[str, Interval]:
    """Precision and recall of each verdict, and their F1's mean; a verdict never given has no precision."""
    found: dict[str, Interval] = {}
    f1 = []
    for verdict in DedupeVerdict:
        right = [float(w is verdict) for w, g in zip(wanted, given, strict=True) if g is verdict]
        caught = [float(g is verdict) for w, g in zip(wanted, given, strict=True) if w is verdict]
        if not caught:
            continue
        found[f"{verdict.value} precision"] = interval(right)
        found[f"{verdict.value} recall"] = interval(caught)
        hits = sum(caught)
        f1.append(2 * hits / (len(right) + len(caught)))
    found["right"] = interval([float(w is g) for w, g in zip(wanted, given, strict=True)])
    found["macro F1"] = Interval(sum(f1) / len(f1), float("nan"), float("nan"), len(wanted)) if f1 else interval([])
    return found


def as_duplicates(
    pairs: Sequence[RealPair], likes: Sequence[Likeness], at: Thresholds = SHIPPED
) -> dict[str, Interval]:
    """Marked duplicates taken for the same, against the nearest others and any others taken for it."""
    said = [same_condition(like, at) for like in likes]
    taken = [float(p.kind == "duplicate") for p, yes in zip(pairs, said, strict=True) if yes and p.kind != "any"]
    kinds: Mapping[str, str] = {"duplicate": "recall", "nearest": "nearest taken", "any": "any taken"}
    found = {"precision": interval(taken)}
    for kind, name in kinds.items():
        found[name] = interval([float(yes) for p, yes in zip(pairs, said, strict=True) if p.kind == kind])
    return found
