"""Redaction measured: what identifies or opens a door is planted in real text, and so is what only looks like it.

Half of the generators were developed against, half are held out; each half has tickets of its own. Recall: plants
of which no letter or digit is left. Damage: look-alikes of which any was taken. The same tickets give the same figures.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from evals.datasets_found import VARIABLE
from evals.measures import below
from evals.redaction_lookalikes import look_alikes
from evals.redaction_places import demo_soil, planted, soil, titanium_file
from evals.redaction_plants import plants
from evals.redaction_score import Share, by_kind, damaged, is_damaged, missed, plant_outcome, redacted
from pipelines.domain.tickets import Ticket

BASELINE = Path(__file__).parent / "baselines" / "redaction.json"
PLANTS, LOOK_ALIKES = 30, 25
"""Of each kind, in each half."""
TOLERANCES = {"all": 0.02}
TOLERANCE = 0.1
"""Clearly below: three of one kind's thirty. The text is fixed, so that a smaller change is a change of the program."""
SEED = 20_130_107


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one half, by kind, and what went wrong in it (kept for development halves alone)."""

    name: str
    recall: Mapping[str, Share]
    named: Mapping[str, Share]
    around: Mapping[str, Share]
    damage: Mapping[str, Share]
    wrong: tuple[str, ...] = ()

    def compared(self) -> dict[str, float]:
        """The measures a baseline holds, each better when higher."""
        found = {f"recall {kind}": share.value for kind, share in self.recall.items()}
        found |= {f"unharmed {kind}": 1 - share.value for kind, share in self.damage.items()}
        return found | {
            "marked by kind all": self.named["all"].value,
            "unharmed around all": 1 - self.around["all"].value,
        }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wrong", action="store_true", help="show what went wrong in the development halves")
    parser.add_argument("--keep", action="store_true", help="make these figures the baseline")
    parser.add_argument("--json", action="store_true", help="figures for programs")


def run(arguments: argparse.Namespace) -> int:
    """0 measured, 1 clearly below the committed baseline."""
    parts = [measure(name, tickets, held_out=held_out) for name, tickets, held_out in _halves()]
    if arguments.keep:
        _keep(parts)
    failures = _below(parts)
    print(json.dumps(_report(parts, failures)) if arguments.json else table(parts, failures, wrong=arguments.wrong))
    return 1 if failures else 0


def _halves() -> list[tuple[str, list[Ticket], bool]]:
    real = titanium_file()
    if real is None:
        print(f"{VARIABLE} names no folder with titanium in it: the demo tickets stand in", file=sys.stderr)
        return [(f"demo {_half(held_out)}", demo_soil(held_out=held_out), held_out) for held_out in (False, True)]
    return [(f"titanium {_half(held_out)}", soil(real, held_out=held_out), held_out) for held_out in (False, True)]


def _half(held_out: bool) -> str:
    return "held out" if held_out else "development"


def measure(
    name: str, tickets: Sequence[Ticket], *, held_out: bool, count: int = PLANTS, alike: int = LOOK_ALIKES
) -> Part:
    """Plants and look-alikes of one half, each in a message of its own."""
    random = Random(SEED + held_out)
    outcomes = []
    for plant in plants(count, SEED + held_out, held_out=held_out):
        span = (plant.start, plant.end)
        place = planted(random, tickets, plant.sentence, span, people=plant.people, account=plant.account)
        outcomes.append((plant, plant_outcome(plant, place, redacted(place))))
    hurt = []
    for one in look_alikes(alike, SEED + held_out, held_out=held_out):
        place = planted(random, tickets, one.sentence, (one.start, one.end), people=one.people)
        hurt.append((one, is_damaged(place, redacted(place))))
    return Part(
        name,
        recall=by_kind((o.kind, o.taken) for _, o in outcomes),
        named=by_kind((o.kind, o.named) for _, o in outcomes),
        around=by_kind((o.kind, o.around) for _, o in outcomes),
        damage=by_kind((one.kind, yes) for one, yes in hurt),
        wrong=() if held_out else (*missed(outcomes), *damaged(hurt)),
    )


def _keep(parts: Sequence[Part]) -> None:
    """Writes the compared figures as the baseline; halves that were not measured keep theirs."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    kept |= {part.name: {name: round(value, 3) for name, value in part.compared().items()} for part in parts}
    BASELINE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _below(parts: Sequence[Part]) -> list[str]:
    """The compared measures that lie clearly under the committed ones, in words."""
    kept = json.loads(BASELINE.read_text(encoding="utf-8")) if BASELINE.exists() else {}
    found: list[str] = []
    for part in parts:
        figures, wanted = part.compared(), kept.get(part.name, {})
        whole = {name for name in wanted if name.split()[-1] in TOLERANCES}
        of_all = below(figures, {name: wanted[name] for name in whole}, TOLERANCES["all"])
        of_each = below(figures, {name: wanted[name] for name in wanted.keys() - whole}, TOLERANCE)
        found += [f"{part.name}: {words}" for words in of_all + of_each]
    return found


def _report(parts: Sequence[Part], failures: Sequence[str]) -> dict[str, Any]:
    def plain(shares: Mapping[str, Share]) -> dict[str, Any]:
        return {
            kind: {"share": share.value, "of": share.count, "low": share.interval[0], "high": share.interval[1]}
            for kind, share in shares.items()
        }

    return {
        "parts": [
            {
                "name": part.name,
                "recall": plain(part.recall),
                "marked_by_kind": plain(part.named),
                "damage_around": plain(part.around),
                "damage": plain(part.damage),
            }
            for part in parts
        ],
        "failures": list(failures),
    }


def table(parts: Sequence[Part], failures: Sequence[str], *, wrong: bool = False) -> str:
    """For people: a row a kind, shares with 95 % intervals."""
    lines: list[str] = []
    for part in parts:
        lines += [part.name, f"  {'planted':15s} {'taken out':30s} {'marked by kind':30s} words around it taken"]
        for kind, share in part.recall.items():
            lines.append(f"  {kind:15s} {share!s:30s} {part.named[kind]!s:30s} {part.around[kind]}")
        lines.append(f"  {'look-alike':15s} damaged")
        lines += [f"  {kind:15s} {share}" for kind, share in part.damage.items()]
        lines += [f"    {words}" for words in part.wrong] if wrong else []
        lines.append("")
    lines += [f"BELOW {failure}" for failure in failures]
    return "\n".join(lines).rstrip()
