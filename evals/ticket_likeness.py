"""The triage question on real pairs: for a new ticket, which earlier ticket is the same problem?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from evals.corpus import Asked, Corpus, Question
from evals.datasets_found import Opened, TicketFolder
from evals.vectors import EvalVectors

EARLIER_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Split:
    """Question ids by time: ranking is fitted on the earlier ones and reported on the later ones."""

    earlier: tuple[str, ...]
    later: tuple[str, ...]


def split_by_time(folder: TicketFolder) -> Split:
    """The first 60 % of the labelled questions by opening time, and the rest."""
    labelled = frozenset(folder.queries) & folder.relevant.keys()
    ordered = [ticket.id for ticket in folder.tickets if ticket.id in labelled]
    cut = int(len(ordered) * EARLIER_SHARE)
    return Split(tuple(ordered[:cut]), tuple(ordered[cut:]))


def without_answer(folder: TicketFolder, split: Split) -> Split:
    """As many tickets again that no pair names, by the same dates: questions that nothing answers, as far as is known.

    Chosen by the hash of their ids. Pairs that nobody marked make some of them answerable after all.
    """
    paired = set(folder.relevant) | {d for documents in folder.relevant.values() for d in documents}
    place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
    first = place[split.earlier[0]] if split.earlier else 0
    cut = place[split.later[0]] if split.later else len(place)

    def chosen(low: int, high: int, count: int) -> tuple[str, ...]:
        free = [ticket.id for ticket in folder.tickets[low:high] if ticket.id not in paired]
        return tuple(sorted(free, key=lambda i: hashlib.sha256(i.encode()).hexdigest())[:count])

    return Split(chosen(first, cut, len(split.earlier)), chosen(cut, len(place), len(split.later)))


class Tickets:
    """The tickets of a folder in order of opening, each as it was when opened, to be searched by later ones."""

    def __init__(self, folder: TicketFolder, vectors: EvalVectors, plain: EvalVectors | None = None) -> None:
        self.folder = folder
        self._place = {ticket.id: number for number, ticket in enumerate(folder.tickets)}
        self._corpus = Corpus([ticket.resolution() for ticket in folder.tickets], vectors, plain)

    def questions(self, ids: Sequence[str]) -> list[Question]:
        """Each question over the tickets opened before it; ids that no ticket has are left out."""
        return self._corpus.questions([self._asked(i) for i in ids if i in self._place])

    def ticket(self, identifier: str) -> Opened:
        return self.folder.tickets[self._place[identifier]]

    def _asked(self, identifier: str) -> Asked:
        ticket = self.ticket(identifier)
        # Tickets lie in order of opening; those of the same second are not earlier.
        before = self._place[identifier]
        while before and self.folder.tickets[before - 1].created_at >= ticket.created_at:
            before -= 1
        return Asked(identifier, ticket.query(), self.folder.relevant.get(identifier, frozenset()), before)
