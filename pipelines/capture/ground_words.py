"""What a claim says and its quotes do not: content words compared by stem. Used by ground, without any model.

A model's words are its own, so that most claims share only half their words with what they quote; but nearly all
words of a true claim stand somewhere in the thread it was made of, and a claim brought along from elsewhere names
things that do not.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from pipelines.capture.extract_stance import CHANGE_LINK

_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ENDINGS = (
    "ations ation ingly ments ment ities ity ness ings ing edly ively ive ably able ible ied ies ers er ors or "
    "ed es ly al s e n"
).split()
_STEM = 3  # characters that an ending leaves at least
_PREFIX = 5  # characters that make two long words forms of one
_SMALL = frozenset(
    "a about above after again all also always an and any are as at be because been before being below between both "
    "but by can could did do does doing done down during each either else even ever every few for from further had "
    "has have having he her here his how however i if in into is it its just may me might more most much must my no "
    "nor not now of off on once one only onto or other our out over own per same shall she should since so some still "
    "such than that the their them then there therefore these they this those though through to too two under until "
    "up upon us use used uses using very via was we were what when where whether which while who whose why will with "
    "within without would yet you your again another anything something nothing none thing things way".split()
)
_COMMON = frozenset(
    "actual add allow appear apply attempt avail available avoid become begin behave behaviour behavior break bring "
    "broken call case cause change check close come complete condition configuration configure confirm contain "
    "correct crash create current customer default defect different disable display due earlier enable end error "
    "exist expect fail failure fix fixed found full get give go happen help hold instead introduce issue keep know "
    "large late later lead leave like link list long look lose make manner many mean merge miss missing move need "
    "never new occur old open option order original part patch point possible present prevent problem product proper "
    "property provide pull reason receive related release remain remove report request resolution resolve result "
    "return root run say see seem send separate set setting show similar situation solution solve specific start "
    "state step stop suspect suspected support symptom take test time try turn unable update upgrade user value "
    "version want work workaround wrong".split()
)
"""What people say of any problem: a claim may use these words freely."""
_TONGUES = {
    "en": frozenset(
        "the and is of to it that for with on was are be this have from by at as you we if when an".split()
    ),
    "de": frozenset(
        "der die das und ist von zu es dass f\u00fcr mit auf war sind sein nicht haben wir sie wenn im den dem".split()
    ),
    "fr": frozenset(
        "le la les et est de du des que pour avec sur pas nous vous un une dans il elle qui en au ne".split()
    ),
    "es": frozenset(
        "el la los las y es de que para con en por no se un una del al lo como est\u00e1 pero cuando".split()
    ),
}
_SMALL_SHARE = 12  # a text has a small word of its language in so many words at least
_LINKED = "fixed by a code change in a pull request merge commit patch linked"


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its ending; two forms of one word mostly get the same."""
    low = word.lower()
    for ending in _ENDINGS:
        if low.endswith(ending) and len(low) - len(ending) >= _STEM:
            return low[: -len(ending)]
    return low


_GENERAL = frozenset(stem(word) for word in _COMMON)


def apart(text: str) -> str:
    """The text with names such as `getRowHeight` as words of their own."""
    return _HUMP.sub(" ", text)


def stems(text: str) -> list[str]:
    """The stems of a text's words in order, small words left out and names such as `getRowHeight` taken apart."""
    found = (match.group() for match in _WORD.finditer(apart(text)))
    return [stem(word) for word in found if len(word) > 1 and word.lower() not in _SMALL]


def telling(text: str) -> list[str]:
    """The stems that say what a text is about: distinct, without what is said of any problem."""
    return [word for word in dict.fromkeys(stems(text)) if word not in _GENERAL]


def tongue(text: str) -> str | None:
    """The language of a text by its small words; None where hardly any of them is known."""
    words = [match.group().lower() for match in _WORD.finditer(text)]
    found = {name: sum(word in small for word in words) for name, small in _TONGUES.items()}
    best = max(found, key=lambda name: found[name])
    return best if found[best] * _SMALL_SHARE >= len(words) > 0 else None


class Vocabulary:
    """The words of some texts, to ask whether a word stands there in any form."""

    def __init__(self, texts: Iterable[str]) -> None:
        told = list(texts)
        self._stems = {word for text in told for word in stems(text)}
        if any(CHANGE_LINK.search(text) for text in told):
            self._stems.update(stems(_LINKED))
        self._prefixes = {word[:_PREFIX] for word in self._stems if len(word) >= _PREFIX}

    def holds(self, word: str) -> bool:
        return word in self._stems or (len(word) >= _PREFIX and word[:_PREFIX] in self._prefixes)

    def share(self, words: Iterable[str]) -> float:
        """The part of the words that stands here, 1 for none."""
        asked = list(words)
        return sum(map(self.holds, asked)) / len(asked) if asked else 1.0
