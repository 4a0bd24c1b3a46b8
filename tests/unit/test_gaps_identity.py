"""A gap is known again by its tickets, and what managers arranged by hand holds in the next report."""

import numpy as np

from pipelines.gaps.identity import ByHand, Known, settle

NAMES = ["t/1", "t/2", "t/3", "t/4", "t/5"]
VECTORS = np.eye(5, dtype=np.float32)
NOTHING = ByHand()


def test_the_same_tickets_are_the_same_gap_wherever_its_middle_went() -> None:
    known = [Known(number=7, tickets=frozenset({"t/1", "t/2"}), centroid=(0.0, 0.0, 0.0, 0.0, 1.0))]
    assert [(7, [0, 1, 2])] == settle([[0, 1, 2]], NAMES, VECTORS, known, NOTHING)


def test_a_gap_whose_tickets_are_all_gone_is_known_by_its_middle() -> None:
    known = [Known(number=7, tickets=frozenset({"t/9"}), centroid=(0.71, 0.71, 0.0, 0.0, 0.0))]
    assert [(7, [0, 1])] == settle([[0, 1]], NAMES, VECTORS, known, NOTHING)


def test_of_two_groups_that_share_tickets_with_a_gap_the_one_with_more_continues_it() -> None:
    known = [Known(number=7, tickets=frozenset(NAMES))]
    assert [(7, [0, 1, 2]), (None, [3, 4])] == settle([[3, 4], [0, 1, 2]], NAMES, VECTORS, known, NOTHING)


def test_merged_gaps_stay_one() -> None:
    known = [Known(number=1, tickets=frozenset({"t/1", "t/2"})), Known(number=2, tickets=frozenset({"t/3", "t/4"}))]
    merged = ByHand(merged={2: 1})
    assert [(1, [0, 1, 2, 3])] == settle([[0, 1], [2, 3]], NAMES, VECTORS, known, merged)


def test_a_ticket_stays_in_the_gap_it_was_put_into_alone_and_in_company() -> None:
    known = [Known(number=1, tickets=frozenset({"t/1", "t/2", "t/3"}))]
    pinned = ByHand(pins={"t/3": 2, "t/5": 1})
    assert [(1, [0, 1, 4]), (2, [2])] == settle([[0, 1, 2]], NAMES, VECTORS, known, pinned)


def test_merges_in_a_circle_end() -> None:
    assert 1 == ByHand(merged={1: 2, 2: 1}).stands_for(2)
