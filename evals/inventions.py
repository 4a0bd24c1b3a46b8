"""Inventions measured: wrong drafts of real threads, held to the thread as the product does it.

None may be served as supported. What that costs is measured beside it: true claims, the labelled ones and the places
labelled for fitting, that are marked all the same. Both halves by the hash of ticket ids; phrasings of the held-out
half are apart too. The same tickets give the same figures.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from evals.datasets_found import VARIABLE
from evals.inventions_threads import Invention, Soil, soils
from evals.inventions_true import TrueClaim, true_claims
from evals.inventions_ways import WAYS, Way
from evals.redaction_places import titanium_file
from evals.redaction_score import Share, by_kind
from pipelines.capture.extract import OfflineSummariser
from pipelines.capture.ground import ground
from pipelines.domain.drafts import DraftContent, FieldName, Proposal, TicketView

BASELINE = Path(__file__).parent / "baselines" / "inventions.json"
TOLERANCE = 0.03
"""Of a kind's cases: one more of the smallest kind. The cases are fixed, so that any change is one of the program."""
EACH = 15
"""Cases a way and half; the demo's tickets, which are few, give as many."""
SEED = 20_130_107
_TRIES = 40


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one half: served inventions by kind and by way, true claims marked, and what went wrong."""

    name: str
    kinds: Mapping[str, Share]
    ways: Mapping[str, Share]
    alarms: Mapping[str, Share]
    wrong: tuple[str, ...] = ()

    def compared(self) -> dict[str, float]:
        """The measures a baseline holds, each better when lower."""
        served = {f"served {kind}": share.value for kind, share in self.kinds.items()}
        return served | {f"marked {kind}": share.value for kind, share in self.alarms.items() if kind == "all"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wrong", action="store_true", help="show what went wrong in the development halves")
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly above the committed baseline."""
    if titanium_file() is None:
        print(f"{VARIABLE} names no folder with titanium in it: the demo tickets alone", file=sys.stderr)
    parts = [measure(soil) for soil in soils(SEED)]
    if arguments.keep:
        _keep(parts)
    failures = _above(parts)
    print(json.dumps(_report(parts, failures)) if arguments.json else table(parts, failures, wrong=arguments.wrong))
    return 1 if failures else 0


def measure(soil: Soil, *, each: int = EACH) -> Part:
    """Every way's cases of one half, and the true claims of its labelled tickets."""
    offline = OfflineSummariser()
    served = [(one, is_served(one, offline)) for way in WAYS for one in inventions(soil, way, each)]
    marked = [(claim, is_marked(claim.proposal, claim.view, claim.field)) for claim in true_claims(soil.name)]
    return Part(
        soil.name,
        kinds=by_kind((one.kind, yes) for one, yes in served),
        ways=by_kind((f"{one.kind}: {one.way}", yes) for one, yes in served),
        alarms=by_kind((claim.kind, yes) for claim, yes in marked),
        wrong=() if soil.held_out else (*_served(served), *_marked(marked)),
    )


def inventions(soil: Soil, way: Way, count: int) -> list[Invention]:
    """Up to `count` inventions of one way, over as many threads as lend themselves."""
    made = (way(soil, thread) for thread in islice(soil.threads(), _TRIES * count))
    return list(islice((one for one in made if one is not None), count))


def is_served(one: Invention, offline: OfflineSummariser) -> bool:
    """Whether an invention reaches the agent as proved; of the offline summariser, whether it says it at all."""
    if one.proposal is None:
        return any(
            one.payload.lower() in said.lower()
            for proposal in offline.summarise(one.view).proposals
            for said in _said(ground(proposal, one.view))
        )
    return not is_marked(one.proposal, one.view, one.field)


def _said(draft: DraftContent) -> Iterable[str]:
    yield draft.title
    yield from (field.text for field in draft.fields.values())
    yield from draft.versions.affected + draft.versions.fixed_in


def is_marked(proposal: Proposal, view: TicketView, field: FieldName | None) -> bool:
    """Whether a field (None: the versions) is shown as not proved, so that an agent has to look at it."""
    draft = ground(proposal, view)
    grounded = draft.versions if field is None else draft.fields[field]
    return not grounded.supported or bool(grounded.flags)


def _served(cases: Iterable[tuple[Invention, bool]]) -> list[str]:
    return [f"SERVED {one.kind}: {one.way}: {one.ticket}: {_words(one)}" for one, yes in cases if yes]


def _words(one: Invention) -> str:
    claim = one.proposal.claim(one.field) if one.proposal and one.field else None
    if claim is None and one.proposal:
        return f"{one.proposal.versions}"
    return f"{claim.text!r} on {[q.text for q in claim.quotes]}" if claim else one.payload


def _marked(claims: Iterable[tuple[TrueClaim, bool]]) -> list[str]:
    found: list[str] = []
    for claim, yes in claims:
        if yes:
            draft = ground(claim.proposal, claim.view)
            grounded = draft.versions if claim.field is None else draft.fields[claim.field]
            found.append(f"MARKED {claim.kind}: {claim.ticket}: {list(grounded.flags)} {claim.words}")
    return found


def _keep(parts: Sequence[Part]) -> None:
    """Writes the compared figures as the baseline; halves that were not measured keep theirs."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    kept |= {part.name: {name: round(value, 3) for name, value in part.compared().items()} for part in parts}
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _above(parts: Sequence[Part]) -> list[str]:
    """The compared measures that lie clearly above the committed ones, in words."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    return [
        f"{part.name}: {name} {part.compared()[name]:.3f} is above the baseline {wanted:.3f}"
        for part in parts
        for name, wanted in kept.get(part.name, {}).items()
        if name in part.compared() and part.compared()[name] > wanted + TOLERANCE
    ]


def _report(parts: Sequence[Part], failures: Sequence[str]) -> dict[str, Any]:
    def plain(shares: Mapping[str, Share]) -> dict[str, Any]:
        return {
            kind: {"share": share.value, "of": share.count, "low": share.interval[0], "high": share.interval[1]}
            for kind, share in shares.items()
        }

    halves = [
        {"name": p.name, "served": plain(p.kinds), "served_by_way": plain(p.ways), "true_marked": plain(p.alarms)}
        for p in parts
    ]
    return {"parts": halves, "failures": list(failures)}


def table(parts: Sequence[Part], failures: Sequence[str], *, wrong: bool = False) -> str:
    """For people: a row a way, shares with 95 % intervals."""
    lines: list[str] = []
    for part in parts:
        lines += [part.name, f"  {'invented':58s} served as supported"]
        lines += [f"  {way:58s} {share}" for way, share in part.ways.items() if way != "all"]
        lines += [f"  {kind:58s} {share}" for kind, share in part.kinds.items()]
        lines.append(f"  {'true claim':58s} marked all the same")
        lines += [f"  {kind:58s} {share}" for kind, share in part.alarms.items()]
        lines += [f"    {words}" for words in part.wrong] if wrong else []
        lines.append("")
    lines += [f"ABOVE {failure}" for failure in failures]
    return "\n".join(lines).rstrip()
