"""Which versions of the product a thread says are affected, and which it says hold the fix."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.extract_models import Model
from pipelines.capture.extract_version_features import Mentioned
from pipelines.capture.extract_version_rules import plainly_affected
from pipelines.domain.drafts import ProposedVersions, Quote, TicketView

AFFECTED, FIXED_IN = "affected", "fixed_in"
KINDS = (AFFECTED, FIXED_IN)
_PLAIN = 0.6
"""The chance of a version that a sentence of trouble names as the one it came with, whoever is asked."""
_QUOTED = 60


def find_versions_stated(
    view: TicketView,
    mentions: Sequence[Mentioned],
    chances: Mapping[str, NDArray[np.float32]],
    models: Mapping[str, Model],
) -> ProposedVersions:
    """Versions whose likeliest mention reaches the threshold; empty where none does. None is in both lists."""
    best: dict[str, dict[str, tuple[float, Mentioned]]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        for one, fitted in zip(mentions, chances[kind], strict=True):
            plain = kind == AFFECTED and plainly_affected(one.unit, one.version)
            chance = max(float(fitted), _PLAIN) if plain else float(fitted)
            if one.name not in best[kind] or chance > best[kind][one.name][0]:
                best[kind][one.name] = (chance, one)
    listed: dict[str, list[Mentioned]] = {kind: [] for kind in KINDS}
    for name in dict.fromkeys(one.name for one in mentions):
        kind = max(KINDS, key=lambda kind: best[kind][name][0] - models[kind].threshold)
        if best[kind][name][0] >= models[kind].threshold:
            listed[kind].append(best[kind][name][1])
    quotes = dict.fromkeys(_quote(view, one) for kind in KINDS for one in listed[kind])
    affected, fixed = ([one.version.name for one in listed[kind]] for kind in KINDS)
    return ProposedVersions(affected=tuple(affected), fixed_in=tuple(fixed), quotes=tuple(quotes))


def _quote(view: TicketView, one: Mentioned) -> Quote:
    """The version with the words that lead to it: from the start of its clause, at most a line."""
    raw, version = one.unit.raw, one.version
    start = max(raw.rfind(sep, 0, version.start) + 1 for sep in ("\n", ",", ";", "("))
    start = start if version.start - start <= _QUOTED else version.start
    return Quote(message=view.messages[one.unit.message].id, text=raw[start : version.end].lstrip())
