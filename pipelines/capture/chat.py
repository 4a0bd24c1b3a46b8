"""What the LLM summariser asks of a chat model. Implemented by adapters.openai_chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """role: system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """A model's answer as it came. finish_reason is the protocol's: `stop`, `length`, `content_filter` and others.

    tokens_cached is a part of tokens_in. `format`: json_schema, json_object or plain, as it was asked for.
    """

    text: str
    model: str
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    finish_reason: str | None = None
    format: str | None = None


class Chat(Protocol):
    """A chat model behind some endpoint."""

    def complete(self, messages: Sequence[ChatMessage], schema: Mapping[str, Any], schema_name: str) -> ChatAnswer:
        """Ask for a JSON answer of this schema; the answer is not checked. Raises SummariserFailed where none came."""
        ...
