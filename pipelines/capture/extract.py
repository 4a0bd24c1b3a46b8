"""The offline summariser: picks from the thread what it says of symptom, cause, fix, environment and versions.

It writes nothing of its own: every field is made of sentences of the thread, and a field that the thread does not state
stays empty, because an agent can fill an empty field faster than notice a wrong one.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.extract_cause import find_cause
from pipelines.capture.extract_environment import find_environment
from pipelines.capture.extract_features import features
from pipelines.capture.extract_fix import find_fix, find_tried
from pipelines.capture.extract_instructions import addresses_summariser, without_instructions
from pipelines.capture.extract_ranker import load_rankers
from pipelines.capture.extract_stance import stances
from pipelines.capture.extract_symptom import find_symptom
from pipelines.capture.extract_title import make_title
from pipelines.capture.extract_units import read_units
from pipelines.capture.extract_versions import find_versions_stated
from pipelines.domain.drafts import MappedText, Proposal, Provenance, Summary, TicketView


class OfflineSummariser:
    """Extractive, deterministic, needs no key. `embed` (unit rows) settles near ties of the symptom by meaning."""

    name = "offline"

    def __init__(self, embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None) -> None:
        self._embed = embed
        self._rankers = load_rankers()

    def summarise(self, view: TicketView) -> Summary:
        """Exactly one proposal, whatever the thread holds."""
        began = time.perf_counter()
        if addresses_summariser(view.subject.text):
            view = view.model_copy(update={"subject": MappedText.verbatim("")})
        units = without_instructions(read_units(view))
        stance = stances(view)
        seen = features(view, units, stance)
        chances = {field: ranker.probabilities(seen) for field, ranker in self._rankers.items()}
        symptom = find_symptom(view, units, stance, chances["symptom"], self._embed)
        remedy = find_fix(view, units, stance, chances["fix"], self._rankers["fix"])
        proposal = Proposal(
            title=make_title(view.subject.text, symptom),
            symptom=symptom,
            root_cause=find_cause(view, units, chances["root_cause"], self._rankers["root_cause"]),
            fix=remedy.claim if remedy else None,
            fix_kind=remedy.kind if remedy else None,
            environment=find_environment(view, units, stance),
            versions=find_versions_stated(view, units, stance),
            tried=find_tried(view, units),
        )
        provenance = Provenance(summariser=self.name, seconds=time.perf_counter() - began, cuts=view.cuts)
        return Summary(proposals=(proposal,), provenance=provenance)
