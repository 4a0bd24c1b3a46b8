"""Text in a ticket that speaks to the summariser instead of to people: it is left out of everything.

A ticket is material to summarise, never an order. What follows such a sentence in the same message is left out with it,
because the words to be planted usually come next.
"""

from collections.abc import Sequence

from pipelines.capture.extract_units import Unit
from pipelines.capture.orders import addresses_summariser, unheard
from pipelines.domain.drafts import TicketView


def without_instructions(view: TicketView, units: Sequence[Unit]) -> list[Unit]:
    """The units with every instruction to the summariser left out: its whole paragraph and the rest of its message.

    So is whatever grounding would not hear as evidence: what is quoted from there would only come back marked.
    """
    silent = {at: unheard(message.text.text) for at, message in enumerate(view.messages)}
    first: dict[int, int] = {}
    for unit in units:
        if unit.message not in first and addresses_summariser(unit.raw if unit.code else unit.text):
            first[unit.message] = unit.paragraph
    return [
        u
        for u in units
        if u.paragraph < first.get(u.message, u.paragraph + 1)
        and not any(u.start < end and start < u.end for start, end in silent.get(u.message, ()))
    ]
