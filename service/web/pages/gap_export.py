"""A gap report as files: a table for spreadsheets, and the same rows as JSON."""

import csv
import io
import json
from typing import Any

from service.usecases.gap_part import PartGap, PartReport

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "id",
    "title",
    "type",
    "tickets",
    "accounts",
    "tiers",
    "searches",
    "escalations",
    "hours",
    "senior_hours",
    "growth",
    "share",
    "nearest_record",
    "falls_short",
    "enough_to_write",
    "owner",
    "status",
)


def rows(report: PartReport) -> list[dict[str, Any]]:
    return [_row(one) for one in report.gaps]


def as_csv(report: PartReport) -> str:
    """One line a gap. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows(report):
        writer.writerow({key: _safe(value) for key, value in row.items()})
    return out.getvalue()


def as_json(report: PartReport) -> str:
    return json.dumps(
        {"report": report.report.id, "built_at": report.report.built_at.isoformat(), "gaps": rows(report)}
    )


def _row(one: PartGap) -> dict[str, Any]:
    gap, numbers = one.gap, one.figures
    return {
        "id": gap.id,
        "title": gap.title,
        "type": gap.type,
        "tickets": numbers.tickets,
        "accounts": numbers.accounts,
        "tiers": "; ".join(f"{tier}: {count}" for tier, count in numbers.tiers),
        "searches": numbers.searches,
        "escalations": numbers.escalations,
        "hours": numbers.hours,
        "senior_hours": numbers.senior_hours,
        "growth": numbers.growth,
        "share": round(one.share, 4),
        "nearest_record": gap.nearest_resolution,
        "falls_short": gap.falls_short,
        "enough_to_write": gap.enough_to_write,
        "owner": gap.owner,
        "status": gap.status,
    }


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
