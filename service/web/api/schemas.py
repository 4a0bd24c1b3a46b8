"""What the bodies of the API share. Models of their own: neither rows nor domain values ever are a body."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, model_validator

Item = TypeVar("Item")


class RequestBody(BaseModel):
    """A body that comes in. Unknown keys are refused, so that a misspelt one never passes silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unstorable(cls, value: Any) -> Any:
        if not _storable(value):
            raise ValueError("text holds a NUL character or half of a surrogate pair; remove it")
        return value


class AnswerBody(BaseModel):
    """A body that goes out."""

    model_config = ConfigDict(frozen=True)


class ListAnswer(AnswerBody, Generic[Item]):
    """A page of a list. `next_cursor` goes into the next call as `cursor`; null on the last page."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


class Nothing(AnswerBody):
    """Taken; there is nothing to say."""


def _storable(value: Any) -> bool:
    """Whether every text in it can be kept by a database. A loop, since bodies may nest deeper than calls."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            if "\x00" in item or (not item.isascii() and any("\ud800" <= c <= "\udfff" for c in item)):
                return False
        elif isinstance(item, Mapping):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list | tuple):
            stack.extend(item)
    return True
