"""What a gap report says of demand: the numbers by hand, the same report for the same demand, in any order."""

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.domain.gaps import DemandKind, DemandSignal, GapType
from pipelines.domain.tickets import Account, Escalation, EscalationType, TicketStatus
from pipelines.gaps.demand import signal_of_ticket, unanswered
from pipelines.gaps.label import clean_subject, keywords, title
from pipelines.gaps.report import build, enough_to_write, growth, inputs_hash, unseen
from pipelines.ports import Vectors
from tests.store.examples import ticket

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OPEN, CLOSED, SEARCH = DemandKind.UNANSWERED_TICKET, DemandKind.CLOSED_WITHOUT_KNOWLEDGE, DemandKind.ABSTENTION


def signal(identifier: str, kind: DemandKind = OPEN, *, days: float = 1, **other: Any) -> DemandSignal:
    facts = {"ticket": None if kind is SEARCH else identifier, "text": f"export stops {identifier}"}
    return DemandSignal.model_validate(
        {"id": identifier, "kind": kind, "at": NOW - timedelta(days=days)} | facts | other
    )


AXES = np.eye(4, dtype=np.float32)
SIGNALS = [
    signal("t/1", account="a", hours=2.0, escalated=True),
    signal("t/2", account="a", hours=3.25, days=40),
    signal("t/3", CLOSED, account="b", escalated=True),
    signal("search/1", SEARCH),
    signal("t/4", text="sync is slow"),
    signal("t/5", text="sync is slow now"),
    signal("t/6", text="nobody else asks this"),
]
PLACES = [0, 0, 0, 0, 1, 1, 2]
SUBJECTS = ["Export stops", "RE: [EXT] the export stops", "Export stops!", "export", "Sync slow", "Sync", "Alone"]


def report_of(order: list[int] | None = None, now: datetime = NOW) -> Any:
    order = order or list(range(len(SIGNALS)))
    vectors: Vectors = np.stack([AXES[PLACES[i]] for i in order])
    return build([SIGNALS[i] for i in order], [SUBJECTS[i] for i in order], vectors, now)


def test_a_gap_counts_its_tickets_accounts_searches_escalations_and_hours() -> None:
    first, second = report_of().gaps
    assert (("t/1", "t/2", "t/3"), 2, 1, 2, 5.2) == (
        first.tickets,
        first.accounts,
        first.searches,
        first.escalations,
        first.hours,
    )
    assert (("t/4", "t/5"), 0, 0, 0, None) == (
        second.tickets,
        second.accounts,
        second.searches,
        second.escalations,
        second.hours,
    )


def test_demand_that_stands_alone_is_counted_and_is_no_gap() -> None:
    report = report_of()
    assert (7, 1, 2) == (report.signals, report.single, len(report.gaps))


@given(st.permutations(range(len(SIGNALS))))
def test_the_same_demand_in_any_order_gives_the_same_report_byte_for_byte(order: list[int]) -> None:
    assert report_of().model_dump_json() == report_of(order).model_dump_json()


