"""The content standard of Knowledge-Centered Service, as items that a record meets, fails, or where nobody can tell."""

from enum import StrEnum

from pipelines.domain.value import Value


class ItemState(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    CANNOT_TELL = "cannot_tell"


class ChecklistItem(Value):
    """`key` is one of unique, complete, customers_words, title, nothing_personal, links; `why` says what to look at."""

    key: str
    state: ItemState
    why: str
