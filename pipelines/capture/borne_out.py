"""Whether texts bear out a sentence that somebody else worded: its numbers, names and codes, and most of its words."""

import re
from collections.abc import Iterable

from pipelines.capture.ground_denial import any_denies
from pipelines.capture.ground_tokens import TOKENS, forms
from pipelines.capture.ground_words import Vocabulary, telling

_EXACT = re.compile(r"[\w.:/@\\-]*\d[\w.:/@\\-]*\w|\w*[_/\\]\w[\w./\\-]*|`[^`]+`|(?<!\w)--?\w[\w-]+")
"""Numbers, paths, identifiers, options, and whatever stands in code."""
_NAMES = re.compile(r"(?<=[^\s.!?:] )[A-Z][\w-]*\w")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MOST = 0.75
"""The share of telling words that stands in the texts: what is left is how the sentence is put."""


def borne_out(sentence: str, texts: Iterable[str]) -> bool:
    """Whether a sentence says nothing that these texts do not say, as far as words can tell."""
    told = list(texts)
    whole = "\n".join(told)
    exact = {match.group().strip("`.,;") for match in _EXACT.finditer(sentence)}
    exact |= {match.group() for match in TOKENS.finditer(sentence)}
    if not all(any(_stands(form, whole) for form in forms(token)) for token in exact if token):
        return False
    known = Vocabulary(told)
    if not all(name.lower() in whole.lower() for name in _NAMES.findall(sentence)):
        return False
    words = telling(sentence)
    if known.share(words) < _MOST:
        return False
    return not any_denies([one for text in told for one in _SENTENCE.split(text) if one.strip()], sentence)


def _stands(token: str, text: str) -> bool:
    """Whether a token stands by itself: `5.2` does not stand in `5.2.1`, nor `60` in `160`."""
    before, after = r"(?<![^\W_])(?<!\d[.,])", r"(?![^\W_])(?![.,]\d)"
    return re.search(before + re.escape(token) + after, text, re.IGNORECASE) is not None
