"""Addresses and names of machines in the texts of one ticket: what is known once is known in all. Used by redact."""

import re
from collections.abc import Collection, Iterator

from pipelines.capture.redaction_addresses import addresses, is_version
from pipelines.capture.redaction_hosts import hosts, is_telling, login_hosts

_Machine = tuple[int, int, str, str]
_WORD = re.compile(r"(?<![\w.-])[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*(?!\w)")


class Machines:
    """Finds machines in texts and remembers those that only their surroundings gave away."""

    def __init__(self, domains: Collection[str] = frozenset()) -> None:
        self._domains = domains
        self._known: dict[str, str] = {}
        self._read: dict[str, list[_Machine]] = {}

    def learn(self, text: str) -> None:
        """Remembers the machines of a text that is going to be redacted."""
        self._read[text] = self._told(text)

    def find(self, text: str) -> Iterator[_Machine]:
        """Ranges with kind (`ip` or `host`) and value. Several may name one place."""
        found = self._read.pop(text, None)
        yield from self._told(text) if found is None else found
        # A word looked up at a time: a log may hold thousands of addresses, too many for one pattern of them all.
        for match in _WORD.finditer(text) if self._known else ():
            value = match.group().casefold()
            kind = self._known.get(value)
            if kind and not (kind == "ip" and is_version(text, match.start())):
                yield *match.span(), kind, value

    def _told(self, text: str) -> list[_Machine]:
        """The machines that a text's own words give away, which are known from then on."""
        found = [(start, end, "host", value) for start, end, value in login_hosts(text)]
        found += [(start, end, "ip", value) for start, end, value in addresses(text)]
        found += [(start, end, "host", value) for start, end, value in hosts(text, self._domains)]
        self._known.update({value: kind for _, _, kind, value in found if kind == "ip" or is_telling(value)})
        return found
