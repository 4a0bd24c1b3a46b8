"""Inventions are planted the same way every time, in halves of their own, and a check that lets them through fails."""

import json
from pathlib import Path
from random import Random

import pytest

from evals import inventions
from evals.inventions_threads import Soil
from evals.inventions_ways import WAYS, Way, foreign_quote, number_from_elsewhere
from evals.inventions_words import DEVELOPMENT, HELD_OUT
from evals.redaction_places import demo_soil
from pipelines.domain.drafts import FieldName, Proposal, TicketView


def demo(*, held_out: bool = True) -> Soil:
    tickets = demo_soil(held_out=held_out)
    donors = [(ticket, "The certificate of the gateway expired and browsers reject it.") for ticket in tickets[:3]]
    return Soil("demo held out", held_out, tickets, Random(7), donors)


def test_the_same_seed_plants_the_same_inventions() -> None:
    """Figures of two runs can be compared."""
    first, second = (inventions.inventions(demo(), number_from_elsewhere, 3) for _ in range(2))
    assert first == second
    assert 3 == len(first)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
def test_every_way_finds_threads_that_lend_themselves(way: Way) -> None:
    """None is left out silently, and each claim that is planted is one that ground can judge."""
    (one,) = inventions.inventions(demo(), way, 1)
    assert one.proposal is not None or one.payload
    if one.proposal is not None:
        assert isinstance(inventions.is_marked(one.proposal, one.view, one.field), bool)


def test_a_check_that_believes_every_quote_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure is not zero by itself."""

    def credulous(_proposal: Proposal, _view: TicketView, _field: FieldName | None) -> bool:
        return False

    monkeypatch.setattr(inventions, "is_marked", credulous)
    monkeypatch.setattr(inventions, "WAYS", (foreign_quote,))
    part = inventions.measure(demo(), each=2)
    assert 1.0 == part.kinds["quote from another ticket"].value
    assert 0.0 == part.alarms["all"].value


def test_figures_above_the_baseline_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More served than before is a failure, less is none."""
    part = inventions.measure(demo(), each=1)
    baseline = tmp_path / "inventions.json"
    baseline.write_text(json.dumps({part.name: {"served all": -1.0, "marked all": 1.0}}))
    monkeypatch.setattr(inventions, "BASELINE", baseline)
    (failure,) = inventions._above([part])
    assert failure.startswith("demo held out: served all ")


def test_no_phrasing_is_in_both_halves_and_no_ticket_either() -> None:
    """What the checks were built against says nothing of what they are judged by."""
    for name in ("steps", "parts", "negated", "failed_replies", "own_attempts", "suspected", "ruled_out", "orders"):
        assert not set(getattr(DEVELOPMENT, name)) & set(getattr(HELD_OUT, name))
    halves = [{ticket.key for ticket in demo_soil(held_out=half)} for half in (False, True)]
    assert not halves[0] & halves[1]
