"""Names gaps by an LLM: a title in the customers' words that says what goes wrong, or none and why.

The questions are redacted before they come here and travel in a random fence, as data. A title is taken only where its
words are the questions' own and name more than a product; asked a second time the model is told what was wrong.
"""

import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.domain.errors import SummariserFailed
from pipelines.domain.value import Value
from prompts import Prompt

SCHEMA_NAME = "gap_title"
LONGEST = 100
SHOWN = 12
"""Questions that the model is shown at the most: enough to see what they have in common."""

_OPENING = 300
_MOST_WORDS = 14

Ask = Callable[[Sequence[tuple[str, str]], Mapping[str, Any], str], str]
"""Sends (role, content) messages with a schema and its name to a chat model; raises SummariserFailed."""

_WORD = re.compile(r"\w+(?:[.'-]\w+)*")
_MARK = re.compile(r"\[[a-z-]+-\d+\]")
_CONNECTIVES = frozenset(
    "a about after again all also although an and any are as at be because been before being between both but by can "
    "cannot could do does doesn don during each error errors every fail failed failing fails for from get gets has "
    "have how if in into is isn issue it its longer more most must never no not nothing of off on once one only or "
    "other out over problem question set so some still stop stopped stops than that the their them then there these "
    "they this through to too under until up use used user users using very want was what when where which while who "
    "why will with without won work working works wrong you your".split()
)
"""Plain words that a title may have though no customer used them: they say nothing that could be invented."""

_EMPTY = frozenset("error errors fail failed failing fails issue issues problem problems question questions".split())


class Rejected(StrEnum):
    """Why a model's title was not taken: the code that is logged."""

    INVALID = "invalid_answer"
    TOO_LONG = "too_long"
    NOT_THEIR_WORDS = "not_their_words"
    PRODUCT_ONLY = "product_only"


_WHAT_WAS_WRONG = {
    Rejected.INVALID: "That was no JSON object with the one key `title`, a text of one line.",
    Rejected.TOO_LONG: "That title is too long: ten words at the most.",
    Rejected.NOT_THEIR_WORDS: "That title has words that the questions do not have. Use their own.",
    Rejected.PRODUCT_ONLY: "That title names a product or an area only. Say what goes wrong.",
}


class Named(Value):
    """A title, or the code of why there is none: a `Rejected`, or what the chat failed with."""

    title: str | None = None
    reason: str | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str


class LlmNamer:
    """Called by the use case that builds reports, outside any transaction."""

    def __init__(self, ask: Ask, prompt: Prompt) -> None:
        self._ask = ask
        self._prompt = prompt

    def name(self, questions: Sequence[str], product_words: Collection[str]) -> Named:
        """Name what these questions share. `product_words`: stems that say of what they are, not what is wrong."""
        fence = secrets.token_hex(8)
        messages = [("system", self._prompt.render(fence=fence)), ("user", _fenced(questions, fence))]
        reason: str | None = None
        for _ in range(2):
            try:
                answer = self._ask(messages, _Answer.model_json_schema(), SCHEMA_NAME)
            except SummariserFailed as error:
                return Named(reason=error.reason)
            title, wrong = _title(answer, questions, product_words)
            if wrong is None:
                return Named(title=title)
            reason = wrong.value
            messages += [("assistant", answer[:2000]), ("user", _WHAT_WAS_WRONG[wrong])]
        return Named(reason=reason)


def _fenced(questions: Sequence[str], fence: str) -> str:
    shown = [
        f"[{fence} question {number}]\n{question[:_OPENING]}"
        for number, question in enumerate(questions[:SHOWN], start=1)
    ]
    return "\n".join([f"[{fence} questions begin]", *shown, f"[{fence} questions end]"])


def _title(answer: str, questions: Sequence[str], product_words: Collection[str]) -> tuple[str, Rejected | None]:
    try:
        title = _Answer.model_validate_json(_bare(answer)).title.replace("\0", "").strip().rstrip(".")
    except ValidationError:
        return "", Rejected.INVALID
    if not title or "\n" in title or _MARK.search(title):
        return "", Rejected.INVALID
    return title[:1].upper() + title[1:], why_not(title, questions, product_words)


def _bare(answer: str) -> str:
    """The JSON object in an answer that may stand in a Markdown fence, as models without schemas write it."""
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if 0 <= start < end else answer


def why_not(title: str, questions: Sequence[str], product_words: Collection[str]) -> Rejected | None:
    """What speaks against a title for these questions; None where nothing does."""
    words = [word.lower() for word in _WORD.findall(title)]
    if len(title) > LONGEST or len(words) > _MOST_WORDS:
        return Rejected.TOO_LONG
    known = stems(" ".join(questions))
    theirs = [word for word in words if word not in _CONNECTIVES]
    if any(stem(word) not in known for word in theirs):
        return Rejected.NOT_THEIR_WORDS
    says = [word for word in words if stem(word) not in product_words and _says_something(word)]
    return None if says else Rejected.PRODUCT_ONLY


def _says_something(word: str) -> bool:
    return word not in _EMPTY and (word not in _CONNECTIVES or word in _WHAT_GOES_WRONG) and not word.isdigit()


_WHAT_GOES_WRONG = frozenset("stop stopped stops never without wrong".split())
"""Of the plain words those that say what goes wrong all the same."""


def stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.lower()) for word in _WORD.findall(text))


def stem(word: str) -> str:
    """A word without its commonest endings, so that `exports` is `export` and `stopped` `stop`."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:  # noqa: PLR2004 - what is left has to be a word
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word  # noqa: PLR2004


def product_words(areas: Collection[str], texts: Sequence[str]) -> frozenset[str]:
    """Stems of the areas' names, and of words in a fifth of all questions: of what these are, not what is wrong."""
    found = set().union(*(stems(area) for area in areas)) if areas else set()
    if len(texts) >= _ENOUGH_TEXTS:
        counted: dict[str, int] = {}
        for text in texts:
            for each in stems(text):
                counted[each] = counted.get(each, 0) + 1
        found |= {each for each, count in counted.items() if count >= _COMMON * len(texts)}
    return frozenset(found)


_ENOUGH_TEXTS = 30
_COMMON = 0.2
