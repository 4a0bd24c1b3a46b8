"""The time of now, in one place, so that a test, or a replay of the past, can say when something happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_said: ContextVar[datetime | None] = ContextVar("said", default=None)


def now() -> datetime:
    """Aware, in UTC."""
    return _said.get() or datetime.now(UTC)


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Inside, it is `moment` (aware) for this thread: what the demo replays is dated when it happened."""
    token = _said.set(moment)
    try:
        yield
    finally:
        _said.reset(token)
