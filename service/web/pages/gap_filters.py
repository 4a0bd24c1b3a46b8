"""The part of a gap report that an address asks for: `?days=90&area=Export`."""

from collections.abc import Mapping
from urllib.parse import urlencode

from pipelines.gaps.select import Part
from service.web.auth import WebRequest
from service.web.pages.forms import clean

PARTS = ("days", "area", "tier", "escalation", "stage")


def asked_for(request: WebRequest) -> dict[str, str]:
    """What the filters of a page show as chosen, by name."""
    return {name: clean(request.query_params.get(name) or "") for name in PARTS}


def part_of(asked: Mapping[str, str]) -> Part:
    days = asked["days"]
    known = int(days) if days.isascii() and days.isdigit() and len(days) <= 4 else None  # noqa: PLR2004
    return Part(days=known, **{name: asked[name] for name in PARTS if name != "days"})


def query_of(asked: Mapping[str, str | None]) -> str:
    """The query of an address, with its question mark; empty where nothing is asked for."""
    chosen = {name: value for name, value in asked.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""
