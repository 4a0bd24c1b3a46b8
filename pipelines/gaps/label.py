"""Names a group of demand after the problem: the subject in its middle, and the words that set it apart."""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np

from pipelines.ports import Vectors

_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|sv|rv)\s*:|\[[^\]]{0,30}\]|(?:urgent|help|question|please)\s*[:!,-]+)\s*", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_][\w.#-]*[\w#]", re.UNICODE)
_STOP = frozenset(
    "a about after again all also an and any are as at be because been but by can cannot could did do does doing "
    "don for from get gets getting had has have he hello help her hi how i if in into is isn it its just know let "
    "like me more my need no not of on one only or our out please regards she so some still than thank thanks that "
    "the their them then there these they this to up us use using want was we were what when where which while who "
    "why will with without would you your".split()
)


NEAR_THE_MIDDLE = 0.1
"""How much further from the middle a subject may be that says more of what sets the group apart."""


def title(subjects: Sequence[str], vectors: Vectors, group: Sequence[int], words: Collection[str] = ()) -> str:
    """The subject, without mail prefixes, that has most of the group's own words of those about its middle.

    The one in the very middle is often the barest: it names the product, as they all do. Of equals the nearest, then
    the shorter. `words`: the group's keywords.
    """
    own = vectors[list(group)]
    nearness = np.round(own @ own.mean(axis=0), 4)
    about = [place for place in range(len(group)) if nearness[place] >= nearness.max() - NEAR_THE_MIDDLE]
    said = {place: len(_words(subjects[group[place]]) & set(words)) for place in about}
    best = min(about, key=lambda p: (-said[p], -float(nearness[p]), len(subjects[group[p]]), group[p]))
    return clean_subject(subjects[group[best]])


def clean_subject(subject: str) -> str:
    """A subject without reply marks, bracketed tags and calls for attention."""
    text = " ".join(subject.split())
    while (shorter := _PREFIX.sub("", text)) != text and shorter:
        text = shorter
    return text[:1].upper() + text[1:]


def keywords(texts: Sequence[str], groups: Sequence[Sequence[int]], limit: int = 5) -> list[tuple[str, ...]]:
    """For each group the words that stand in many of its texts and in few others.

    Weight: share of the group's texts with the word, times the logarithm of how much rarer the word is elsewhere
    (class-based tf-idf, after Grootendorst 2022, on document counts).
    """
    words = [_words(text) for text in texts]
    everywhere = Counter(word for found in words for word in found)
    labels = []
    for group in groups:
        inside = Counter(word for row in group for word in words[row])
        weight = {
            word: count / len(group) * math.log(1 + len(texts) / everywhere[word])
            for word, count in inside.items()
            if count > 1 or len(group) == 1
        }
        labels.append(tuple(sorted(weight, key=lambda word: (-weight[word], word))[:limit]))
    return labels


def _words(text: str) -> frozenset[str]:
    found = (match.group().lower() for match in _WORD.finditer(text[:4000]))
    return frozenset(word for word in found if len(word) > 2 and word not in _STOP)  # noqa: PLR2004


def nearest(vectors: Vectors, group: Sequence[int]) -> int:
    """The member nearest to the group's middle."""
    own = vectors[list(group)]
    return group[int(np.argmax(np.round(own @ own.mean(axis=0), 6)))]
