"""What is known of one candidate for one question, as named numbers: what the ranking and its explanation use."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from pipelines.domain.drafts import FieldName
from pipelines.domain.suggestions import Candidate
from pipelines.retrieve.documents import matchable, stems
from pipelines.retrieve.query import PreparedQuery
from pipelines.retrieve.words import read_tokens

MEANING_FEATURES = ("meaning", "meaning_title", "meaning_problem", "meaning_lead", "meaning_place")
"""The features that need the vector index; the rest stand alone when it is down."""

NAMES: tuple[str, ...] = (
    "meaning",
    "meaning_title",
    "meaning_problem",
    "meaning_lead",
    "meaning_place",
    "lexical",
    "lexical_lead",
    "lexical_place",
    "title_words",
    "words",
    "title_told",
    "titles_told",
    "title_alike",
    "codes",
    "identifiers",
    "files",
    "same_area",
    "other_area",
    "environment",
    "same_version",
    "version_near",
)


_IMAGINED = 20

Problem = tuple[str, str]
"""Title and symptom of a record."""


@lru_cache(maxsize=65536)
def _rarity(size: int, seen: int) -> float:
    return math.log(1 + (size + _IMAGINED - seen + 0.5) / (seen + 0.5))


class _Weights(dict[str, float]):
    """The weight of each word that was asked for so far, made when it first is."""

    def __init__(self, size: int, frequency: Mapping[str, int]) -> None:
        super().__init__()
        self._size, self._frequency = size, frequency

    def __missing__(self, word: str) -> float:
        weight = self[word] = _rarity(self._size, self._frequency.get(word, 0))
        return weight


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question together: what is best among them, and how common each word is.

    Records that tell one problem, word for word, mean the same: each is as near as the nearest of them, and together
    they take one place. Several answers to a question would otherwise push one another down, and answers to another
    question would come between them. In words they are told apart, which is where their answers differ.
    """

    size: int = 0
    similarities: tuple[float, ...] = ()  # lowest first, one a problem
    lexicals: tuple[float, ...] = ()  # lowest first
    together: Mapping[Problem, float] = field(default_factory=dict)  # similarity, where a title stands more than once
    frequency: Mapping[str, int] = field(default_factory=dict)
    weights: "_Weights" = field(init=False, compare=False, repr=False)
    wholes: dict[frozenset[str], float] = field(default_factory=dict, compare=False, repr=False)  # see `whole`

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", _Weights(self.size, self.frequency))

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> "Pool":
        documents = [matchable(candidate.resolution.content) for candidate in candidates]
        frequency = Counter(chain.from_iterable(document.words for document in documents))
        frequency.update(chain.from_iterable(document.answer - document.words for document in documents))
        near = [c for c in candidates if c.similarity is not None]
        titles = Counter(candidate.resolution.content.title for candidate in near)
        alone = [c.similarity or 0.0 for c in near if titles[c.resolution.content.title] == 1]
        together: dict[Problem, float] = {}
        for candidate in near if len(alone) < len(near) else ():
            if titles[candidate.resolution.content.title] > 1:
                problem, similarity = _problem(candidate), candidate.similarity or 0.0
                together[problem] = max(similarity, together.get(problem, similarity))
        similarities = sorted((*alone, *together.values()))
        lexicals = sorted(c.lexical for c in candidates if c.lexical is not None)
        return cls(len(candidates), tuple(similarities), tuple(lexicals), together, frequency)

    def similarity(self, candidate: Candidate) -> float | None:
        """The cosine of a candidate, or of the nearest of those that tell the same problem."""
        own = candidate.similarity
        return self.together.get(_problem(candidate), own) if self.together and own is not None else own

    def rarity(self, word: str) -> float:
        """Weight of a word: the rarer among the candidates, the more it tells. Above 0.

        The pool is itself a search result, so a word that all of them share says little about which is right. Some
        imagined candidates without the word keep a pool of one or two from making every shared word worthless.
        """
        return self.weights[word]

    def weight(self, words: frozenset[str]) -> float:
        """An exact sum, because a sum of floats depends on its order and a set has none."""
        return math.fsum(map(self.weights.__getitem__, words))

    def whole(self, words: frozenset[str]) -> float:
        """The same for words that are weighed again for each candidate, as those of the question are."""
        found = self.wholes.get(words)
        if found is None:
            found = self.wholes[words] = self.weight(words)
        return found

    def lead(self, value: float, all_of_them: tuple[float, ...]) -> float:
        """How far a value is ahead of the best of the others; negative where it is behind."""
        if not all_of_them:
            return 0.0
        best = all_of_them[-1]
        if value >= best:
            return value - all_of_them[-2] if len(all_of_them) > 1 else 0.0
        return value - best

    def place(self, value: float, all_of_them: tuple[float, ...]) -> float:
        """1 for the highest value, 1/2 for the next, and so on; equal values share the better place."""
        return 1.0 / (1 + len(all_of_them) - bisect_right(all_of_them, value))


