"""Keeps between two gap reports which questions lay near each other, so that only new ones are compared.

A file in the data directory that holds digests of vectors and distances, no text and no ids. Without it a report takes
longer and is the same.
"""

import os
import zipfile
from pathlib import Path

import numpy as np
import structlog

from pipelines.gaps.neighbours import Near

FILE = "gap-neighbours.npz"

log = structlog.get_logger(__name__)


class NeighbourFile:
    """What it reads may be of other demand, or None where there is nothing to read."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def read(self) -> Near | None:
        try:
            with np.load(self._path, allow_pickle=False) as kept:
                near = Near(kept["keys"], kept["rows"], kept["values"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            log.warning("gaps.neighbours_unreadable")
            return None
        return near if near.is_whole() else None

    def forget(self) -> None:
        """The next report starts from nothing."""
        self._path.unlink(missing_ok=True)

    def keep(self, near: Near) -> None:
        """Replace the file; where that fails the next report starts from nothing."""
        fresh = self._path.with_name(f"{FILE}.{os.getpid()}.new")
        try:
            with fresh.open("wb") as out:
                np.savez(out, keys=near.keys, rows=near.rows, values=near.values)
            fresh.replace(self._path)
        except OSError:
            log.warning("gaps.neighbours_not_kept")
            fresh.unlink(missing_ok=True)
