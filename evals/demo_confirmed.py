"""The records that the demo's agents confirmed, asked as triage asks them."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from evals.datasets_found import DEMO_TICKETS, read_lines
from evals.vectors import EvalVectors
from evals.word_search import WordSearch
from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName, FixKind
from pipelines.domain.resolutions import Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.domain.suggestions import Answer, Query
from pipelines.ports import VectorHit
from pipelines.retrieve.documents import views
from pipelines.retrieve.fuse import combined, fuse
from pipelines.retrieve.query import PreparedQuery
from pipelines.retrieve.rank import answer
from pipelines.retrieve.ranking import Ranking

_CONFIRMATIONS = DEMO_TICKETS.with_name("confirmations.jsonl")


class ConfirmedDesk:
    """All confirmed resolutions of the demo, whenever they were made."""

    def __init__(self, vectors: EvalVectors, ranking: Ranking) -> None:
        areas = {raw["id"]: raw.get("product_area") for raw in read_lines(DEMO_TICKETS)}
        rows = (json.loads(line) for line in _CONFIRMATIONS.read_text(encoding="utf-8").splitlines() if line.strip())
        self.resolutions = {one.id: one for one in (_resolution(row, areas) for row in rows)}
        self._vectors, self._ranking = vectors, ranking
        texts = {f"{i}:{v}": text for i, one in self.resolutions.items() for v, text in views(one.content).items()}
        self._names, self._embedded = list(texts), vectors.embed(list(texts.values()))
        self._words = WordSearch(list(self.resolutions.values()))

    def ask(self, query: Query, prepared: PreparedQuery) -> Answer:
        cosines = np.clip(self._embedded @ combined(self._vectors.embed(prepared.texts)), -1, 1)
        near = [VectorHit(name, float(c)) for name, c in zip(self._names, cosines, strict=True)]
        words = self._words.hits(prepared.sought, list(self.resolutions))
        candidates = fuse(near, words, self.resolutions)
        return answer(query, candidates, prepared=prepared, ranking=self._ranking, only_area=False)


def _resolution(row: Mapping[str, Any], areas: Mapping[str, str | None]) -> Resolution:
    identifier = str(row["ticket"]).partition("/")[2]
    stated = {n: ResolutionField(state=SettledState.STATED, text=row[n]) for n in FieldName if row.get(n)}
    affected, fixed_in = tuple(row["affected"]), tuple(row["fixed_in"])
    known = SettledState.STATED if affected or fixed_in else SettledState.NOT_KNOWN
    content = ResolutionContent(
        title=row["title"],
        fields=stated,
        fix_kind=FixKind(row["fix_kind"]) if row.get("fix_kind") else None,
        versions=ResolutionVersions(state=known, affected=affected, fixed_in=fixed_in),
        product_area=areas.get(identifier),
    )
    return Resolution(id=identifier, version=1, content=content)
