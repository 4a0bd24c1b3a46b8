"""Figures over a part of the demand, and neighbours that grouping compares."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipelines.domain.gaps import DemandKind
from pipelines.gaps.affinity import Affinity, Marks
from pipelines.gaps.report import Fact
from pipelines.gaps.select import Part, figures, shares, weekly
from pipelines.gaps.weights import shipped_weights

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TICKET = Fact(
    ticket="t/1",
    at=NOW - timedelta(days=3),
    kinds=(DemandKind.ESCALATION,),
    account="a",
    tier="gold",
    area="sync",
    escalated=True,
    types=("functional",),
    stages=("triage",),
    hours=5.0,
    senior_hours=2.0,
)
SEARCH = Fact(ticket=None, at=NOW - timedelta(days=40), kinds=(DemandKind.ABSTENTION,), area="export")


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        (Part(), [TICKET, SEARCH]),
        (Part(days=30), [TICKET]),
        (Part(area="export"), [SEARCH]),
        (Part(tier="gold"), [TICKET]),
        (Part(escalation="functional"), [TICKET]),
        (Part(stage="intake"), []),
        (Part(days=30, area="export"), []),
    ],
)
def test_a_part_holds_what_fits_all_that_was_asked(part: Part, kept: list[Fact]) -> None:
    assert kept == [fact for fact in (TICKET, SEARCH) if part.holds(fact, NOW)]


def test_figures_count_tickets_searches_accounts_by_tier_and_hours() -> None:
    found = figures([TICKET, SEARCH, TICKET.model_copy(update={"hours": None})], NOW)
    assert (2, 1, 1, (("gold", 1),), 2, 5.0, 4.0) == (
        found.tickets,
        found.searches,
        found.accounts,
        found.tiers,
        found.escalations,
        found.hours,
        found.senior_hours,
    )


def test_the_trend_ends_with_this_week_and_shares_end_with_all() -> None:
    assert [1, 0, 2] == weekly([NOW, NOW - timedelta(days=6), NOW - timedelta(days=20)], NOW, weeks=3)
    assert [0.5, 0.75, 1.0] == shares([2, 1, 1])
    assert [0.0] == shares([0])


def test_shared_facts_and_areas_bring_questions_closer_and_other_areas_part_them() -> None:
    vectors = np.eye(4, dtype=np.float32)
    marks = [Marks(facts=("e-1",), area="a"), Marks(facts=("e-1",), area="a"), Marks(area="b"), Marks()]
    scores = Affinity(vectors, marks, shipped_weights()).square(np.arange(4))
    assert scores[0, 1] > scores[0, 3] > scores[0, 2]


def test_what_was_asked_about_the_same_time_is_likelier_one_problem() -> None:
    vectors = np.eye(5, dtype=np.float32)
    marks = [Marks(at=NOW + timedelta(days=days)) for days in (0, 1, 40, 400)] + [Marks()]
    scores = Affinity(vectors, marks, shipped_weights()).square(np.arange(5))
    assert scores[0, 1] > scores[0, 2] > scores[0, 3]
    assert scores[0, 4] == scores[3, 4]


def test_when_all_was_asked_at_once_time_says_next_to_nothing() -> None:
    vectors = np.eye(50, dtype=np.float32)
    at_once = Affinity(vectors, [Marks(at=NOW)] * 50, shipped_weights()).square(np.arange(2))
    never = Affinity(vectors, [Marks()] * 50, shipped_weights()).square(np.arange(2))
    assert at_once[0, 1] == pytest.approx(never[0, 1], abs=0.5)


def test_long_questions_that_look_alike_are_surer_than_short_ones() -> None:
    vectors = np.eye(4, dtype=np.float32)
    short, long = (
        [Marks(words=(word,)) for word in "ab"],
        [Marks(words=tuple(f"{w}{i}" for i in range(90))) for w in "cd"],
    )
    scores = Affinity(vectors, [*short, *long], shipped_weights()).square(np.arange(4))
    assert scores[2, 3] > scores[0, 1]
