"""Where the problem occurs: the platform, device, browser, runtime or deployment that the thread names."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.capture.extract_choice import Proposed
from pipelines.capture.extract_environment_phrases import ABSENT, FILLERS, Phrase
from pipelines.capture.extract_models import Model
from pipelines.capture.extract_reading import Reading
from pipelines.capture.extract_sections import ENVIRONMENT
from pipelines.capture.extract_stance import Stance
from pipelines.capture.extract_units import Unit, clean
from pipelines.domain.drafts import Claim, Quote, TicketView

_MARKS = ",.;:()\n"
_CLAUSE = 60
MAX_PHRASES = 4
MAX_LABELLED = 4
MAX_LABEL_CHARACTERS = 200


def find_environment(
    view: TicketView, reading: Reading, phrases: Sequence[Phrase], chances: NDArray[np.float32], model: Model
) -> Proposed[Claim] | None:
    """The environment as the thread states it; what follows "Environment:" on its line wins over words in passing.

    What a verification lists is where the fix was tried, not what the problem needs: such a label counts for nothing.
    """
    labelled = [u for u in reading.units if _is_label(u) and reading.stance[u.message] is not Stance.VERIFIED]
    if labelled:
        first = [u for u in labelled if u.message == labelled[0].message][:MAX_LABELLED]
        claim = Claim(
            text=_sentence([u.text.rstrip(".;") for u in first]),
            quotes=tuple(Quote(message=view.messages[u.message].id, text=u.raw) for u in first),
        )
        return Proposed(claim, 1.0)
    chosen, expected = _choose(phrases, chances, model.typical)
    if not chosen:
        return None
    claim = Claim(
        text=_sentence([clean(_told(p)) for p in chosen]),
        quotes=tuple(Quote(message=view.messages[p.unit.message].id, text=_proof(p)) for p in chosen),
    )
    return Proposed(claim, expected)


def _is_label(unit: Unit) -> bool:
    return unit.section == ENVIRONMENT and unit.labelled and not unit.code and len(unit.text) <= MAX_LABEL_CHARACTERS


def _told(phrase: Phrase) -> str:
    """The words; the whole clause where it says that the problem does not occur there."""
    clause = _clause(phrase)
    return clause if ABSENT.search(clause) else phrase.raw


def _proof(phrase: Phrase) -> str:
    """What proves it: the words themselves where they hold a version, else the clause they stand in."""
    return phrase.raw if phrase.specific else _clause(phrase)


def _clause(phrase: Phrase) -> str:
    raw = phrase.unit.raw
    before = max(raw.rfind(mark, 0, phrase.start) + 1 for mark in _MARKS)
    after = min((at for mark in _MARKS if (at := raw.find(mark, phrase.end)) >= 0), default=len(raw))
    near = before if phrase.start - before <= _CLAUSE else phrase.start
    return raw[near : after if after - phrase.end <= _CLAUSE else phrase.end].strip()


def _sentence(parts: Sequence[str]) -> str:
    text = "; ".join(dict.fromkeys(parts)).strip(" ,;:-.")
    return text[:1].upper() + text[1:] + "." if text and not re.match(r"i[A-Z]", text) else text + "."


def _choose(phrases: Sequence[Phrase], chances: NDArray[np.float32], typical: float) -> tuple[list[Phrase], float]:
    """The phrases that each add a word and together agree best, as expected, with what a reader would name.

    Counted in words, with `typical` for those of the reader; see `extract_choice` for the expectation.
    """
    chosen: list[int] = []
    known: frozenset[str] = FILLERS
    likely = words = expected = 0.0
    for at in sorted(range(len(phrases)), key=lambda place: (-float(chances[place]), place)):
        tokens = phrases[at].tokens
        grown = 2 * (likely + chances[at] * len(tokens)) / (words + len(tokens) + typical)
        if tokens <= known or grown <= expected:
            continue
        if len(chosen) == MAX_PHRASES:
            break
        chosen.append(at)
        known |= tokens
        likely, words, expected = likely + chances[at] * len(tokens), words + len(tokens), float(grown)
    return [phrases[at] for at in sorted(chosen)], expected
