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
    "hours_low",
    "hours_high",
    "senior_hours",
    "growth",
    "growth_low",
    "growth_high",
    "share",
    "nearest_record",
    "falls_short",
    "enough_to_write",
    "owner",
    "status",
    "closed_by",
    "closed_at",
    "answered_by",
    "keywords",
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
    whole = report.report
    return json.dumps(
        {
            "report": whole.id,
            "built_at": whole.built_at.isoformat(),
            "inputs_sha256": whole.inputs_sha256,
            "gaps": rows(report),
            "unseen": whole.unseen.model_dump(),
            "answered_since": whole.answered_since,
            "answered": [each.model_dump(mode="json") for each in whole.answered],
            "closed": [each.model_dump(mode="json") for each in whole.watched],
        }
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
        "hours_low": numbers.hours_interval.low if numbers.hours_interval else None,
        "hours_high": numbers.hours_interval.high if numbers.hours_interval else None,
        "senior_hours": numbers.senior_hours,
        "growth": numbers.growth,
        "growth_low": numbers.growth_interval.low if numbers.growth_interval else None,
        "growth_high": numbers.growth_interval.high if numbers.growth_interval else None,
        "share": round(one.share, 4),
        "nearest_record": gap.nearest_resolution,
        "falls_short": gap.falls_short,
        "enough_to_write": gap.enough_to_write,
        "owner": gap.owner,
        "status": gap.status,
        "closed_by": gap.closed_by,
        "closed_at": gap.closed_at.isoformat() if gap.closed_at else None,
        "answered_by": gap.answered_by["by"] if gap.answered_by else None,
        "keywords": "; ".join(gap.keywords),
    }


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
