"""Retrieval over the drafts of tickets closed by then, and thresholds by area, as the evaluation measures them."""

import gzip
import json
from pathlib import Path

import pytest

from evals import closed_drafts
from evals.areas import measure_areas
from evals.closed_drafts import at_closing, records
from evals.datasets_found import read_folder, read_lines
from evals.real_thing import ALL, SERVED, figures, measure_real_thing, read_archive
from evals.retrieval_table import table
from evals.ticket_likeness import Tickets
from evals.vectors import VectorCache
from pipelines.domain.resolutions import ResolutionContent
from pipelines.domain.ticket_file import parse_ticket
from pipelines.domain.tickets import Ticket
from pipelines.retrieve.ranking import shipped_ranking
from tests.unit.test_evals_retrieval import WordVectors, folder, untrained

__all__ = ["folder"]


@pytest.fixture
def closing(folder: Path) -> Path:
    """The folder with every ticket closed 12 hours after it was opened, but D-8; later messages give things away."""
    with gzip.open(folder / "tickets.jsonl.gz", "rt", encoding="utf-8") as lines:
        tickets = [json.loads(line) for line in lines]
    for one in tickets:
        opened_at = one["created_at"]
        one["closed_at"] = opened_at.replace("T08", "T20") if one["id"] != "D-8" else "2027-01-01T00:00:00Z"
        one["messages"] = [
            {"id": "m1", "at": opened_at, "role": "customer", "body": one["messages"][0]["body"]},
            {
                "id": "m2",
                "at": opened_at,
                "role": "agent",
                "body": "The fix is to restart the service.",
            },
            {"id": "m3", "at": "2026-06-01T00:00:00Z", "role": "agent", "body": "The fix is the secret of later days."},
        ]
    with gzip.open(folder / "tickets.jsonl.gz", "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(ticket) + "\n" for ticket in tickets)
    return folder


def test_the_real_thing_searches_what_tickets_closed_by_then_have_left(closing: Path, tmp_path: Path) -> None:
    """Not what is written after the closing, and not what was still open."""
    folder = read_folder(closing)
    last = max(ticket.created_at for ticket in folder.tickets)
    archive = read_archive(closing, last, tmp_path)
    assert 18 == len(archive.documents), "D-8 is open, D-19 too at the time"
    texts = " ".join(document.model_dump_json() for document in archive.documents)
    assert "restart the service" in texts
    assert "secret" not in texts
    first = folder.tickets[13].created_at  # D-13: D-8 is among its right ones
    assert 12 == archive.before(first)


def test_the_real_thing_is_measured_over_all_drafts_and_over_those_that_answer(closing: Path, tmp_path: Path) -> None:
    vectors = VectorCache(WordVectors(), tmp_path)
    found = measure_real_thing(closing, vectors, vectors, shipped_ranking(), tmp_path)
    every, served = found[ALL], found[SERVED]
    assert {4} == {value.count for measures in every["methods"].values() for value in measures.values()}
    assert (1.0, 1.0) == (every["methods"]["ranked"]["S@10"].mean, served["right_draft_holds_an_answer"].mean)
    assert served["documents"] <= every["documents"]
    assert {"real thing S@1", "real thing served MAP"} < set(figures(found))
    report = {"failures": [], "real_thing": found}
    assert "the right draft holds an answer: 1.000" in table(report)


def test_a_ticket_is_drafted_once_and_anew_when_it_changed(
    closing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [at_closing(parse_ticket(raw)) for raw in read_lines(closing / "tickets.jsonl.gz")][:3]
    first = records(tickets, tmp_path)
    calls: list[str] = []
    made = closed_drafts.recorded

    def noted(ticket: Ticket) -> ResolutionContent:
        calls.append(ticket.key.id)
        return made(ticket)

    monkeypatch.setattr(closed_drafts, "recorded", noted)
    assert first == records(tickets, tmp_path)
    (kept,) = tmp_path.glob("drafts-*.jsonl")
    kept.write_text(kept.read_text(encoding="utf-8")[:-20], encoding="utf-8")  # cut off while it was written
    assert first == records(tickets, tmp_path)
    changed = tickets[0].model_copy(update={"subject": "Another subject"})
    assert "Another subject" == records([changed], tmp_path)[changed.key.id].title
    assert [tickets[2].key.id, changed.key.id] == calls


def test_thresholds_by_area_are_measured_on_later_questions(folder: Path, tmp_path: Path) -> None:
    """Where all have an answer there is nothing to tell apart."""
    part = untrained(tmp_path)
    tickets = Tickets(read_folder(folder), part.vectors)
    answered, nothing = [f"D-{n}" for n in range(5, 15)], [f"D-{n}" for n in range(15, 20)]
    assert measure_areas([], tickets.questions(answered), part.ranking) is None
    found = measure_areas([], tickets.questions([*answered, *nothing]), part.ranking)
    assert found is not None
    assert ({}, 0, 0.0) == (found["thresholds"], found["in_these_areas"], found["balance_gained"].mean)
    assert found["one threshold"] == found["by area"]
