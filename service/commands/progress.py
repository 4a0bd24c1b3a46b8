"""How far long work is, on one line of standard error that is written over."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 0.2
"""Seconds between two looks; where the line could not be written over, nothing is told."""


@contextmanager
def shown() -> Iterator[Callable[[str, int, int], None]]:
    """What to call with what is being done, how much of it is done, and of how much."""
    terminal = sys.stderr.isatty()
    told = 0.0
    wide = 0

    def tell(what: str, done: int, of: int) -> None:
        nonlocal told, wide
        now = time.monotonic()
        if not terminal or (done < of and now - told < EVERY):
            return
        told = now
        line = f"{what}: {done:,} of {of:,}"
        sys.stderr.write(f"\r{line.ljust(wide)}")
        sys.stderr.flush()
        wide = len(line)

    try:
        yield tell
    finally:
        if wide:
            sys.stderr.write("\r" + " " * wide + "\r")
            sys.stderr.flush()
