"""Pairs of a draft and a known record, with what the one is to the other: the demo's, labelled by hand.

`known_says` in a label puts other words into the known record, where the demo has no such record: mostly another fix
for the same condition.
"""

import hashlib
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.capture_cases import demo_files, read_cases
from evals.datasets_found import DEMO_LABELS as RETRIEVAL_LABELS
from evals.datasets_found import DEMO_TICKETS, read_lines
from pipelines.adapters.token_count import estimate
from pipelines.capture.capture import capture
from pipelines.capture.extract import OfflineSummariser
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import DraftContent, FieldName, FixKind
from pipelines.domain.recurrences import DedupeVerdict
from pipelines.domain.resolutions import ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.tickets import Ticket

LABELS = Path(__file__).parent / "datasets" / "demo_dedupe.json"
CONFIRMED = DEMO_TICKETS.with_name("confirmations.jsonl")
BUDGET = 24_000

_VERDICTS = {
    "same": DedupeVerdict.SAME_AS,
    "update": DedupeVerdict.UPDATE_OF,
    "new": DedupeVerdict.NEW,
    "contradiction": DedupeVerdict.CONTRADICTS,
}


@dataclass(frozen=True, slots=True)
class Pair:
    """`fitted`: thresholds were chosen on it. `others`: the records that there are beside the two."""

    name: str
    draft: ResolutionContent
    known: ResolutionContent
    verdict: DedupeVerdict
    fitted: bool
    others: tuple[ResolutionContent, ...] = ()


def fitted(name: str) -> bool:
    """Whether a pair is in the half that thresholds are chosen on: by hash, so that the choice cannot be moved."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def demo_pairs(drafts: str) -> list[Pair]:
    """The labelled pairs; `drafts` says who wrote the drafts: `offline`, or `labels`, as a careful reader would.

    By labels a ticket's draft and its own record are the same words, so that those pairs are left out.
    """
    cases = {case.id: case for case in read_cases(*demo_files())}
    records = {raw["ticket"].split("/")[1]: raw for raw in read_lines(CONFIRMED)}
    contents = {name: _record(raw, cases[name].ticket.product_area) for name, raw in records.items()}
    found = []
    for label in json.loads(LABELS.read_text(encoding="utf-8"))["pairs"]:
        if drafts == "labels" and label["draft"] == label["known"]:
            continue
        case = cases[label["draft"]]
        ours = labelled(case.label, case.ticket) if drafts == "labels" else drafted(case.ticket)
        area = cases[label["known"]].ticket.product_area
        theirs = _record({**records[label["known"]], **label.get("known_says", {})}, area)
        name = f"{label['draft']} {label['known']} {label['verdict']}"
        others = _others(contents, label["draft"], label["known"])
        found.append(Pair(name, ours, theirs, _VERDICTS[label["verdict"]], fitted(name), others))
    return found


def record_pairs() -> list[Pair]:
    """Every two of the demo's confirmed records: one recurring problem or not, and no two of them contradict."""
    cases = {case.id: case for case in read_cases(*demo_files())}
    records = {raw["ticket"].split("/")[1]: raw for raw in read_lines(CONFIRMED)}
    contents = {name: _record(raw, cases[name].ticket.product_area) for name, raw in records.items()}
    groups = json.loads(RETRIEVAL_LABELS.read_text(encoding="utf-8"))["recurring"]
    found = []
    for one, other in itertools.combinations(contents, 2):
        recurs = any(one in group and other in group for group in groups)
        verdict = DedupeVerdict.UPDATE_OF if recurs else DedupeVerdict.NEW
        name = f"{one} {other}"
        pair = contents[one], contents[other]
        found.append(Pair(name, *pair, verdict, fitted(name), _others(contents, one, other)))
    return found


def _others(contents: Mapping[str, ResolutionContent], *pair: str) -> tuple[ResolutionContent, ...]:
    return tuple(content for name, content in contents.items() if name not in pair)


def drafted(ticket: Ticket) -> ResolutionContent:
    """What the offline summariser makes of a ticket, as de-duplication gets it."""
    made = capture(ticket, OfflineSummariser(), None, budget=BUDGET, count_tokens=estimate, last_try=True)
    return as_record(made.drafts[0], ticket.product_area)


def as_record(draft: DraftContent, area: str | None) -> ResolutionContent:
    texts = {name.value: field.text for name, field in draft.fields.items()}
    return _content(draft.title, texts, draft.fix_kind, draft.versions.affected, area)


def labelled(label: Mapping[str, Any], ticket: Ticket) -> ResolutionContent:
    texts = {name.value: label[name]["text"] for name in FieldName if label.get(name)}
    kind = (label.get("fix") or {}).get("kind")
    affected = tuple((label.get("versions") or {}).get("affected") or ())
    return _content(ticket.subject, texts, FixKind(kind) if kind else None, affected, ticket.product_area)


def _record(raw: Mapping[str, Any], area: str | None) -> ResolutionContent:
    texts = {name.value: raw[name] for name in FieldName if raw.get(name)}
    kind = FixKind(raw["fix_kind"]) if raw["fix_kind"] else None
    return _content(raw["title"], texts, kind, tuple(raw["affected"]), area)


def _content(
    title: str, texts: Mapping[str, str], kind: FixKind | None, affected: tuple[str, ...], area: str | None
) -> ResolutionContent:
    fields = {FieldName(n): ResolutionField(state=SettledState.STATED, text=text) for n, text in texts.items()}
    state = SettledState.STATED if affected else SettledState.NOT_KNOWN
    versions = ResolutionVersions(state=state, affected=affected)
    return ResolutionContent(title=title, fields=fields, fix_kind=kind, versions=versions, product_area=area)
