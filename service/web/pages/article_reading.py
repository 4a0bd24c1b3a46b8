"""An article as it is read: its sentences in lines, and where it knows several conditions, these side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.domain.articles import ArticleContent, ArticlePart, Sentence

Line = tuple[Sentence, ...]

LABELS = {
    ArticlePart.ISSUE: "Issue",
    ArticlePart.ENVIRONMENT: "Environment",
    ArticlePart.RESOLUTION: "Resolution",
    ArticlePart.CAUSE: "Cause",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What applies under one condition; `when` is None for what applies always."""

    when: str | None
    resolution: tuple[Line, ...]
    cause: tuple[Line, ...]


def lines(sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The sentences line by line."""
    found: list[list[Sentence]] = []
    for sentence in sentences:
        if sentence.starts_line or not found:
            found.append([])
        found[-1].append(sentence)
    return tuple(map(tuple, found))


def conditions(content: ArticleContent) -> tuple[Condition, ...]:
    """The conditions of an article in the order of its text; a single one where it makes no difference."""
    parts = {part: content.part(part) for part in (ArticlePart.RESOLUTION, ArticlePart.CAUSE)}
    order = dict.fromkeys(sentence.when for said in parts.values() for sentence in said)

    def under(part: ArticlePart, when: str | None) -> tuple[Line, ...]:
        return lines([sentence for sentence in parts[part] if sentence.when == when])

    return tuple(Condition(when, under(ArticlePart.RESOLUTION, when), under(ArticlePart.CAUSE, when)) for when in order)
