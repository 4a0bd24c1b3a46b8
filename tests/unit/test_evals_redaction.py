"""The redaction evaluation plants what it says, counts what happened to it, and fails below its baseline."""

import argparse
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals import redaction
from evals.redaction_lookalikes import LookAlike, look_alikes
from evals.redaction_places import demo_soil, planted
from evals.redaction_plants import MARKED_AS, Plant, plants
from evals.redaction_score import Share, by_kind, is_damaged, plant_outcome
from evals.redaction_values import with_check_digit
from pipelines.capture.offsets import Edit, apply
from pipelines.capture.redaction_patterns import iban_end, is_card
from pipelines.domain.drafts import MappedText
from pipelines.domain.tickets import Ticket

BOTH = pytest.mark.parametrize("held_out", [False, True])
ARGUMENTS = argparse.Namespace(keep=False, json=True, wrong=False)


@BOTH
def test_at_least_three_hundred_are_planted_of_each_sort(held_out: bool) -> None:
    """Of every kind the same number, and the same ones each time."""
    made = plants(redaction.PLANTS, 1, held_out=held_out)
    assert dict.fromkeys(MARKED_AS, redaction.PLANTS) == Counter(one.kind for one in made)
    assert made == plants(redaction.PLANTS, 1, held_out=held_out)
    assert len(made) >= 300 <= len(look_alikes(redaction.LOOK_ALIKES, 1, held_out=held_out))


def test_the_halves_share_no_sentence() -> None:
    """What is held out was not developed against: other sentences, other values."""

    def frames(held_out: bool) -> set[str]:
        found: list[Plant | LookAlike] = [*plants(20, 1, held_out=held_out)]
        found += look_alikes(20, 1, held_out=held_out)
        return {one.kind + one.sentence[: one.start] + "|" + one.sentence[one.end :] for one in found}

    assert {"private key|\n"} >= frames(held_out=False) & frames(held_out=True)


def test_the_halves_share_no_ticket() -> None:
    """Each half is planted in tickets of its own."""
    development, held_out = ({t.key for t in demo_soil(held_out=half)} for half in (False, True))
    assert development
    assert held_out
    assert not development & held_out


@BOTH
def test_planted_numbers_hold_their_check_digits(held_out: bool) -> None:
    """Cards pass Luhn and accounts mod 97; order numbers do not."""
    made = plants(20, 7, held_out=held_out)
    values = [(one.kind, one.sentence[one.start : one.end]) for one in made]
    assert all(luhn(value) for kind, value in values if kind == "card")
    assert all(iban_end(value) == len(value) for kind, value in values if kind == "iban")
    orders = [o.sentence[o.start : o.end] for o in look_alikes(20, 7, held_out=held_out) if o.kind == "order number"]
    assert not any(is_card(value) for value in orders)


def luhn(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return with_check_digit(digits[:-1]) == digits


@settings(deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_what_is_planted_stands_where_it_is_said_to(random: Random, held_out: bool) -> None:
    """The span of a plant is its secret, in the sentence and in the message."""
    tickets = SOIL[held_out]
    plant = random.choice(plants(1, random.randint(0, 99), held_out=held_out))
    place = planted(random, tickets, plant.sentence, (plant.start, plant.end), people=plant.people)
    assert plant.sentence[plant.start : plant.end] == place.body[place.start : place.end]
    assert plant.sentence in place.body


SOIL = {half: demo_soil(held_out=half) for half in (False, True)}
PLANT = Plant("email", "Write to a1@b.example now.", 9, 21)


def outcome(kind: str, start: int, end: int) -> tuple[bool, bool, bool]:
    """Taken, named and around, where [start, end) of the planted sentence is taken out under a kind."""
    place = planted(Random(1), SOIL[False], PLANT.sentence, (PLANT.start, PLANT.end))
    begin = place.start - PLANT.start
    text = apply(MappedText.verbatim(place.body), [Edit(begin + start, begin + end, f"[{kind}-1]", kind)])
    found = plant_outcome(PLANT, place, text)
    return found.taken, found.named, found.around


def test_a_plant_counts_as_taken_only_whole() -> None:
    """A letter left is a miss; the wrong mark is told apart; a neighbouring word taken is told too."""
    assert (True, True, False) == outcome("email", 9, 21)
    assert (False, False, False) == outcome("email", 10, 21)
    assert (True, False, False) == outcome("phone", 9, 21)
    assert (True, True, True) == outcome("email", 6, 21)


def test_a_look_alike_is_damaged_by_any_letter() -> None:
    """One character taken out is damage; one beside it is not."""
    place = planted(Random(2), SOIL[False], "It has 10.2.3.4 now.", (7, 15))
    raw = MappedText.verbatim(place.body)
    assert is_damaged(place, apply(raw, [Edit(place.end - 1, place.end, "[ip-1]", "ip")]))
    assert not is_damaged(place, apply(raw, [Edit(place.end + 1, place.end + 4, "[ip-1]", "ip")]))


@given(st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_intervals_hold_their_share(pair: tuple[int, int]) -> None:
    """Wilson's interval lies in [0, 1] around the share, and is never of no width."""
    share = Share(*pair)
    low, high = share.interval
    assert 0.0 <= low < high <= 1.0
    if share.count:
        assert low - 1e-9 <= share.value <= high + 1e-9


def test_shares_are_by_kind_and_of_all() -> None:
    """All come last."""
    assert {"a": Share(1, 2), "b": Share(1, 1), "all": Share(2, 3)} == by_kind([("a", True), ("b", True), ("a", False)])


def test_figures_below_the_baseline_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The demo's figures are compared with what is committed; a better baseline than they reach is a failure."""
    monkeypatch.delenv("PRECEDENT_EVAL_DATA", raising=False)
    measured: dict[str, redaction.Part] = {}

    def measure_once(name: str, tickets: Sequence[Ticket], *, held_out: bool) -> redaction.Part:
        if name not in measured:
            measured[name] = measure(name, tickets, held_out=held_out)
        return measured[name]

    measure = redaction.measure
    monkeypatch.setattr(redaction, "measure", measure_once)
    assert 0 == redaction.run(ARGUMENTS)
    kept = json.loads(redaction.BASELINE.read_text(encoding="utf-8"))
    report = json.loads(capsys.readouterr().out)
    assert [] == report["failures"]
    assert ["demo development", "demo held out"] == [part["name"] for part in report["parts"]]
    kept["demo held out"]["recall all"] = 1.5
    monkeypatch.setattr(redaction, "BASELINE", tmp_path / "redaction.json")
    redaction.BASELINE.write_text(json.dumps(kept), encoding="utf-8")
    assert 1 == redaction.run(ARGUMENTS)
    assert "demo held out: recall all" in json.loads(capsys.readouterr().out)["failures"][0]


def test_misses_are_shown_of_the_development_half_alone() -> None:
    """What went wrong in the half held out is counted, never shown."""
    assert () == redaction.measure("x", SOIL[True], held_out=True, count=2, alike=1).wrong
