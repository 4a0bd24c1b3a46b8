"""Generated tickets, each of a problem of its own, with the decision that an agent takes on its draft."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_PARTS = "exporter importer scheduler mailer indexer gateway renderer archiver notifier balancer".split()
_ACTS = "hangs crashes loops stalls truncates duplicates forgets reorders rejects overheats".split()
_PLACES = "midnight login checkout upgrade failover backup migration restart payroll audit".split()


def problem(number: int) -> tuple[str, str, str]:
    """What breaks, how, and when: different for each number below 1000."""
    return _PARTS[number % 10], _ACTS[number // 10 % 10], _PLACES[number // 100 % 10]


def code(number: int) -> str:
    return f"ERR-{70_000 + number}"


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    """A closed and escalated ticket with its cause and fix in the thread."""
    part, act, place = problem(number)
    messages = [
        ("customer", "public", f"Since version 4.{number % 9}.1 the {part} {act} at {place} with {code(number)}."),
        ("engineer", "internal", f"Root cause: the {part} keeps a stale handle of the {place} table, {code(number)}."),
        ("agent", "public", f"Resolution: upgrade to 4.{number % 9}.2, in which the {part} closes the handle."),
    ]
    return {
        "id": f"T-{number}",
        "source": "made",
        "subject": f"The {part} {act} at {place} ({code(number)})",
        "status": "closed",
        "created_at": "2026-03-02T08:00:00Z",
        "closed_at": "2026-03-04T16:00:00Z",
        "product_area": "Core",
        "escalated": True,
        "messages": [
            {"id": f"m{index}", "at": f"2026-03-0{index + 2}T08:00:00Z", "role": role, "visibility": seen, "body": body}
            for index, (role, seen, body) in enumerate(messages)
        ],
        **changes,
    }


def reopened(number: int) -> dict[str, Any]:
    return ticket(number, status="open", closed_at=None)


def decision(number: int) -> dict[str, Any]:
    """The agent's own words on the draft of a ticket."""
    part, act, place = problem(number)
    return {
        "title": f"The {part} {act} at {place}",
        "fields": {
            "symptom": {"state": "stated", "text": f"At {place} the {part} {act} and shows {code(number)}"},
            "root_cause": {"state": "stated", "text": f"The {part} holds a stale handle of the {place} table"},
            "fix": {"state": "stated", "text": f"Upgrade to 4.{number % 9}.2"},
            "environment": {"state": "not_applicable"},
        },
        "fix_kind": "fix",
        "versions": {"state": "stated", "affected": [f"4.{number % 9}.1"], "fixed_in": [f"4.{number % 9}.2"]},
        "product_area": "Core",
        "seconds": 12.5,
    }


def question(number: int) -> dict[str, Any]:
    """What the next customer with the same problem writes."""
    part, act, place = problem(number)
    return {"subject": f"{part} {act}", "body": f"Our {part} {act} around {place}, it prints {code(number)}", "k": 5}


def write_file(path: Path, tickets: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(made) + "\n" for made in tickets))
    return path


def names(suggestions: Sequence[dict[str, Any]]) -> list[str]:
    """The ids of suggested resolutions, best first."""
    return [str(suggested["resolution_id"]) for suggested in suggestions]
