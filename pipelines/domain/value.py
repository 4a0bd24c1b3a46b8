"""The base of every domain value: frozen, closed to unknown keys, compared by content."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value. Unknown keys are an error, so that a misspelt field never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")
