"""The names things have outside the store (`D-12`, `R-118`) and the numbers they have inside."""

from collections.abc import Iterable

from pipelines.domain.errors import NotFound
from service.store.naming import resolution_name, resolution_number

__all__ = [
    "article_name",
    "article_number",
    "article_numbers",
    "contradiction_name",
    "contradiction_number",
    "draft_name",
    "draft_number",
    "gap_name",
    "gap_number",
    "is_article",
    "resolution_name",
    "resolution_number",
    "resolution_numbers",
    "suggestion_name",
    "suggestion_number",
]

_LARGEST = 2**63 - 1


def name(prefix: str, number: int) -> str:
    return f"{prefix}-{number}"


def number(prefix: str, identifier: str, what: str) -> int:
    """The number in `PREFIX-12`. Raises NotFound for anything else: no such thing can exist."""
    start, dash, digits = identifier.partition("-")
    if start != prefix or not dash or not (digits.isascii() and digits.isdigit()) or int(digits[:20]) > _LARGEST:
        raise NotFound(f"There is no {what} {identifier[:40]!r}; {what}s are named {prefix}-1, {prefix}-2, ...")
    return int(digits)


def draft_name(number_: int) -> str:
    return name("D", number_)


def draft_number(identifier: str) -> int:
    return number("D", identifier, "draft")


def suggestion_name(number_: int) -> str:
    return name("S", number_)


def suggestion_number(identifier: str) -> int:
    return number("S", identifier, "suggestion")


def gap_name(number_: int) -> str:
    return name("G", number_)


def gap_number(identifier: str) -> int:
    return number("G", identifier, "gap")


def contradiction_name(number_: int) -> str:
    return name("C", number_)


def contradiction_number(identifier: str) -> int:
    return number("C", identifier, "contradiction")


def article_name(number_: int) -> str:
    return name("A", number_)


def article_number(identifier: str) -> int:
    return number("A", identifier, "article")


def is_article(identifier: str) -> bool:
    """Whether a name that a search found is an article's; every other is a resolution's."""
    return identifier.startswith("A-")


def article_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the articles among these names, in their order."""
    return [article_number(one) for one in names if is_article(one)]


def resolution_numbers(names: Iterable[str]) -> list[int]:
    """The numbers of the resolutions among these names, in their order; articles are left out."""
    return [resolution_number(one) for one in names if not is_article(one)]
