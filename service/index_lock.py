"""One process owns an embedded Chroma: a kernel lock on the data directory, freed however that process ends."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from pipelines.domain.errors import IndexLocked

FILE = "index.lock"
_TRIES = 5
_BETWEEN = 0.05


class IndexLock:
    """Held from entering to leaving; the file names the holder's pid for the one who is refused."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Raises IndexLocked, naming the holder, where another process has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _taken(descriptor):
            holder = _pid(os.pread(descriptor, 32, 0))
            os.close(descriptor)
            who = f"process {holder}" if holder else "another process"
            raise IndexLocked(
                f"The index in {self._path.parent} is in use by {who}. Stop it first, ask the running server over HTTP "
                "instead, or set PRECEDENT_CHROMA_URL to share one Chroma server between processes.",
                holder,
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)  # closing frees the lock
            self._descriptor = None


def _taken(descriptor: int) -> bool:
    """Try for a moment: whoever only looks (`holder`) has it for an instant, and must not turn a start away."""
    for _ in range(_TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN)
        else:
            return True
    return False


def holder(data_dir: Path) -> int | None:
    """The pid of the process that holds the lock now, None where nobody does (or it has not said)."""
    try:
        descriptor = os.open(data_dir / FILE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(os.pread(descriptor, 32, 0))
    else:
        return None
    finally:
        os.close(descriptor)


def _pid(content: bytes) -> int | None:
    text = content.strip()
    return int(text) if text.isdigit() else None