def _problem(candidate: Candidate) -> Problem:
    content = candidate.resolution.content
    return content.title, content.text(FieldName.SYMPTOM) or ""


def features(prepared: PreparedQuery, candidate: Candidate, pool: Pool) -> Mapping[str, float]:
    """Every feature of NAMES, each in [-1, 1]; 0 where nothing is known."""
    content = candidate.resolution.content
    document = matchable(content)
    asked, asked_title, both = _asked(prepared.words, prepared.title_words)
    matched = (both & document.words) | (both & document.answer)
    similarity = pool.similarity(candidate)
    word_score = candidate.lexical or 0.0
    best_lexical = pool.lexicals[-1] if pool.lexicals else 0.0
    lexical = _ratio(word_score, best_lexical)
    scaled = tuple(_ratio(value, best_lexical) for value in pool.lexicals[-2:])
    found_area = content.product_area
    seen_on = document.versions | _folded(content.versions.affected) if prepared.versions else frozenset()
    same_area = _same(prepared.product_area, found_area)
    both_titles = pool.weight(asked_title | document.title)
    return {
        "meaning": max(0.0, similarity or 0.0),
        "meaning_title": _part(candidate.title_similarity, similarity),
        "meaning_problem": _part(candidate.problem_similarity, similarity),
        "meaning_lead": _bounded(pool.lead(similarity, pool.similarities)) if similarity is not None else 0.0,
        "meaning_place": pool.place(similarity, pool.similarities) if similarity is not None else 0.0,
        "lexical": lexical,
        "lexical_lead": pool.lead(lexical, scaled),
        "lexical_place": pool.place(word_score, pool.lexicals) if word_score > 0 else 0.0,
        "title_words": _covered(asked_title, matched, pool),
        "words": _covered(asked, matched, pool),
        "title_told": _covered(document.title, both, pool),
        "titles_told": _ratio(
            pool.weight((asked_title & document.words) | (document.title & asked)), both_titles
        ),  # the share of both titles' words, by rarity, that the other side tells somewhere
        "title_alike": _ratio(pool.weight(asked_title & document.title), both_titles),
        "codes": _shared(prepared.codes, document.codes),
        "identifiers": _shared(prepared.identifiers, document.identifiers),
        "files": _shared(prepared.files, document.files),
        "same_area": 1.0 if same_area else 0.0,
        "other_area": 1.0 if prepared.product_area and found_area and not same_area else 0.0,
        "environment": _environment(prepared.environment, content.text(FieldName.ENVIRONMENT)),
        "same_version": _shared(prepared.versions, seen_on),
        "version_near": max((_near(a, b) for a in prepared.versions for b in seen_on), default=0.0),
    }


# Of one question, once for each candidate.
@lru_cache(maxsize=64)
def _asked(words: tuple[str, ...], title_words: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    asked, title = stems(words), stems(title_words)
    return asked, title, asked | title


def _part(cosine: float | None, whole: float | None) -> float:
    """A part's cosine; the whole's, where it is not known by parts."""
    return max(0.0, (whole if cosine is None else cosine) or 0.0)


def _bounded(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _ratio(value: float, best: float) -> float:
    return min(1.0, value / best) if best > 0 and value > 0 else 0.0


def _covered(asked: frozenset[str], found: frozenset[str], pool: Pool) -> float:
    """The share of the question's words, by rarity, that stand in the document."""
    whole = pool.whole(asked)
    return pool.weight(asked & found) / whole if whole > 0 else 0.0


_NUMBER = re.compile(r"\d{1,8}")
_LEADING = 3


@lru_cache(maxsize=8192)
def _leading(version: str) -> tuple[str, ...]:
    return tuple(_NUMBER.findall(version)[:_LEADING])


def _near(one: str, other: str) -> float:
    """How many of their first three numbers two versions share from the left, as a share."""
    same = 0
    for mine, theirs in zip(_leading(one), _leading(other), strict=False):
        if mine != theirs:
            break
        same += 1
    return same / _LEADING


def _shared(asked: Sequence[str], found: frozenset[str]) -> float:
    """0 with nothing shared; each further shared name adds half of what is left to 1."""
    return 1.0 - 0.5 ** len(_folded(asked) & found) if asked and found else 0.0


def _folded(items: Iterable[str]) -> frozenset[str]:
    return frozenset(item.casefold() for item in items)


def _same(ours: str | None, theirs: str | None) -> bool:
    return bool(ours and theirs and ours.strip().casefold() == theirs.strip().casefold())


@lru_cache(maxsize=8192)
def _environment_words(text: str) -> frozenset[str]:
    return stems(read_tokens(text).words)


def _environment(ours: str | None, theirs: str | None) -> float:
    if not ours or not theirs:
        return 0.0
    mine, seen = _environment_words(ours), _environment_words(theirs)
    return len(mine & seen) / len(mine | seen) if mine | seen else 0.0
