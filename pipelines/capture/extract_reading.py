"""A thread read once for all fields: its sentences, their clauses, and what each message does."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.capture.extract_clauses import Clause, clauses_of
from pipelines.capture.extract_instructions import without_instructions
from pipelines.capture.extract_stance import Stance, stances
from pipelines.capture.extract_units import Unit, read_units
from pipelines.domain.drafts import TicketView


@dataclass(frozen=True, slots=True)
class Reading:
    """`stance`: one a message."""

    units: Sequence[Unit]
    clauses: Sequence[Clause]
    stance: Sequence[Stance]


def read(view: TicketView) -> Reading:
    """Nothing of what speaks to the summariser itself."""
    units = without_instructions(view, read_units(view))
    return Reading(units, clauses_of(units), stances(view))
