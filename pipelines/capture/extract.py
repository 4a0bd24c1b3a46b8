"""The offline summariser: picks from the thread what it says of symptom, cause, fix, environment and versions.

It writes nothing of its own: every field is made of sentences of the thread, and a field that the thread does not state
stays empty, because an agent can fill an empty field faster than notice a wrong one.
"""

import time
from collections.abc import Mapping

from pipelines.capture.extract_cause import find_cause
from pipelines.capture.extract_clause_features import CLAUSE_NAMES, clause_features
from pipelines.capture.extract_environment import find_environment
from pipelines.capture.extract_environment_phrases import PHRASE_NAMES, find_phrases, phrase_features
from pipelines.capture.extract_fix import find_fix, find_tried
from pipelines.capture.extract_models import Model, load_models
from pipelines.capture.extract_reading import Reading, read
from pipelines.capture.extract_symptom import find_symptom
from pipelines.capture.extract_title import make_title
from pipelines.capture.extract_version_features import VERSION_NAMES, find_mentions, version_features
from pipelines.capture.extract_versions import KINDS, find_versions_stated
from pipelines.capture.orders import addresses_summariser
from pipelines.domain.drafts import Claim, MappedText, Proposal, ProposedVersions, Provenance, Summary, TicketView

FEATURES = {
    "symptom": CLAUSE_NAMES,
    "root_cause": CLAUSE_NAMES,
    "fix": CLAUSE_NAMES,
    "environment": PHRASE_NAMES,
    "affected": VERSION_NAMES,
    "fixed_in": VERSION_NAMES,
}
"""What is told by a fitted model, and the features each model was fitted for."""


class OfflineSummariser:
    """Extractive, deterministic, needs no key. `models` stand in for the fitted ones when those are judged."""

    name = "offline"

    def __init__(self, models: Mapping[str, Model] | None = None) -> None:
        self._models = models if models is not None else load_models(FEATURES)

    def summarise(self, view: TicketView) -> Summary:
        """Exactly one proposal, whatever the thread holds."""
        began = time.perf_counter()
        if addresses_summariser(view.subject.text):
            view = view.model_copy(update={"subject": MappedText.verbatim("")})
        reading, models = read(view), self._models
        seen = clause_features(view, reading.units, reading.clauses, reading.stance)
        chances = {told: models[told].probabilities(seen) for told in ("symptom", "root_cause", "fix")}
        symptom = find_symptom(view, reading, chances["symptom"], models["symptom"])
        cause = find_cause(view, reading, chances["root_cause"], models["root_cause"])
        found = find_fix(view, reading, chances["fix"], models["fix"])
        remedy = found.unless_below(models["fix"].threshold) if found else None
        proposal = Proposal(
            title=make_title(view.subject.text, symptom),
            symptom=symptom,
            root_cause=cause.unless_below(models["root_cause"].threshold) if cause else None,
            fix=remedy.claim if remedy else None,
            fix_kind=remedy.kind if remedy else None,
            environment=self._environment(view, reading),
            versions=self._versions(view, reading),
            tried=find_tried(view, reading.units),
        )
        provenance = Provenance(summariser=self.name, seconds=time.perf_counter() - began, cuts=view.cuts)
        return Summary(proposals=(proposal,), provenance=provenance)

    def _environment(self, view: TicketView, reading: Reading) -> Claim | None:
        phrases, model = find_phrases(reading), self._models["environment"]
        chances = model.probabilities(phrase_features(view, reading, phrases))
        found = find_environment(view, reading, phrases, chances, model)
        return found.unless_below(model.threshold) if found else None

    def _versions(self, view: TicketView, reading: Reading) -> ProposedVersions:
        mentions = find_mentions(reading)
        seen = version_features(view, reading, mentions)
        chances = {kind: self._models[kind].probabilities(seen) for kind in KINDS}
        return find_versions_stated(view, mentions, chances, self._models)
