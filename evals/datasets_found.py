"""Finds and reads the data sets of the evaluations: real ones where they are, the demo's own always."""

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.storable import storable
from pipelines.domain.suggestions import Query

VARIABLE = "PRECEDENT_EVAL_DATA"
_HERE = Path(__file__).parent
DEMO_LABELS = _HERE / "datasets" / "demo_retrieval.json"
DEMO_TICKETS = _HERE.parent / "service" / "demo" / "tickets.jsonl"


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket as it was when opened: what triage knew, and nothing that came later."""

    id: str
    created_at: datetime
    subject: str
    body: str
    environment: str | None
    versions: tuple[str, ...]
    area: str | None

    def query(self) -> Query:
        return Query(
            subject=self.subject,
            body=self.body,
            product_area=self.area,
            environment=self.environment,
            version=self.versions[0] if self.versions else None,
        )

    def resolution(self) -> Resolution:
        """The ticket in the shape of a resolution that has no answer: for measuring how alike tickets are found."""
        told = {FieldName.SYMPTOM: self.body, FieldName.ENVIRONMENT: self.environment}
        fields = {n: ResolutionField(state=SettledState.STATED, text=text) for n, text in told.items() if text}
        state = SettledState.STATED if self.versions else SettledState.NOT_KNOWN
        versions = ResolutionVersions(state=state, affected=self.versions)
        title = self.subject.strip() or "(no subject)"
        content = ResolutionContent(title=title, fields=fields, versions=versions, product_area=self.area)
        return Resolution(id=self.id, version=1, content=content)


@dataclass(frozen=True, slots=True)
class TicketFolder:
    """Tickets in order of opening, and which earlier ticket each question should find."""

    name: str
    tickets: tuple[Opened, ...]
    queries: tuple[str, ...]
    relevant: Mapping[str, frozenset[str]]


def data_directory() -> Path | None:
    """Where the real data sets are, by the environment; None where it does not say or the folder is not there."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named and Path(named).is_dir() else None


def read_folder(directory: Path) -> TicketFolder:
    """A folder with tickets.jsonl.gz, duplicates.tsv and duplicate_queries.txt."""
    tickets = sorted((opened(raw) for raw in read_lines(directory / "tickets.jsonl.gz")), key=_age)
    queries = (directory / "duplicate_queries.txt").read_text(encoding="utf-8").split()
    pairs = directory / "duplicates.tsv"  # absent where the answers are kept back
    return TicketFolder(
        directory.name, tuple(tickets), tuple(dict.fromkeys(queries)), relevant_pairs(pairs) if pairs.exists() else {}
    )


def relevant_pairs(path: Path) -> dict[str, frozenset[str]]:
    """The documents of relevance 1 or more, by question, from a table of query, document, relevance."""
    found: dict[str, set[str]] = {}
    for row in path.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, relevance = row.split("\t")[:3]
        if int(relevance) > 0:
            found.setdefault(query, set()).add(document)
    return {query: frozenset(documents) for query, documents in found.items()}


def _age(ticket: Opened) -> tuple[datetime, str]:
    return ticket.created_at, ticket.id


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzip or plain."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def opened(raw: Mapping[str, Any]) -> Opened:
    """The triage view of a ticket-file object: later messages, links, outcome and fix versions are not looked at.

    Whatever an optional field holds that is not text is taken for absent.
    """
    fields = raw.get("fields") or {}
    messages = raw.get("messages") or []
    components = _texts(fields.get("components")) or _texts(raw.get("product_area"))
    return Opened(
        id=str(raw["id"]),
        created_at=_moment(raw["created_at"]),
        subject=_text(raw.get("subject")) or "",
        body=(_text(messages[0].get("body")) or "") if messages else "",
        environment=_text(fields.get("environment")),
        versions=_texts(fields.get("affects_versions")),
        area=components[0] if components else None,
    )


def _moment(text: str) -> datetime:
    """A time without a zone is taken for UTC, so that all of a folder's compare."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: object) -> str | None:
    return storable(value) if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, values) if text)