@given(st.integers(0, 2**32))
def test_noisy_demand_in_any_order_gives_the_same_report_byte_for_byte(seed: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(12, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    signals = [signal(f"t/{number:02}") for number in range(12)]
    order = list(range(12))
    Random(seed).shuffle(order)
    one = build(signals, [s.text for s in signals], vectors, NOW)
    other = build([signals[i] for i in order], [signals[i].text for i in order], vectors[order], NOW)
    assert one.model_dump_json() == other.model_dump_json()


def test_the_hash_changes_with_the_demand() -> None:
    before = inputs_hash(SIGNALS)
    assert before == inputs_hash(SIGNALS[::-1])
    assert before != inputs_hash(SIGNALS[1:])
    assert before != inputs_hash([SIGNALS[0].model_copy(update={"text": "other"}), *SIGNALS[1:]])
    assert before != inputs_hash([*SIGNALS[:2], SIGNALS[2].model_copy(update={"hours": 9.0}), *SIGNALS[3:]])


@given(st.lists(st.integers(0, 3), min_size=len(SIGNALS), max_size=len(SIGNALS)))
def test_whatever_managers_put_together_can_be_kept_as_json(put_into: list[int]) -> None:
    """A gap that was split or merged by hand may be left with one ticket."""
    groups = [[row for row, gap in enumerate(put_into) if gap == number] for number in sorted(set(put_into))]
    vectors: Vectors = np.stack([AXES[place] for place in PLACES])
    report = build(SIGNALS, SUBJECTS, vectors, NOW, groups=groups)
    assert len(groups) == len(report.gaps)
    json.dumps(report.model_dump(mode="python"), default=str, allow_nan=False)


def test_the_hash_does_not_change_because_an_open_ticket_waits_longer() -> None:
    waited = [SIGNALS[0].model_copy(update={"hours": 2.1}), *SIGNALS[1:]]
    assert inputs_hash(SIGNALS) == inputs_hash(waited)


def test_growth_is_signals_a_week_in_four_weeks_less_those_in_the_four_before() -> None:
    def ago(*days: float) -> list[datetime]:
        return [NOW - timedelta(days=d) for d in days]

    assert 0.5 == growth(ago(1, 2, 3, 40), NOW)
    assert -0.25 == growth(ago(28), NOW)
    assert 0.25 == growth(ago(27.99), NOW)
    assert 0.0 == growth(ago(56, 57, -1), NOW)


def test_an_article_can_partly_be_written_where_a_closed_ticket_may_hold_the_answer() -> None:
    assert ("no", "partly") == (enough_to_write(SIGNALS[:2]), enough_to_write(SIGNALS[:3]))


# By hand: f1 gaps seen once, f2 seen twice, S seen.
# Estimate f1 (f1-1) / (2 (f2+1)); variance = estimate + f1 (2 f1-1)^2 / (4 (f2+1)^2) + f1^2 f2 (f1-1)^2 / (4 (f2+1)^4),
# for f2 = 0 less f1^4 / (4 (S + estimate)).
# Interval: estimate / K to estimate * K, K = exp(1.96 sqrt(ln(1 + variance / estimate^2))).
@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        # scikit-bio's documented example: richness 9.75 of 9 seen, interval 9.07 to 17.45
        ([1, 1, 4, 2, 5, 2, 4, 1, 2], (0.8, 0.1, 8.5)),
        # 12/6 = 2; variance 2 + 4 * 49/36 + 16 * 2 * 9/324 = 8.3333; ln(1 + 2.0833) = 1.126011; K = exp(2.079813)
        ([1, 1, 1, 1, 2, 2], (2.0, 0.2, 16.0)),
        # 3; variance 3 + 18.75 - 81/24 = 18.375; ln(1 + 18.375/9) = 1.112699; K = exp(2.067481) = 7.9049
        ([1, 1, 1], (3.0, 0.4, 23.7)),
        ([1, 2, 5], (0.0, 0.0, 0.0)),
        ([1], (0.0, 0.0, 0.0)),
        ([3, 2, 2], (0.0, 0.0, 0.0)),
        ([], (0.0, 0.0, 0.0)),
    ],
)
def test_gaps_not_seen_yet_are_estimated_as_chao_does(sizes: list[int], expected: tuple[float, float, float]) -> None:
    found = unseen(sizes)
    assert expected == (found.estimate, found.low, found.high)


@given(st.lists(st.integers(1, 6), max_size=40))
def test_a_problem_more_that_was_asked_about_twice_makes_fewer_unseen_likely(sizes: list[int]) -> None:
    assert unseen([*sizes, 2]).estimate <= unseen(sizes).estimate


@given(st.lists(st.integers(1, 6), max_size=40))
def test_a_problem_more_that_was_asked_about_once_makes_more_unseen_likely(sizes: list[int]) -> None:
    assert unseen([*sizes, 1]).estimate >= unseen(sizes).estimate


@given(st.lists(st.integers(1, 6), max_size=40), st.randoms())
def test_an_estimate_goes_by_sizes_and_not_by_their_order(sizes: list[int], random: Random) -> None:
    shuffled = sorted(sizes, key=lambda _: random.random())
    assert unseen(sizes) == unseen(shuffled)


@pytest.mark.parametrize(("problems", "questions"), [(60, 60), (60, 120), (300, 150)])
def test_where_every_problem_is_as_likely_the_estimate_is_right_on_average_and_so_is_its_interval(
    problems: int, questions: int
) -> None:
    random = np.random.default_rng(11)
    away, covered = [], 0
    for _ in range(300):
        seen = np.bincount(random.integers(problems, size=questions))
        sizes = seen[seen > 0].tolist()
        found, left = unseen(sizes), problems - len(sizes)
        away.append(found.estimate - left)
        covered += found.low <= left <= found.high
    left_on_average = problems * (1 - 1 / problems) ** questions
    assert abs(float(np.mean(away))) < 0.12 * left_on_average
    assert covered > 0.88 * 300


@pytest.mark.parametrize(
    ("once", "twice", "tells"),
    [
        (18, 1, False),  # a demonstration's report
        (200, 60, True),
        (5, 0, False),
        (0, 3, False),  # nothing to tell: as far as one sees, everything was asked
    ],
)
def test_a_number_is_told_where_the_interval_spans_less_than_a_factor_of_ten(
    once: int, twice: int, tells: bool
) -> None:
    found = unseen([1] * once + [2] * twice + [7])
    assert (once, twice, tells) == (found.once, found.twice, found.tells)


