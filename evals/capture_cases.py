"""Labelled tickets for the capture evaluation, split into a part to look at and a part kept aside."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.datasets_found import DEMO_TICKETS, data_directory, read_lines
from pipelines.domain.drafts import SUBJECT, DraftContent, Evidence, FieldName
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket

DEMO_LABELS = Path(__file__).parent / "datasets" / "demo_capture.jsonl"
DEVELOPMENT_SHARE = 0.4
"""Of each labelled set, the share that may be read while building. The rest is scored, never read."""


@dataclass(frozen=True, slots=True)
class Case:
    """A closed ticket and its label. `texts`: raw message bodies and the subject, by id."""

    id: str
    ticket: Ticket
    texts: Mapping[str, str]
    label: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseSet:
    name: str
    cases: tuple[Case, ...]


def read_cases(gold: Path, tickets: Path) -> list[Case]:
    """A case for each label whose ticket is there, in the order of the labels. Raises KeyError where one is missing."""
    raw = {ticket["id"]: ticket for ticket in read_lines(tickets)}
    return [_case(raw[label["id"]], label) for label in read_lines(gold)]


def _case(raw: Mapping[str, Any], label: Mapping[str, Any]) -> Case:
    texts = {message["id"]: message["body"] for message in raw["messages"]} | {SUBJECT: raw["subject"]}
    return Case(raw["id"], parse_ticket(raw), texts, label)


def development_ids(ids: Iterable[str], share: float = DEVELOPMENT_SHARE) -> frozenset[str]:
    """The ids set apart for development: the first share of them by hash, so that the choice cannot be moved."""
    ordered = sorted(ids, key=lambda one: hashlib.sha256(one.encode()).hexdigest())
    return frozenset(ordered[: int(len(ordered) * share)])


def in_parts(name: str, cases: Sequence[Case]) -> list[CaseSet]:
    """The development part and the part held out."""
    seen = development_ids(case.id for case in cases)
    return [
        CaseSet(f"{name} development", tuple(c for c in cases if c.id in seen)),
        CaseSet(f"{name} held out", tuple(c for c in cases if c.id not in seen)),
    ]


def real_files() -> tuple[Path, Path] | None:
    """The hand-labelled real tickets, labels and ticket file, where the data directory is given."""
    directory = data_directory()
    if directory is None or not (directory / "titanium" / "gold.jsonl").exists():
        return None
    return directory / "titanium" / "gold.jsonl", directory / "titanium" / "gold_tickets.jsonl"


def demo_files() -> tuple[Path, Path]:
    return DEMO_LABELS, DEMO_TICKETS


def labelled_form(case_id: str, draft: DraftContent, texts: Mapping[str, str]) -> dict[str, Any]:
    """A draft in the form of a label, quoting the raw messages."""
    form: dict[str, Any] = {"id": case_id}
    for name in FieldName:
        field = draft.fields.get(name)
        form[name.value] = None if field is None else {"text": field.text, "quotes": _quotes(field.evidence, texts)}
    if form["fix"] is not None:
        form["fix"]["kind"] = draft.fix_kind.value if draft.fix_kind else None
    versions = draft.versions
    form["versions"] = {
        "affected": list(versions.affected),
        "fixed_in": list(versions.fixed_in),
        "quotes": _quotes(versions.evidence, texts),
    }
    return form


def _quotes(evidence: Sequence[Evidence], texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"message": e.message, "quote": texts[e.message][e.start : e.end]} for e in evidence]
