"""Finds open gaps whose demand a record made since answers: a manager closes them by it with one press."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from pipelines.domain.gaps import UNSOLVED, GapStatus
from pipelines.gaps.membership import falls_into
from pipelines.ports import Vectors
from service.store.ids import article_numbers, gap_name, resolution_name, resolution_numbers
from service.store.queries import articles, gaps, resolutions, uses
from service.store.session import Session
from service.usecases.article_candidates import served_articles
from service.usecases.gap_demand import Covered

MOST_OF_IT = 0.5
"""Share of a gap's demand that one record must answer to be proposed as what closes it."""


class Current(NamedTuple):
    """A gap of the report in the making: its number, None for a new one, its middle, and how much nothing answers."""

    number: int | None
    middle: Vectors
    left: int


def proposals(
    session: Session, covered: Sequence[Covered], current: Sequence[Current], model_id: str
) -> Mapping[str, Mapping[str, Any]]:
    """For each open gap that one record mostly answers: which, and how many of how many questions.

    The record must be newer than the gap: an article by the text that it has now. A question belongs to the gap that it
    falls into, which may be one that is new with this report; a ticket whose own answer was written down, to the gap
    that listed it last.
    """
    moved = {gap.number: gap for gap in current if gap.number is not None}
    known = [
        gap
        for gap in gaps.ledger(session)
        if (gap.id in moved or (gap.centroid is not None and gap.model_id == model_id))
        and gap.merged_into is None
        and GapStatus(gap.status) in UNSOLVED
    ]
    if not known:
        return {}
    votes: dict[int, Counter[str]] = {gap.id: Counter() for gap in known}
    vectors = np.array([one.vector for one in covered], dtype=np.float32)
    middles = [moved[gap.id].middle if gap.id in moved else gap.centroid for gap in known]
    middles += [gap.middle for gap in current if gap.number is None]
    for one, place in zip(covered, falls_into(vectors, np.array(middles, dtype=np.float32)), strict=True):
        if place is not None and place < len(known) and one.signal.nearest is not None:
            votes[known[place].id][one.signal.nearest.resolution] += 1
    answers = uses.answers_since(session, min(gap.created_at for gap in known))
    listed = gaps.last_listed(session, known)
    for gap in known:
        votes[gap.id].update(resolution_name(answers[key]) for key in listed.get(gap.id, ()) if key in answers)
    made = _made(session, {name for counted in votes.values() for name in counted})
    found: dict[str, Mapping[str, Any]] = {}
    for gap in known:
        since = {name: n for name, n in votes[gap.id].items() if name in made and made[name] >= gap.created_at}
        if not since:
            continue
        by = min(since, key=lambda name: (-since[name], name))
        asked = sum(votes[gap.id].values()) + (moved[gap.id].left if gap.id in moved else 0)
        if since[by] > MOST_OF_IT * asked:
            found[gap_name(gap.id)] = {"by": by, "covered": since[by], "asked": asked}
    return found


def _made(session: Session, names: Iterable[str]) -> dict[str, Any]:
    """When each resolution was first confirmed and each article first published with its text, of those served."""
    ordered = sorted(names)
    numbers = resolution_numbers(ordered)
    made = {
        **resolutions.first_confirmed_at(session, numbers),
        **articles.text_published_at(session, article_numbers(ordered)),
    }
    served = {r.resolution.id for r in resolutions.load_many(session, numbers) if r.resolution.served}
    served |= set(served_articles(session, ordered).records)
    return {name: at for name, at in made.items() if name in served}