@given(st.lists(st.integers(1, 6), max_size=40))
def test_an_estimate_lies_within_its_interval(sizes: list[int]) -> None:
    found = unseen(sizes)
    assert 0 <= found.low <= found.estimate <= found.high


def test_an_open_ticket_is_demand_and_so_is_an_escalated_closed_one() -> None:
    def kind(capture_state: str = "none", **facts: Any) -> DemandKind | None:
        found = signal_of_ticket(ticket(**facts), capture_state, "text", NOW)
        return found.kind if found else None

    escalation = (Escalation(type=EscalationType.EXTERNAL),)
    assert OPEN is kind()
    assert OPEN is kind(status=TicketStatus.PENDING)
    assert kind(status=TicketStatus.CLOSED) is None
    assert CLOSED is kind(status=TicketStatus.CLOSED, escalated=True)
    assert CLOSED is kind(status=TicketStatus.CLOSED, escalations=escalation)
    assert CLOSED is kind("rejected", status=TicketStatus.CLOSED, escalated=True)
    assert kind("confirmed", status=TicketStatus.CLOSED, escalated=True) is None
    assert kind("linked", status=TicketStatus.CLOSED, escalated=True) is None


def test_hours_count_to_the_closing_or_to_now() -> None:
    def hours(**facts: Any) -> float | None:
        found = signal_of_ticket(
            ticket(escalated=True, **facts), "none", "text", ticket().created_at + timedelta(hours=5)
        )
        assert found is not None
        return found.hours

    assert 5.0 == hours()
    assert 24.0 == hours(status=TicketStatus.CLOSED)
    assert hours(status=TicketStatus.CLOSED, closed_at=None) is None
    assert 0.0 == hours(status=TicketStatus.CLOSED, closed_at=ticket().created_at - timedelta(days=1))


def test_a_signal_names_its_account_by_id_or_else_by_name() -> None:
    def account(found: Account) -> str | None:
        made = signal_of_ticket(ticket(account=found), "none", "text", NOW)
        assert made is not None
        return made.account

    assert ("a1", "Nordwind", None) == (
        account(Account(id="a1", name="Nordwind")),
        account(Account(name="Nordwind")),
        account(Account()),
    )


def test_what_is_answered_is_no_demand_and_the_rest_keeps_its_order() -> None:
    assert ["t/1", "t/3"] == [s.id for s in unanswered(SIGNALS[:3], lambda signals: [s.id == "t/2" for s in signals])]


@pytest.mark.parametrize(
    ("subject", "cleaned"),
    [
        ("RE: Fwd: export stops", "Export stops"),
        ("[EXT] [JIRA-12] export  stops", "Export stops"),
        ("URGENT!!! export stops", "Export stops"),
        ("Re:", "Re:"),
        ("", ""),
        ("Help desk is down", "Help desk is down"),
    ],
)
def test_a_subject_is_shown_without_reply_marks_tags_and_calls(subject: str, cleaned: str) -> None:
    assert cleaned == clean_subject(subject)


def test_a_gap_is_called_after_the_member_in_its_middle_the_shorter_of_equals() -> None:
    vectors = np.asarray([[1, 0], [0.8, 0.6], [0.8, 0.6], [0.6, 0.8]], dtype=np.float32)
    assert "Short" == title(["Edge", "Re: much longer", "short", "Edge"], vectors, [0, 1, 2, 3])


def test_keywords_stand_in_many_of_the_group_and_few_others() -> None:
    texts = ["export stops nightly", "the export stops", "sync stops", "sync slow nightly"]
    assert [("export", "stops"), ("sync",)] == keywords(texts, [[0, 1], [2, 3]])


def test_a_title_says_more_than_the_product_where_one_of_those_in_the_middle_does() -> None:
    near = np.array([[1, 0], [0.98, 0.2], [0.98, -0.2]], dtype=np.float32)
    vectors = np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), dtype=np.float32)
    subjects = ["Export", "Export stops at 99 %", "About the export"]
    assert "Export" == title(subjects, vectors, [0, 1, 2])
    assert "Export stops at 99 %" == title(subjects, vectors, [0, 1, 2], ("stops", "export"))


def test_a_subject_far_from_the_middle_is_no_title_however_much_it_says() -> None:
    vectors = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    assert "Export stops" == title(["Export stops", "The export stops", "A lock"], vectors, [0, 1, 2], ("lock",))


@pytest.mark.parametrize(
    ("kind", "expected"), [(GapType.MISSING, "no"), (GapType.UNFINDABLE, "yes"), (GapType.STALE, "partly")]
)
def test_a_confirmed_record_that_is_only_not_found_is_enough_to_write(kind: GapType, expected: str) -> None:
    assert expected == enough_to_write([signal("t/1")], kind)
