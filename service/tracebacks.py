"""Tracebacks fit for a log: where it happened and what kind of error it was, without what the error said.

Messages of foreign exceptions quote what they were given: a validation error its input, a database error its
parameters. Both are ticket text.
"""

import traceback

from pipelines.domain.errors import PrecedentError


def safe_traceback(error: BaseException) -> str:
    """The chain of an exception, outermost last, as Python prints it; messages only of our own exceptions."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = f"{type(current).__module__}.{type(current).__qualname__}"
        said = f": {current}" if isinstance(current, PrecedentError) else ""
        frames = "".join(traceback.format_list(traceback.extract_tb(current.__traceback__)))
        parts.append(f"{frames}{kind}{said}")
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\n-- led to --\n".join(reversed(parts))
