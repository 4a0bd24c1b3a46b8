"""Porter's suffix stripping for English (M. F. Porter, "An algorithm for suffix stripping", Program 14(3), 1980).

Done here rather than in the engines: FTS5 and PostgreSQL stem differently, and neither tells which stem it took.
"""

import re
from collections.abc import Sequence

_STEMMED = re.compile(r"[a-z]{3,}")

_STEP_2 = (
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"),
    ("alli", "al"), ("entli", "ent"), ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"),
    ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"),
    ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
)  # fmt: skip
_STEP_3 = (
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
)  # fmt: skip
_STEP_4 = tuple(
    (suffix, "")
    for suffix in (
        "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize", "al",
        "er", "ic", "ou",
    )
)  # fmt: skip


def stem(word: str) -> str:
    """The stem of a lower-case word; anything but three or more of the letters a to z comes back as it is."""
    if not _STEMMED.fullmatch(word):
        return word
    word = _plural(word)
    word = _past_or_progressive(word)
    if word.endswith("y") and _has_vowel(word[:-1]):
        word = word[:-1] + "i"
    word = _replaced(word, _STEP_2, more_than=0)
    word = _replaced(word, _STEP_3, more_than=0)
    word = _without_suffix(word)
    return _tidied(word)


def _shape(word: str) -> str:
    """The word as c and v: y is a vowel after a consonant."""
    shape = ""
    for letter in word:
        shape += "v" if letter in "aeiou" or (letter == "y" and shape.endswith("c")) else "c"
    return shape


def _measure(word: str) -> int:
    """How often a vowel run is followed by a consonant run: Porter's m."""
    return len(re.findall("v+c+", _shape(word)))


def _has_vowel(word: str) -> bool:
    return "v" in _shape(word)


def _ends_short(word: str) -> bool:
    """Consonant, vowel, consonant at the end, the last not w, x or y: Porter's *o."""
    return _shape(word)[-3:] == "cvc" and word[-1] not in "wxy"


def _plural(word: str) -> str:
    if word.endswith(("sses", "ies")):
        return word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def _past_or_progressive(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _measure(word[:-3]) > 0 else word
    for suffix in ("ed", "ing"):
        if word.endswith(suffix):
            return _restored(word[: -len(suffix)]) if _has_vowel(word[: -len(suffix)]) else word
    return word


def _restored(word: str) -> str:
    """The end that a stripped -ed or -ing leaves, mended: hopp to hop, conflat to conflate, fil to file."""
    if word.endswith(("at", "bl", "iz")):
        return word + "e"
    if word[-1:] == word[-2:-1] and _shape(word).endswith("c") and word[-1] not in "lsz":
        return word[:-1]
    return word + "e" if _measure(word) == 1 and _ends_short(word) else word


def _replaced(word: str, rules: Sequence[tuple[str, str]], more_than: int) -> str:
    for suffix, replacement in rules:
        if word.endswith(suffix):
            kept = word[: -len(suffix)]
            return kept + replacement if _measure(kept) > more_than else word
    return word


def _without_suffix(word: str) -> str:
    if word.endswith("ion"):
        kept = word[:-3]
        return kept if kept.endswith(("s", "t")) and _measure(kept) > 1 else word
    return _replaced(word, _STEP_4, more_than=1)


def _tidied(word: str) -> str:
    """A final e, and one of two final l, left out where enough of the word remains."""
    if word.endswith("e"):
        kept = word[:-1]
        if _measure(kept) > 1 or (_measure(kept) == 1 and not _ends_short(kept)):
            word = kept
    return word[:-1] if word.endswith("ll") and _measure(word) > 1 else word
