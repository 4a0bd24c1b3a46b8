"""Labelled tickets as the models of the offline summariser learn from them: what is seen, and what is quoted of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.capture_score import overlap_f1, plain
from pipelines.capture.extract_cause import find_cause
from pipelines.capture.extract_choice import Proposed
from pipelines.capture.extract_clause_features import clause_features
from pipelines.capture.extract_environment import find_environment
from pipelines.capture.extract_environment_phrases import Phrase, find_phrases, phrase_features
from pipelines.capture.extract_fix import find_fix
from pipelines.capture.extract_models import Model
from pipelines.capture.extract_reading import Reading, read
from pipelines.capture.extract_units import Unit
from pipelines.capture.extract_version_features import find_mentions, version_features
from pipelines.capture.extract_versions import KINDS
from pipelines.domain.drafts import Claim, TicketView

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Labelled:
    """A ticket as the summariser sees it, the places that state each field, its versions, and how much it counts."""

    view: TicketView
    label: Mapping[str, Any]
    weight: float = 1.0

    @cached_property
    def reading(self) -> Reading:
        return read(self.view)

    @cached_property
    def clauses_seen(self) -> Matrix:
        return clause_features(self.view, self.reading.units, self.reading.clauses, self.reading.stance)

    @cached_property
    def phrases(self) -> list[Phrase]:
        return find_phrases(self.reading)


@dataclass(frozen=True, slots=True)
class Example:
    """What is seen of each candidate of a ticket, and the share of it that the label quotes."""

    labelled: Labelled
    seen: Matrix
    share: Matrix


@dataclass(frozen=True, slots=True)
class Row:
    """What a ticket's best proposal is expected to score, what it scores, and whether the thread states the field."""

    expected: float
    score: float
    stated: bool

    def worth(self, threshold: float) -> float:
        if self.expected < threshold:
            return float(not self.stated)
        return self.score if self.stated else 0.0


def examples_of(labelled: Sequence[Labelled], told: str) -> list[Example]:
    """An example for each ticket that is labelled for what the model tells."""
    if told in KINDS:
        return [_of_versions(one, told) for one in labelled if "versions" in one.label]
    known = [one for one in labelled if told in one.label]
    return [_of_phrases(one) if told == "environment" else _of_clauses(one, told) for one in known]


def _of_clauses(one: Labelled, told: str) -> Example:
    units = one.reading.units
    share = [_share(one, told, units[c.unit], c.start, c.end) for c in one.reading.clauses]
    return Example(one, one.clauses_seen, np.array(share, dtype=np.float32))


def _of_phrases(one: Labelled) -> Example:
    share = [_share(one, "environment", phrase.unit, phrase.start, phrase.end) for phrase in one.phrases]
    return Example(one, phrase_features(one.view, one.reading, one.phrases), np.array(share, dtype=np.float32))


def _of_versions(one: Labelled, kind: str) -> Example:
    mentions = find_mentions(one.reading)
    true = {plain(version) for version in one.label["versions"][kind]}
    share = [float(plain(mention.version.name) in true) for mention in mentions]
    return Example(one, version_features(one.view, one.reading, mentions), np.array(share, dtype=np.float32))


def _share(one: Labelled, told: str, unit: Unit, start: int, end: int) -> float:
    message = one.view.messages[unit.message]
    raw = message.text.raw_span(unit.start + start, unit.start + end)
    near = [(a, b) for name, a, b in one.label[told] if name == message.id]
    shared: int = sum(max(0, min(raw.end, b) - max(raw.start, a)) for a, b in near)
    return min(1.0, shared / max(1, raw.end - raw.start))


def score(told: str, example: Example, model: Model) -> Row:
    """By quoted characters: the texts of labels are not kept."""
    one, chances = example.labelled, model.probabilities(example.seen)
    found = _proposed(told, one, chances, model)
    stated = bool(one.label[told])
    if found is None:
        return Row(-1.0, 0.0, stated)
    theirs = {(name, at) for name, start, end in one.label[told] for at in range(start, end)}
    ours = _quoted(one, found.what)
    return Row(found.expected, overlap_f1(len(ours), len(theirs), len(ours & theirs)), stated)


def _proposed(told: str, one: Labelled, chances: Matrix, model: Model) -> Proposed[Claim] | None:
    if told == "environment":
        return find_environment(one.view, one.reading, one.phrases, chances, model)
    if told == "fix":
        remedy = find_fix(one.view, one.reading, chances, model)
        return Proposed(remedy.what.claim, remedy.expected) if remedy else None
    return find_cause(one.view, one.reading, chances, model)


def _quoted(one: Labelled, claim: Claim) -> set[tuple[str, int]]:
    text = {message.id: message.text for message in one.view.messages}
    places: set[tuple[str, int]] = set()
    for quote in claim.quotes:
        start = text[quote.message].text.find(quote.text) if quote.message in text else -1
        if start >= 0:
            raw = text[quote.message].raw_span(start, start + len(quote.text))
            places.update((quote.message, at) for at in range(raw.start, raw.end))
    return places
