"""Puts sentences of several records together: what two of them say is said once, and rests on both."""

import re
from collections.abc import Iterable, Sequence

from pipelines.domain.articles import Sentence, SourceRef

_WORD = re.compile(r"\w+(?:[./:_-]\w+)*")
_ALIKE = 0.85
"""Share of common words from which two sentences say the same, if they name the same numbers and names."""


def merged(sentences: Iterable[Sentence]) -> tuple[Sentence, ...]:
    """The sentences in order, of those that say the same the first alone, resting on all their records.

    What one record says twice stays twice: a step may have to be repeated.
    """
    kept: list[Sentence] = []
    for sentence in sentences:
        place = next((i for i, one in enumerate(kept) if _same(one, sentence)), None)
        if place is None:
            kept.append(sentence)
        else:
            kept[place] = kept[place].model_copy(update={"sources": _both(kept[place].sources, sentence.sources)})
    return tuple(kept)


def _same(one: Sentence, other: Sentence) -> bool:
    return one.when == other.when and set(one.sources).isdisjoint(other.sources) and alike(one.text, other.text)


def alike(one: str, other: str) -> bool:
    """Whether two sentences say the same: hardly a word differs, and none with a digit in it."""
    ours, theirs = _words(one), _words(other)
    if ours == theirs:
        return True
    if not ours or not theirs or _exact(ours) != _exact(theirs) or _denies(ours) != _denies(theirs):
        return False
    return len(ours & theirs) / len(ours | theirs) >= _ALIKE


def _words(text: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in _WORD.findall(text))


def _exact(words: frozenset[str]) -> frozenset[str]:
    """Words in which every letter counts: numbers, versions, codes, paths."""
    return frozenset(word for word in words if any(c.isdigit() or c in "./:_-" for c in word))


def _denies(words: frozenset[str]) -> bool:
    return not words.isdisjoint({"not", "no", "never", "nicht", "kein", "keine", "ne", "pas", "without"})


def _both(ours: Sequence[SourceRef], theirs: Sequence[SourceRef]) -> tuple[SourceRef, ...]:
    return tuple(dict.fromkeys((*ours, *theirs)))
