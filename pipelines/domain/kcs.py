"""How use moves a resolution: good reuse validates it, and what speaks against it puts it before its owner."""

from collections.abc import Collection
from enum import StrEnum

from pipelines.domain.resolutions import Confidence

AGENTS_TO_VALIDATE = 2
"""Different agents whose reuse went well, from which on a record counts as validated: reuse is review."""


class ReviewReason(StrEnum):
    """Why an owner should look. wrong: an agent says so; stale: wrong on a newer version than any it was known for;
    fixed_version: it still helped on a version that it says is fixed; came_back: problems return after it.
    """

    WRONG = "wrong"
    STALE = "stale"
    FIXED_VERSION = "fixed_version"
    CAME_BACK = "came_back"


class CameBack(StrEnum):
    """How a problem returned after a fix: the ticket itself, a later one of its account, or one that links to it."""

    REOPENED = "reopened"
    RECURRED = "recurred"
    LINKED = "linked"


WITHIN_DAYS = (7, 30, 90)
"""A return within these days speaks against the fix; after the last of them it is another occurrence."""

RETURNS_TO_REVIEW = 2
"""Returns after which the owner is asked."""


def after_reuse(confidence: Confidence, agents: Collection[str], *, under_review: bool) -> Confidence:
    """The confidence once these agents reused it with success. Nothing moves while something speaks against it."""
    enough = len(set(agents)) >= AGENTS_TO_VALIDATE
    if confidence is Confidence.NOT_VALIDATED and enough and not under_review:
        return Confidence.VALIDATED
    return confidence


def after_review(confidence: Confidence) -> Confidence:
    """The confidence once something speaks against it: what was validated is so no longer."""
    return Confidence.NOT_VALIDATED if confidence is Confidence.VALIDATED else confidence
