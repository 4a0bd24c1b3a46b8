"""Finds open gaps whose demand a record made since answers: a manager closes them by it with one press."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from pipelines.domain.gaps import UNSOLVED, GapStatus
from pipelines.gaps.membership import falls_into
from service.store.ids import article_numbers, gap_name, resolution_name, resolution_numbers
from service.store.queries import articles, gaps, resolutions, uses
from service.store.queries.gaps import GapRecord
from service.store.session import Session
from service.usecases.article_candidates import served_articles
from service.usecases.gap_demand import Covered

MOST_OF_IT = 0.5
"""Share of a gap's demand that one record must answer to be proposed as what closes it."""


def proposals(
    session: Session, covered: Sequence[Covered], left: Mapping[int, int], model_id: str
) -> Mapping[str, Mapping[str, Any]]:
    """For each open gap that one record mostly answers: which, and how many of how many questions.

    The record must be newer than the gap: an article by the text that it has now. `left`: by gap, the demand that
    nothing answers. A question belongs to the gap that it falls into; a ticket whose own answer was written down, to
    the gap that listed it last.
    """
    known = [
        gap
        for gap in gaps.known(session, model_id)
        if gap.centroid is not None and gap.merged_into is None and GapStatus(gap.status) in UNSOLVED
    ]
    if not known:
        return {}
    votes: dict[int, Counter[str]] = {gap.id: Counter() for gap in known}
    vectors = np.array([one.vector for one in covered], dtype=np.float32)
    middles = np.array([gap.centroid for gap in known], dtype=np.float32)
    for one, place in zip(covered, falls_into(vectors, middles), strict=True):
        if place is not None and one.signal.nearest is not None:
            votes[known[place].id][one.signal.nearest.resolution] += 1
    answers = uses.answers_since(session, min(gap.created_at for gap in known))
    for gap in known:
        votes[gap.id].update(resolution_name(answers[key]) for key in _listed(session, gap) if key in answers)
    made = _made(session, {name for counted in votes.values() for name in counted})
    found: dict[str, Mapping[str, Any]] = {}
    for gap in known:
        since = {name: n for name, n in votes[gap.id].items() if name in made and made[name] >= gap.created_at}
        if not since:
            continue
        by = min(since, key=lambda name: (-since[name], name))
        asked = sum(votes[gap.id].values()) + left.get(gap.id, 0)
        if since[by] > MOST_OF_IT * asked:
            found[gap_name(gap.id)] = {"by": by, "covered": since[by], "asked": asked}
    return found


def _listed(session: Session, gap: GapRecord) -> Sequence[str]:
    """The tickets of the gap, by the last report that had it."""
    last = gaps.report(session, gap.last_report_id) if gap.last_report_id is not None else None
    return next((g["tickets"] for g in last.report["gaps"] if g["id"] == gap_name(gap.id)), ()) if last else ()


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
