"""Two reports differ in the gaps that came, went, grew, shrank, or were moved in between."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.gaps import GapEventKind
from pipelines.gaps.compare import ChangeKind, compare

reports = st.dictionaries(st.sampled_from(["G-1", "G-2", "G-3", "G-4"]), st.integers(1, 20))


def test_each_kind_of_change_is_told_with_its_figures_most_demand_first() -> None:
    found = compare(
        {"G-1": 3, "G-2": 5, "G-3": 2, "G-4": 4},
        {"G-1": 6, "G-2": 1, "G-4": 4, "G-5": 2},
        {"G-2": [GapEventKind.CLOSED, GapEventKind.RENAMED], "G-4": [GapEventKind.ASSIGNED]},
    )
    assert [
        ("G-1", (ChangeKind.GROWING,), 3, 6),
        ("G-2", (ChangeKind.SHRINKING, ChangeKind.CLOSED), 5, 1),
        ("G-3", (ChangeKind.GONE,), 2, None),
        ("G-5", (ChangeKind.NEW,), None, 2),
    ] == [(each.id, each.kinds, each.before, each.after) for each in found]


@given(reports, reports)
def test_looked_at_the_other_way_round_every_change_is_its_opposite(one: dict[str, int], other: dict[str, int]) -> None:
    opposite = {
        ChangeKind.NEW: ChangeKind.GONE,
        ChangeKind.GONE: ChangeKind.NEW,
        ChangeKind.GROWING: ChangeKind.SHRINKING,
        ChangeKind.SHRINKING: ChangeKind.GROWING,
    }
    there = {each.id: each.kinds for each in compare(one, other, {})}
    back = {each.id: each.kinds for each in compare(other, one, {})}
    assert {name: tuple(opposite[kind] for kind in kinds) for name, kinds in there.items()} == back
    assert () == compare(one, one, {})
