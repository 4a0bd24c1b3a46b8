"""Gives gaps their titles by the LLM where one is configured, outside any transaction.

A title is asked for once: when a gap is new, or bears its offline title, and again only when twice as many ask as did
then. What a person called a gap stays. Without the LLM, or where it fails, the subject in the gap's middle is the
title.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import structlog

from pipelines.gaps.name import SHOWN, Named, Rejected, product_words
from service.store.ids import gap_name
from service.store.queries import gaps
from service.store.session import Session
from service.usecases.gap_demand import Demand
from service.usecases.gap_questions import Progress
from service.usecases.services import Services

OFFLINE = "offline"
LLM = "llm"
"""Who named a gap, where it was no person: the subject in its middle, or the model that is configured."""

MOST_AT_ONCE = 100
WHILE_WAITING = 5
"""Gaps that one report has named, by night and while a person waits: the largest. The others wait for the next."""

log = structlog.get_logger(__name__)

Rows = tuple[int, ...]


class Wanted(NamedTuple):
    """A gap without a title of its own: its number, None for a new one, and its rows of the demand."""

    number: int | None
    rows: Rows


def to_name(session: Session, settled: Sequence[tuple[int | None, Sequence[int]]], most: int) -> list[Wanted]:
    """The gaps that want a title, the largest first, at most so many."""
    ledger = {record.id: record for record in gaps.ledger(session)}
    found = []
    for number, rows in settled:
        known = ledger.get(number) if number is not None else None
        mine = known is None or known.named_by in (OFFLINE, LLM)
        asked = known is not None and known.named_size is not None and len(rows) < 2 * known.named_size
        if mine and not asked:
            found.append(Wanted(number, tuple(sorted(rows))))
    return sorted(found, key=lambda each: (-len(each.rows), each.rows))[:most]


def name_gaps(
    services: Services, found: Demand, wanted: Sequence[Wanted], progress: Progress | None = None
) -> dict[Rows, Named]:
    """The titles, by the rows of each gap. A model that does not answer is not asked for the others."""
    if services.namer is None or not wanted:
        return {}
    plain = product_words({s.product_area for s in found.signals if s.product_area}, [s.text for s in found.signals])
    titles: dict[Rows, Named] = {}
    for done, each in enumerate(wanted):
        if progress:
            progress("naming gaps", done, len(wanted))
        own = found.vectors[list(each.rows)]
        nearest = np.argsort(-np.round(own @ own.mean(axis=0), 6), kind="stable")[:SHOWN]
        named = services.namer.name([found.signals[each.rows[place]].text for place in nearest], plain)
        if named.reason:
            name = gap_name(each.number) if each.number is not None else None
            log.info("gap.not_named", gap=name, reason=named.reason)
        if named.reason and named.reason not in set(Rejected):
            break
        titles[each.rows] = named
    return titles


def named_values(named: Named | None, offline: str, size: int) -> Mapping[str, str | int]:
    """What the ledger keeps of a gap's name; nothing where the model was not asked."""
    if named is None:
        return {}
    if named.title is None:
        return {"title": offline, "named_by": OFFLINE, "named_size": size}
    return {"title": named.title, "named_by": LLM, "named_size": size}
