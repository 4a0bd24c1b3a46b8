"""Resolutions that were read before, kept as values: to parse the dozens that a question ranks costs more than ranking.

Nothing is served from here by itself. `service.store.queries.candidates` asks the database for the state of each
resolution at each question and takes from here only what was read in exactly that state.
"""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import NamedTuple

from pipelines.domain.resolutions import Resolution

REMEMBERED = "remembered"
"""Key of a session's `info` under which its database keeps what was read before."""

MOST = 8192
"""Resolutions kept, the latest asked for."""


class Known(NamedTuple):
    """A resolution as it was in a state: what of its row changes whenever the resolution does, as one text.

    `changed_at`: when its version was made; `served`: whether triage may show it.
    """

    state: str
    resolution: Resolution
    changed_at: datetime
    served: bool


class RememberedResolutions:
    """Those of one database in this process. Safe to use from many threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._known: dict[int, Known] = {}
        self._erasures: object = None

    def __len__(self) -> int:
        return len(self._known)

    def those_in(self, states: Mapping[int, str], erasures: object) -> dict[int, Known]:
        """Those of the resolutions that are known in the given state.

        `erasures` names the last one that the database knows of: after another one nothing from before it is left.
        """
        found: dict[int, Known] = {}
        with self._lock:
            if erasures != self._erasures:
                self._known = {}
                self._erasures = erasures
            for number, state in states.items():
                known = self._known.pop(number, None)
                if known is not None and known.state == state:
                    self._known[number] = known  # now the latest asked for
                    found[number] = known
        return found

    def keep(self, resolutions: Mapping[int, Known], erasures: object) -> None:
        with self._lock:
            if erasures != self._erasures:
                return  # read before an erasure that somebody else has seen by now
            self._known.update(resolutions)
            while len(self._known) > self._most:
                del self._known[next(iter(self._known))]
