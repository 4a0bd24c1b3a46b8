"""Retrieval over the demo tickets: recurring problems should find their precedent, unanswered ones should find none."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from evals.datasets_found import DEMO_LABELS, DEMO_TICKETS, opened, read_lines
from evals.measures import interval, ranking_measures
from evals.vectors import EvalVectors
from evals.word_search import WordSearch
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Answer, SuggestionVerdict
from pipelines.ports import VectorHit
from pipelines.retrieve.documents import views
from pipelines.retrieve.fuse import combined, fuse
from pipelines.retrieve.query import prepare
from pipelines.retrieve.rank import answer
from pipelines.retrieve.ranking import Ranking

_CAPTURE_LABELS = DEMO_LABELS.with_name("demo_capture.jsonl")


class DemoDesk:
    """The labelled resolutions of the closed demo tickets, searched as they stood when a question came in.

    `unanswered`: closed tickets that answer nothing, whatever is written in them.
    """

    def __init__(self, vectors: EvalVectors, ranking: Ranking, unanswered: Collection[str]) -> None:
        self.tickets = {raw["id"]: raw for raw in read_lines(DEMO_TICKETS)}
        labels = {raw["id"]: raw for raw in read_lines(_CAPTURE_LABELS)}
        made = (_resolution(self.tickets[i], label) for i, label in sorted(labels.items()) if i in self.tickets)
        self.resolutions = {one.id: one for one in made if one.served and one.id not in unanswered}
        self._vectors, self._ranking = vectors, ranking

    def ask(self, identifier: str) -> Answer:
        """What triage would have been told when the ticket was opened."""
        asked = opened(self.tickets[identifier])
        known = {
            i: r for i, r in self.resolutions.items() if self.tickets[i]["closed_at"] <= self._opened_at(identifier)
        }
        prepared = prepare(asked.query())
        views_by_id = {f"{i}:{view}": text for i, r in known.items() for view, text in views(r.content).items()}
        hits: list[VectorHit] = []
        if views_by_id:
            vector = combined(self._vectors.embed(prepared.texts))
            cosines = np.clip(self._vectors.embed(list(views_by_id.values())) @ vector, -1, 1)
            hits = [VectorHit(name, float(c)) for name, c in zip(views_by_id, cosines, strict=True)]
        names = sorted(known)
        lexical = WordSearch([known[i] for i in names]).hits(prepared.sought, names)
        candidates = fuse(hits, lexical, known)
        return answer(asked.query(), candidates, prepared=prepared, ranking=self._ranking, only_area=False)

    def _opened_at(self, identifier: str) -> str:
        return str(self.tickets[identifier]["created_at"])


def _resolution(ticket: Mapping[str, Any], label: Mapping[str, Any]) -> Resolution:
    fields = {
        name: ResolutionField(state=SettledState.STATED, text=label[name]["text"])
        for name in FieldName
        if label.get(name)
    }
    versions = label.get("versions") or {}
    affected, fixed_in = tuple(versions.get("affected") or ()), tuple(versions.get("fixed_in") or ())
    state = SettledState.STATED if affected or fixed_in else SettledState.NOT_KNOWN
    fix = label.get(FieldName.FIX) or {}
    content = ResolutionContent(
        title=ticket["subject"],
        fields=fields,
        fix_kind=FixKind(fix["kind"]) if fix.get("kind") else None,
        versions=ResolutionVersions(state=state, affected=affected, fixed_in=fixed_in),
        product_area=ticket.get("product_area"),
    )
    return Resolution(id=ticket["id"], version=1, content=content)


def measure_demo(vectors: EvalVectors, ranking: Ranking) -> dict[str, Any]:
    """Success over recurring problems, abstention over gaps, and what went wrong, in words."""
    labels = json.loads(DEMO_LABELS.read_text(encoding="utf-8"))
    desk = DemoDesk(vectors, ranking, {ticket for gap in labels["gaps"] for ticket in gap["tickets"]})
    found: dict[str, list[float]] = {"S@1": [], "S@5": [], "answered when known": [], "abstained on gaps": []}
    misses: list[str] = []
    for group in labels["recurring"]:
        for identifier in group:
            known = _answered_before(desk, group, identifier)
            if not known:
                continue
            given = desk.ask(identifier)
            names = _names(given)
            measures = ranking_measures(names, known)
            found["S@1"].append(measures["S@1"])
            found["S@5"].append(measures["S@5"])
            found["answered when known"].append(float(given.verdict is SuggestionVerdict.SUGGESTED))
            if not measures["S@1"]:
                misses.append(f"{identifier}: {given.verdict}, wanted {', '.join(sorted(known))}, got {_first(given)}")
    for gap in labels["gaps"]:
        for identifier in gap["tickets"]:
            given = desk.ask(identifier)
            found["abstained on gaps"].append(float(given.verdict is SuggestionVerdict.ABSTAINED))
            if given.verdict is SuggestionVerdict.SUGGESTED:
                misses.append(f"{identifier}: nothing is known, got {_first(given)}")
    return {"figures": {name: interval(values) for name, values in found.items()}, "misses": misses}


def _answered_before(desk: DemoDesk, group: Sequence[str], identifier: str) -> frozenset[str]:
    opened_at = desk.tickets[identifier]["created_at"]
    others = (other for other in group if other != identifier and other in desk.resolutions)
    return frozenset(other for other in others if desk.tickets[other]["closed_at"] <= opened_at)


def _names(given: Answer) -> list[str]:
    return [one.candidate.resolution.id for one in given.suggestions]


def _first(given: Answer) -> str:
    shown = (*given.suggestions, *given.near_misses)
    return ", ".join(f"{one.candidate.resolution.id} at {one.probability:.2f}" for one in shown[:3]) or "nothing"
