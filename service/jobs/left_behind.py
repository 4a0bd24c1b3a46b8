"""Worker threads that were still busy when their process was told to stop, and how it ends all the same.

Python stops such threads where they next ask for its lock. One inside ONNX Runtime or Chroma takes the whole process
down with it then, which looks like a crash to whoever started it.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterable

_left: list[threading.Thread] = []


def leave_behind(threads: Iterable[threading.Thread]) -> None:
    """Remember threads that nobody waits for any more. Their jobs were given back already."""
    _left.extend(threads)


def end_process(status: int) -> None:
    """Exit with this status, without the interpreter's own end where a thread was left behind that still runs."""
    if any(thread.is_alive() for thread in _left):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)
    sys.exit(status)
