"""The report of the retrieval evaluation for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from evals.measures import Interval


def table(report: Mapping[str, Any]) -> str:
    lines: list[str] = []
    likeness = report.get("ticket_likeness")
    if likeness:
        lines.append(f"{likeness['folder']}: {likeness['tickets']} tickets, earlier ones answer (mean, 95 % interval)")
        for part, measured in likeness["parts"].items():
            lines += [f"  {part} questions", *_rows(measured)]
        for how, held in likeness["probability"].items():
            lines += [f"  probability, {how}", *_held(held)]
        lines += _areas(likeness["areas"]) if likeness["areas"] else []
    for name, found in report.get("real_thing", {}).items():
        lines += [f"the real thing: {name}, {found['documents']} at the last question", *_rows(found["methods"])]
        if "probability" in found:
            lines.append(f"    the right draft holds an answer: {_shown(found['right_draft_holds_an_answer'])}")
            lines += _held(found["probability"])
    for name, measured in report.get("carried_over", {}).items():
        lines += [f"{name}: nothing was fitted on it", *_rows(measured)]
    if "demo" in report:
        lines.append("demo tickets")
        lines += [f"    {key}: {_shown(value)}" for key, value in report["demo"]["figures"].items()]
        lines += [f"    {line}" for line in report["demo"]["misses"]]
    lines += [f"BELOW BASELINE: {failure}" for failure in report["failures"]]
    return "\n".join(lines)


def _areas(found: Mapping[str, Any]) -> Iterator[str]:
    """Thresholds by product area, fitted on the earlier questions, against one for all."""
    areas = ", ".join(f"{area} {threshold:.3f}" for area, threshold in found["thresholds"].items()) or "none"
    yield f"  thresholds by product area, learned from the earlier questions: {areas}"
    yield f"    later questions: {found['questions']}, of these areas {found['in_these_areas']}"
    for name in ("one threshold", "by area"):
        told = found[name]
        yield (
            f"    {name}: right among shown when answered {_shown(told['precision'])}, answered when right was there "
            f"{_shown(told['coverage'])}, balance {told['balance']:.3f}"
        )
    yield f"    balance gained by area: {found['balance_gained']}"


def _rows(found: Mapping[str, Mapping[str, Interval]]) -> list[str]:
    return [
        f"    {name:<44}" + "  ".join(f"{measure} {value}" for measure, value in measures.items())
        for name, measures in found.items()
    ]


def _held(held: Mapping[str, Any]) -> Iterator[str]:
    for key, value in held.items():
        if key not in ("reliability", "coverage"):
            yield f"    {key}: {_shown(value)}"
    for row in held["reliability"]:
        yield f"    stated {row['stated']:.2f}, observed {row['observed']:.2f} ({row['count']} suggestions)"
    for row in held["coverage"]:
        yield (
            f"    the surest {row['coverage']:.0%} (from {row['least']:.2f}): first right {row['first_right']:.3f}, "
            f"right among those shown {row['right_among_shown']:.3f}"
        )


def _shown(value: Interval | float) -> str:
    if isinstance(value, Interval):
        return f"{value} of {value.count}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
