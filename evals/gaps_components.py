"""A coarser notion of a gap, reported apart: all that one component of the product was asked about.

Ten components are hidden, each with a dozen of its tickets, among four times as many tickets of other components. Which
component a ticket is of is withheld from the grouping. One article cannot answer a component, and the grouping is made
to find problems; of interest is how pure its gaps are, and what methods reach that look for broad topics.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from evals.datasets_found import Opened, read_folder
from evals.gaps_planted import HIDDEN, SINGLES_PER_PLANTED, Planted, in_part
from evals.vectors import EvalVectors
from pipelines.retrieve.fuse import combined
from pipelines.retrieve.query import prepare
from service.usecases.demand_marks import marks_of

TICKETS = 12


class Components:
    """A ticket folder by component; one component of many tickets is a gap where it is hidden."""

    def __init__(self, directory: Path, vectors: EvalVectors, part: str = "all") -> None:
        self._tickets: dict[str, list[Opened]] = defaultdict(list)
        for ticket in read_folder(directory).tickets:
            if ticket.area and in_part(ticket.id, part):
                self._tickets[ticket.area].append(ticket)
        self._vectors = vectors

    def planted(self, seed: int) -> Planted | None:
        """One replication; None for a folder with too few components."""
        chance = np.random.default_rng(seed)
        many = sorted(name for name, tickets in self._tickets.items() if len(tickets) >= TICKETS)
        hidden = [many[i] for i in chance.permutation(len(many))[: min(HIDDEN, len(many) // 2)]]
        if len(hidden) < 2:  # noqa: PLR2004
            return None
        problem: dict[str, str] = {}
        drawn: list[Opened] = []
        for name in hidden:
            own = [self._tickets[name][i] for i in chance.permutation(len(self._tickets[name]))[:TICKETS]]
            problem |= {ticket.id: name for ticket in own}
            drawn += own
        others = [ticket for name, tickets in sorted(self._tickets.items()) if name not in hidden for ticket in tickets]
        drawn += [others[i] for i in chance.permutation(len(others))[: SINGLES_PER_PLANTED * len(drawn)]]
        return self._asked(sorted(drawn, key=lambda ticket: (ticket.created_at, ticket.id)), problem)

    def _asked(self, tickets: list[Opened], problem: Mapping[str, str]) -> Planted:
        prepared = [prepare(ticket.query().model_copy(update={"product_area": None})) for ticket in tickets]
        texts = [one.texts or ("",) for one in prepared]
        flat = iter(self._vectors.embed([text for each in texts for text in each]))
        hidden = frozenset(problem.values())
        return Planted(
            tickets=tuple(ticket.id for ticket in tickets),
            vectors=np.stack([combined(np.stack([next(flat) for _ in each])) for each in texts]),
            marks=tuple(marks_of(one, ticket.created_at) for one, ticket in zip(prepared, tickets, strict=True)),
            times=tuple(ticket.created_at for ticket in tickets),
            truth=tuple(problem.get(ticket.id) for ticket in tickets),
            gaps=hidden,
            sizes={name: sum(other == name for other in problem.values()) for name in hidden},
            answered={},
        )
