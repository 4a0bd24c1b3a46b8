"""`python -m evals.fit_capture_labels GOLD TICKETS...`: adds hand-made labels to those the summariser is fitted to.

GOLD and TICKETS as `python -m evals capture` takes them, one after the other. What goes into fit_capture_labels.json
is where the labels quote each ticket, and its version numbers: never a word of a ticket.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.capture_cases import Case, read_cases

LABELS = Path(__file__).with_name("fit_capture_labels.json")
FIELDS = ("symptom", "root_cause", "fix", "environment")

Places = list[tuple[str, int, int]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m evals.fit_capture_labels", description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="GOLD TICKETS")
    files = parser.parse_args(arguments).files
    if len(files) % 2:
        parser.error("labels and ticket files come in pairs")
    labels = json.loads(LABELS.read_text(encoding="utf-8")) if LABELS.exists() else {}
    for gold, tickets in zip(files[::2], files[1::2], strict=True):
        labels |= {case.id: placed(case) for case in read_cases(gold, tickets)}
    lines = (f" {json.dumps(name)}: {json.dumps(label)}" for name, label in labels.items())
    LABELS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(labels)} labelled tickets", file=sys.stderr)
    return 0


def placed(case: Case) -> dict[str, Any]:
    """The label of a case as places in its messages, and its versions."""
    versions = {kind: list(case.label["versions"].get(kind) or []) for kind in ("affected", "fixed_in")}
    return {field: places(case, field) for field in FIELDS} | {"versions": versions}


def places(case: Case, field: str) -> Places:
    """Where the quotes of a field stand, as (message, start, end). A quote that is not there has no place."""
    label: Mapping[str, Any] = case.label[field] or {}
    found = []
    for quote in label.get("quotes", []):
        start = case.texts[quote["message"]].find(quote["quote"])
        if start >= 0:
            found.append((quote["message"], start, start + len(quote["quote"])))
    return found


if __name__ == "__main__":
    sys.exit(main())
