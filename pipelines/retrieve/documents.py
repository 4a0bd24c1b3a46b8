"""A resolution as retrieval sees it: the texts to embed, and the words, codes and names to match."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from weakref import ReferenceType

from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import ResolutionContent
from pipelines.retrieve.query import EMBED_LIMIT, embedding_text
from pipelines.retrieve.words import read_tokens, sort_lines, stem, strip_markup

TITLE_VIEW = "title"
PROBLEM_VIEW = "problem"
ANSWER_VIEW = "answer"

MOST_WORDINGS = 8
"""Wordings of customers that are embedded, the newest: a problem that recurs a hundred times is told in few ways."""

WORDING_VIEWS = tuple(f"{PROBLEM_VIEW}{place}" for place in range(2, MOST_WORDINGS + 2))
"""Further views of the problem, one for each wording."""


def views(content: ResolutionContent) -> Mapping[str, str]:
    """The texts of a resolution to embed, by view: its title, the problem as told, and what caused and fixed it.

    A question resembles the problem; the answer view finds it when the asker already suspects the cause. What customers
    of linked tickets said is a view of the problem each: in one text they would blur one another.
    """
    title = _line(content.title)
    symptom = sort_lines(strip_markup(content.text(FieldName.SYMPTOM) or ""))
    found = {
        TITLE_VIEW: title,
        PROBLEM_VIEW: embedding_text(title, *(" ".join(kind) for kind in symptom)),
    }
    answer = " ".join(filter(None, (content.text(FieldName.ROOT_CAUSE), content.text(FieldName.FIX))))
    if answer.strip():
        found[ANSWER_VIEW] = f"{title}\n{_line(answer)}"[:EMBED_LIMIT]
    for view, wording in zip(WORDING_VIEWS, content.wordings[-MOST_WORDINGS:], strict=False):
        found[view] = _line(wording)[:EMBED_LIMIT]
    return {view: text for view, text in found.items() if text.strip()}


def _line(text: str) -> str:
    return " ".join(strip_markup(text).split())


class Matchable(NamedTuple):
    """What of a resolution can be matched exactly: stems of its words, and its codes and names in lower case."""

    title: frozenset[str]
    words: frozenset[str]
    answer: frozenset[str]
    codes: frozenset[str]
    identifiers: frozenset[str]
    files: frozenset[str]
    versions: frozenset[str]


WORDS_FORMAT = 2
"""Raise it when `matchable` or the words of word search make something else of the same texts: what was kept of a
record before is made again."""

_SEEN: dict[int, tuple[ReferenceType[ResolutionContent], Matchable]] = {}


def matchable(content: ResolutionContent) -> Matchable:
    """What can be matched of a content; of the same object only once, as long as it lives."""
    seen = _SEEN.get(id(content))
    if seen is not None and seen[0]() is content:
        return seen[1]
    return remember(content, _read(content))


def remember(content: ResolutionContent, found: Matchable) -> Matchable:
    """Let `matchable` return for this object what was read of it, here or before: see `packed`."""
    key = id(content)
    _SEEN[key] = (ReferenceType(content, lambda gone: _forget(key, gone)), found)
    return found


def _forget(key: int, gone: ReferenceType[ResolutionContent]) -> None:
    seen = _SEEN.get(key)
    if seen is not None and seen[0] is gone:
        del _SEEN[key]


def packed(found: Matchable) -> str:
    """As a text to be kept beside the resolution: to read it takes a twentieth of making it from the texts."""
    return "\n".join(" ".join(sorted(words)) for words in found)  # no word holds a blank or a line break


def unpacked(text: str) -> Matchable:
    return Matchable._make(frozenset(line.split(" ")) if line else frozenset() for line in text.split("\n"))


def _read(content: ResolutionContent) -> Matchable:
    answer = "\n".join(filter(None, (content.text(FieldName.ROOT_CAUSE), content.text(FieldName.FIX))))
    symptom = "\n".join((content.text(FieldName.SYMPTOM) or "", *content.wordings))
    return _matchable(content.title, symptom, answer, content.text(FieldName.ENVIRONMENT) or "")


# Tuning and evaluations meet the same records again and again, each time as another object.
@lru_cache(maxsize=8192)
def _matchable(title: str, symptom: str, answer: str, environment: str) -> Matchable:
    in_title = read_tokens(strip_markup(title))
    in_problem = read_tokens(strip_markup(f"{title}\n{symptom}"))
    in_answer = read_tokens(strip_markup(answer))
    in_environment = read_tokens(strip_markup(environment))
    return Matchable(
        title=stems(in_title.words),
        words=stems(in_problem.words),
        answer=stems(in_answer.words),
        codes=_folded(in_problem.codes, in_answer.codes),
        identifiers=_folded(in_problem.identifiers, in_answer.identifiers),
        files=_folded(in_problem.files, in_answer.files),
        versions=_folded(in_problem.versions, in_environment.versions),
    )


# A question's words are compared with every candidate's.
@lru_cache(maxsize=1024)
def stems(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem(word) for word in words)


def _folded(*lists: tuple[str, ...]) -> frozenset[str]:
    return frozenset(item.casefold() for items in lists for item in items)
